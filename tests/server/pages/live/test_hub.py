"""Who hears what: listeners on one event loop, frames from any thread."""

import asyncio
import json
import threading

from server.pages.i18n import Language
from server.pages.live import hub as module
from server.pages.live.frames import Change
from server.pages.live.hub import Hub

TAPS = frozenset({"taps"})
BOTH = frozenset({"taps", "desk"})


def change(key):
    return {language: Change("replace", "p", key, f"{language}:{key}") for language in Language}


def keys(chunk):
    """The keys of the frames in a chunk, and the names of the other events."""
    found = []
    for block in chunk.decode().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if lines.get("event") == "frame":
            found.append(json.loads(lines["data"])["key"])
        elif "event" in lines and lines["event"] != "beat":
            found.append(lines["event"])
    return found


async def heard(listener, wanted):
    """What a listener hears until it has heard so much, or its stream ends."""
    found = []
    if not wanted:
        return found
    async for chunk in listener.stream():
        found += keys(chunk)
        if len(found) >= wanted:
            break
    return found


def run(story):
    async def bounded():
        async with asyncio.timeout(20):
            return await story

    return asyncio.run(bounded())


def test_each_hears_its_channels_in_its_language():
    async def story():
        hub = Hub("b")
        chinese = hub.listen(TAPS, Language.ZH, "s1", None)
        english = hub.listen(BOTH, Language.EN, "s2", None)
        hub.publish(TAPS, change("a"))
        hub.publish(frozenset({"desk"}), change("b"))
        hub.publish(TAPS, change("c"))
        assert hub.position() == "b-3"
        assert await heard(english, 3) == ["a", "b", "c"]
        chunk = b"".join([part async for part in _first(chinese, 2)])
        assert keys(chunk) == ["a", "c"]
        assert b"zh_CN:a" in chunk
        assert b"en:" not in chunk

    run(story())


async def _first(listener, frames):
    total = 0
    async for chunk in listener.stream():
        total += len(keys(chunk))
        yield chunk
        if total >= frames:
            return


def test_frames_of_another_thread_arrive():
    async def story():
        hub = Hub("b")
        listener = hub.listen(TAPS, Language.EN, "s", None)
        thread = threading.Thread(target=lambda: [hub.publish(TAPS, change(str(n))) for n in range(20)])
        thread.start()
        assert await heard(listener, 20) == [str(n) for n in range(20)]
        thread.join()

    run(story())


def test_what_was_missed_is_told_again_and_what_was_not_is_not():
    async def story():
        hub = Hub("b")
        for key in "abc":
            hub.publish(TAPS, change(key))
        hub.publish(frozenset({"desk"}), change("d"))
        assert await heard(hub.listen(TAPS, Language.EN, "s", "b-1"), 2) == ["b", "c"]
        late = hub.listen(TAPS, Language.EN, "s", "b-4")
        hub.publish(TAPS, change("e"))
        assert await heard(late, 1) == ["e"]

    run(story())


def test_a_place_that_cannot_be_told_from_is_told_to_refresh():
    async def story():
        hub = Hub("b")
        for number in range(module.RING_FRAMES + 5):
            hub.publish(TAPS, change(str(number)))
        for place in ("other-3", "b-2", f"b-{module.RING_FRAMES + 6}"):
            assert await heard(hub.listen(TAPS, Language.EN, "s", place), 1) == ["refresh"], place
        oldest = hub.listen(TAPS, Language.EN, "s", "b-5")
        assert len(await heard(oldest, module.RING_FRAMES)) == module.RING_FRAMES

    run(story())


def test_a_listener_that_does_not_keep_up_starts_over_and_holds_nobody_up():
    async def story():
        hub = Hub("b")
        slow = hub.listen(TAPS, Language.EN, "s", None)
        quick = hub.listen(TAPS, Language.EN, "s", None)
        got = []
        for number in range(module.LISTENER_MAX_CHUNKS + 3):
            hub.publish(TAPS, change(str(number)))
            got += await heard(quick, 1)
        assert len(got) == module.LISTENER_MAX_CHUNKS + 3
        assert "refresh" in await heard(slow, 1)

    run(story())


def test_signing_out_closes_the_streams_of_that_session():
    async def story():
        hub = Hub("b")
        mine = hub.listen(TAPS, Language.EN, "mine", None)
        other = hub.listen(TAPS, Language.EN, "other", None)
        hub.end_session("mine")
        assert [key async for chunk in mine.stream() for key in keys(chunk)] == ["bye"]
        hub.publish(TAPS, change("a"))
        assert await heard(other, 1) == ["a"]

    run(story())


def test_closing_ends_every_stream_and_lets_nobody_in():
    async def story():
        hub = Hub("b")
        listener = hub.listen(TAPS, Language.EN, "s", None)
        hub.close()
        assert [key async for chunk in listener.stream() for key in keys(chunk)] == []
        assert hub.listen(TAPS, Language.EN, "s", None) is None

    run(story())


def test_who_has_left_is_forgotten():
    async def story():
        hub = Hub("b")
        listener = hub.listen(TAPS, Language.EN, "s", None)
        assert hub.listeners() == 1
        hub.leave(listener)
        assert hub.listeners() == 0
        hub.publish(TAPS, change("a"))

    run(story())


def test_there_is_a_bound_to_listeners(monkeypatch):
    async def story():
        monkeypatch.setattr(module, "MAX_LISTENERS", 2)
        hub = Hub("b")
        assert all(hub.listen(TAPS, Language.EN, "s", None) for _ in range(2))
        assert hub.listen(TAPS, Language.EN, "s", None) is None

    run(story())


def test_a_stream_ends_after_its_life_so_that_the_session_is_looked_at_again(monkeypatch):
    async def story():
        monkeypatch.setattr(module, "LIFE_S", 0.01)
        listener = Hub("b").listen(TAPS, Language.EN, "s", None)
        assert [key async for chunk in listener.stream() for key in keys(chunk)] == []

    run(story())


def test_beats_come_by_themselves(monkeypatch):
    async def story():
        monkeypatch.setattr(module, "BEAT_S", 0.01)
        hub = Hub("b")
        listener = hub.listen(TAPS, Language.EN, "s", None)
        beats = 0
        async for chunk in listener.stream():
            beats += chunk.count(b"event: beat")
            if beats >= 3:
                break
        hub.leave(listener)

    run(story())


def test_publishing_to_nobody_after_the_loop_has_gone_does_no_harm():
    async def story(hub):
        hub.leave(hub.listen(TAPS, Language.EN, "s", None))

    hub = Hub("b")
    run(story(hub))
    hub.publish(TAPS, change("a"))
    hub.end_session("s")
    hub.close()
    assert hub.position() == "b-1"


def test_a_user_whose_rights_changed_is_cut_off_in_every_browser():
    async def story():
        hub = Hub("b")
        mine = [hub.listen(TAPS, Language.EN, session, None, user="u1") for session in ("s1", "s2")]
        other = hub.listen(TAPS, Language.EN, "s3", None, user="u2")
        hub.end_user("u1")
        for listener in mine:
            assert [key async for chunk in listener.stream() for key in keys(chunk)] == ["bye"]
        hub.publish(TAPS, change("a"))
        assert await heard(other, 1) == ["a"]

    run(story())


def test_many_listeners_are_written_to_less_often_and_nobody_waits_long():
    assert module.linger_s(1) == module.linger_s(200) == module.LINGER_S
    assert round(module.linger_s(1000), 3) == 0.1
    assert module.linger_s(module.MAX_LISTENERS) < 0.21


class Line:
    """A connection that keeps what it was given; `kept` is what the network has not taken yet."""

    def __init__(self):
        self.written, self.kept, self.closing = [], 0, False

    def write(self, data):
        self.written.append(data)

    def get_write_buffer_size(self):
        return self.kept

    def is_closing(self):
        return self.closing


def test_a_connection_is_written_to_once_per_flush_with_the_same_bytes_as_every_other():
    async def story():
        hub, lines = Hub("b"), [Line(), Line()]
        for line in lines:
            listener = hub.listen(TAPS, Language.EN, "s", None)
            assert b"event: beat" in listener.take()
            listener.connect(line)
        for key in "abc":
            hub.publish(TAPS, change(key))
        while not lines[0].written:
            await asyncio.sleep(0)
        (mine,), (other,) = lines[0].written, lines[1].written
        assert mine is other, "made once"
        size, _, data = mine.partition(b"\r\n")
        assert int(size, 16) == len(data) - 2
        assert keys(data) == ["a", "b", "c"]
        hub.end_session("s")
        await listener.over()
        assert keys(lines[1].written[-1]) == ["bye"]

    run(story())


def test_what_is_told_while_an_answer_begins_is_not_lost():
    async def story():
        hub, line = Hub("b"), Line()
        listener = hub.listen(TAPS, Language.EN, "s", None)
        listener.take()
        listener.push(module.Chunk(b"between"))
        listener.connect(line)
        assert line.written == [b"7\r\nbetween\r\n"]

    run(story())


def test_a_connection_that_does_not_take_its_bytes_is_left_alone_and_starts_over():
    async def story():
        hub, line = Hub("b"), Line()
        listener = hub.listen(TAPS, Language.EN, "s", None)
        listener.take()
        listener.connect(line)
        line.kept = module.LINE_MAX_BYTES + 1
        listener.push(module.Chunk(b"a"))
        assert line.written == []
        line.kept = 0
        listener.push(module.Chunk(b"b"))
        assert keys(line.written[0]) == ["refresh"]
        listener.push(module.Chunk(b"c"))
        assert line.written[1] == b"1\r\nc\r\n"
        line.closing = True
        listener.push(module.Chunk(b"d"))
        await listener.over()
        assert len(line.written) == 2

    run(story())
