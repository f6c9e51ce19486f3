"""The connection under a stream."""

from server.pages.live.line import LINE, line_of


def test_only_bodies_that_travel_in_chunks_have_a_line():
    line = object()
    assert line_of({"http_version": "1.1", "state": {LINE: line}}) is line
    assert line_of({"http_version": "1.0", "state": {LINE: line}}) is None
    assert line_of({"http_version": "1.1", "state": {}}) is None
    assert line_of({"http_version": "1.1"}) is None
