"""The bytes of the live stream, against the format of server-sent events."""

import json

from hypothesis import given
from hypothesis import strategies as st

from server.pages.live import frames
from server.pages.live.frames import Change


def test_a_change_as_bytes():
    change = Change("prepend", "feed", "tap-7", "<li>放行\n</li>")
    assert frames.encode_change(change, "b0-7") == (
        b'id: b0-7\nevent: frame\ndata: {"mode":"prepend","place":"feed","key":"tap-7","html":"<li>'
        + "放行".encode()
        + b'\\n</li>"}\n\n'
    )


def test_the_other_events_as_bytes():
    assert frames.beat(1_772_323_200_000) == b'event: beat\ndata: {"at":1772323200000}\n\n'
    assert frames.refresh("b0-9") == b"id: b0-9\nevent: refresh\ndata: {}\n\n"
    assert frames.BYE == b"event: bye\ndata: {}\n\n"
    assert frames.HELLO == b"retry: 2000\n\n"


@given(st.text())
def test_no_text_breaks_out_of_its_event(text):
    """A line break in a data line would begin a new field; one event stays one event."""
    sent = frames.encode_change(Change("replace", "p", "k", text), "b-1")
    assert sent.endswith(b"\n\n")
    assert sent.count(b"\n") == 4
    assert b"\r" not in sent
    data = sent.split(b"\ndata: ")[1]
    assert json.loads(data)["html"] == text


@given(st.text(alphabet="abcdef0123456789", min_size=1, max_size=16), st.integers(0, 10**18 - 1))
def test_places_come_back(boot, number):
    assert frames.parse_event_id(frames.event_id(boot, number)) == (boot, number)


def test_what_names_no_place():
    for text in ("", "b", "b-", "b-x", "b--", "b-²", "b-" + "9" * 19):
        assert frames.parse_event_id(text) is None
