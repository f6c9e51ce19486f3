"""A listener finds the taps in a stream however it is cut, each once."""

import asyncio
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from onecard.bench.live_crowd import CrowdReport, Ear, Heard, request
from onecard.bench.live_floor import bare_frame
from server.pages.live.frames import Change, beat, encode_change


class Counting(Heard):
    def __init__(self):
        super().__init__()
        self.taps = []

    def note(self, tap, moment_s):
        self.taps.append(tap)
        super().note(tap, moment_s)


def hear(stream, cuts):
    heard = Counting()

    async def listen():
        ear = Ear(b"", 0, heard)
        places = [0, *sorted(cut % (len(stream) + 1) for cut in cuts), len(stream)]
        for start, end in pairwise(places):
            ear.data_received(stream[start:end])
        assert ear.open.done()

    asyncio.run(listen())
    return heard


numbers = st.lists(st.integers(0, 10**9), max_size=8)


@given(numbers, st.lists(st.integers(0, 10**6), max_size=12))
def test_every_tap_once_and_nothing_else(taps, cuts):
    tile = encode_change(Change("replace", "tiles", "tile-door-1", "<li>"), "b-0")
    frames = [tile + encode_change(Change("prepend", "feed", f"tap-{tap}", "<li>"), "b-1") for tap in taps]
    assert hear(beat(1) + b"".join(frames), cuts).taps == taps


@given(numbers, st.lists(st.integers(0, 10**6), max_size=4))
def test_the_bare_servers_frames_are_heard_too(taps, cuts):
    assert hear(b"event: beat\ndata: {}\n\n" + b"".join(map(bare_frame, taps)), cuts).taps == taps


def test_late_is_from_when_it_was_told_and_what_was_not_told_does_not_count():
    heard = Heard()
    for tap, moment in ((1, 10.010), (1, 10.030), (2, 10.120), (9, 99.0)):
        heard.note(tap, moment)
    report = heard.report({1: 10.0, 2: 10.1}, listeners=2)
    assert (report.expected, report.heard, report.delivered_ratio) == (4, 3, 0.75)
    assert (round(report.p50_ms), round(report.p99_ms)) == (20, 30)
    assert heard.report({}, 2) == CrowdReport(0, 0, 0.0, 0.0)


def test_a_request_as_a_browser_sends_it():
    asked = request("/live/stream?language=en", "onecard_session=aa")
    assert asked.startswith(b"GET /live/stream?language=en HTTP/1.1\r\nHost: 127.0.0.1\r\n")
    assert asked.endswith(b"\r\nCookie: onecard_session=aa\r\n\r\n")
    assert b"Cookie" not in request("/")
