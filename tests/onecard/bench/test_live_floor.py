"""The bare server's frames are as big as ours, and it answers anybody."""

import asyncio

from onecard.bench.live_floor import FRAME_BYTES, HEAD, Line, bare_frame


def test_a_frame_is_an_event_of_the_usual_size():
    frame = bare_frame(7)
    assert len(frame) == FRAME_BYTES
    assert frame.startswith(b"id: 7\nevent: frame\ndata: ")
    assert frame.endswith(b"\n\n")


class Wire(asyncio.Transport):
    def __init__(self):
        super().__init__()
        self.sent = b""

    def write(self, data):
        self.sent += data


def test_who_asks_is_on_the_line_until_it_is_lost():
    lines, wire = set(), Wire()
    line = Line(lines)
    line.connection_made(wire)
    line.data_received(b"GET /")
    line.data_received(b" HTTP/1.1\r\n\r\n")
    assert (wire.sent, lines) == (HEAD, {wire})
    line.connection_lost(None)
    assert lines == set()
