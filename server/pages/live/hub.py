"""Who listens to the live stream, and what each still has to hear.

Frames are encoded once per channel and language and joined once per group of listeners that hear the same, so a
listener costs one write to its connection per flush (server.pages.live.line). Slow listeners lose what they missed and
are told to refresh; nobody else waits for them. Publishing is allowed from any thread; all else belongs to the event
loop.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field

from server.pages.i18n import Language
from server.pages.live import frames
from server.pages.live.frames import Change, Chunk, Frame
from server.pages.live.line import Line

RING_FRAMES = 512
LISTENER_MAX_CHUNKS = 64
LINE_MAX_BYTES = 512 * 1024
"""What may wait in a connection, beside what the system keeps for it: some seconds of a busy feed."""

MAX_LISTENERS = 2000
BEAT_S = 4.0
LIFE_S = 900.0
"""A stream ends after this time and the browser calls again: then the session is looked at anew."""
LINGER_S = 0.05
"""Frames that come within this time share one write: at 50 events a second that is 20 writes, not 50."""
LINGER_PER_LISTENER_S = 0.0001
"""With many listeners a write to all of them takes a while: they are written to less often, so that a thousand fit on
one core and nobody waits for more than a tenth of a second.
"""


class Listener:
    """One browser's stream."""

    def __init__(self, session: str, user: str, first: bytes, refresh: Callable[[], bytes]) -> None:
        self.session = session
        self.user = user
        self._refresh = refresh
        self._chunks: deque[bytes] = deque([first])
        self._ready = asyncio.Event()
        self._ready.set()
        self._line: Line | None = None
        self._behind = False
        self.life: asyncio.TimerHandle | None = None
        self.ended = False

    def push(self, chunk: Chunk) -> None:
        """Write bytes, or queue them; a listener that is too far behind starts over with a refresh."""
        if self.ended:
            return
        if self._line is not None:
            self._write(self._line, chunk)
            return
        data = chunk.data
        if len(self._chunks) >= LISTENER_MAX_CHUNKS:
            self._chunks.clear()
            data = self._refresh()
        self._chunks.append(data)
        self._ready.set()

    def end(self, last: bytes = b"") -> None:
        """Say a last word and close the stream."""
        if last:
            self.push(Chunk(last))
        self.ended = True
        self._ready.set()

    def take(self) -> bytes:
        """What is queued, for whoever sends it."""
        data = b"".join(self._chunks)
        self._chunks.clear()
        return data

    def connect(self, line: Line) -> None:
        """From now on write to the connection; the answer has begun there, in chunks."""
        self._line = line
        if data := self.take():
            line.write(Chunk(data).framed)

    async def over(self) -> None:
        """Wait for the end."""
        while not self.ended:
            self._ready.clear()
            await self._ready.wait()

    async def stream(self) -> AsyncIterator[bytes]:
        """The bytes as they come, until the end."""
        while True:
            await self._ready.wait()
            self._ready.clear()
            if self._chunks:
                yield self.take()
            if self.ended and not self._chunks:
                return

    def _write(self, line: Line, chunk: Chunk) -> None:
        if line.is_closing():
            self.end()
        elif line.get_write_buffer_size() > LINE_MAX_BYTES:
            self._behind = True
        elif self._behind:
            self._behind = False
            line.write(Chunk(self._refresh()).framed)
        else:
            line.write(chunk.framed)


@dataclass
class _Group:
    listeners: set[Listener] = field(default_factory=set)
    pending: list[bytes] = field(default_factory=list)


GroupKey = tuple[frozenset[str], Language]


class Hub:
    """The switchboard. `boot` names this run of the server: places of another run are not ours to replay."""

    def __init__(self, boot: str) -> None:
        self.boot = boot
        self._lock = threading.Lock()
        self._ring: deque[Frame] = deque(maxlen=RING_FRAMES)
        self._number = 0
        self._groups: dict[GroupKey, _Group] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._beating = False
        self._flushing = False
        self._closed = False

    def position(self) -> str:
        """The place of the newest frame: what a page rendered now has seen."""
        with self._lock:
            return frames.event_id(self.boot, self._number)

    def listeners(self) -> int:
        """How many streams are open."""
        return sum(len(group.listeners) for group in self._groups.values())

    def publish(self, channels: frozenset[str], changes: Mapping[Language, Change]) -> None:
        """Number, encode and spread one change. Any thread."""
        with self._lock:
            self._number += 1
            place = frames.event_id(self.boot, self._number)
            encoded = {language: frames.encode_change(change, place) for language, change in changes.items()}
            frame = Frame(self._number, channels, encoded)
            self._ring.append(frame)
            loop = self._loop
            if loop is not None and not loop.is_closed():
                loop.call_soon_threadsafe(self._spread, frame)

    def listen(
        self, channels: frozenset[str], language: Language, session: str, after: str | None, *, user: str = ""
    ) -> Listener | None:
        """Open a stream from a place on; None when there are too many. Event loop only."""
        if self._closed or self.listeners() >= MAX_LISTENERS:
            return None
        with self._lock:
            self._loop = asyncio.get_running_loop()
            first = frames.HELLO + _beat_now() + self._missed(channels, language, after)
            listener = Listener(session, user, first, lambda: frames.refresh(self.position()))
            self._groups.setdefault((channels, language), _Group()).listeners.add(listener)
        listener.life = self._loop.call_later(LIFE_S, listener.end)
        self._start_beating()
        return listener

    def leave(self, listener: Listener) -> None:
        """Forget a stream. Event loop only."""
        if listener.life is not None:
            listener.life.cancel()
        for key, group in list(self._groups.items()):
            group.listeners.discard(listener)
            if not group.listeners:
                del self._groups[key]

    def end_session(self, session: str) -> None:
        """Close every stream of a session that was signed out. Any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._end_if, lambda listener: listener.session == session)

    def end_user(self, user: str) -> None:
        """Close every stream of a user whose rights have changed. Any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._end_if, lambda listener: listener.user == user)

    def close(self) -> None:
        """Close every stream, so that the server can stop. Any thread."""
        self._closed = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._end_all)

    def _missed(self, channels: frozenset[str], language: Language, after: str | None) -> bytes:
        place = frames.parse_event_id(after) if after else None
        if place is None:
            return b""
        boot, number = place
        oldest = self._ring[0].number if self._ring else self._number + 1
        if boot != self.boot or number > self._number or number + 1 < oldest:
            return frames.refresh(frames.event_id(self.boot, self._number))
        return b"".join(f.encoded[language] for f in self._ring if f.number > number and f.channels & channels)

    def _spread(self, frame: Frame) -> None:
        for (channels, language), group in self._groups.items():
            if frame.channels & channels:
                group.pending.append(frame.encoded[language])
        if not self._flushing and self._loop is not None:
            self._flushing = True
            self._loop.call_later(linger_s(self.listeners()), self._flush)

    def _flush(self) -> None:
        self._flushing = False
        for group in self._groups.values():
            if group.pending:
                chunk = Chunk(b"".join(group.pending))
                group.pending.clear()
                for listener in group.listeners:
                    listener.push(chunk)

    def _end_if(self, wanted: Callable[[Listener], bool]) -> None:
        for group in self._groups.values():
            for listener in filter(wanted, group.listeners):
                listener.end(frames.BYE)

    def _end_all(self) -> None:
        for group in self._groups.values():
            for listener in group.listeners:
                listener.end()

    def _start_beating(self) -> None:
        if not self._beating and self._loop is not None:
            self._beating = True
            self._beat()

    def _beat(self) -> None:
        if self._closed or not self._groups or self._loop is None:
            self._beating = False
            return
        chunk = Chunk(_beat_now())
        for group in self._groups.values():
            for listener in group.listeners:
                listener.push(chunk)
        self._loop.call_later(BEAT_S, self._beat)


def linger_s(listeners: int) -> float:
    """How long frames wait for others to share a write [s]."""
    return max(LINGER_S, listeners * LINGER_PER_LISTENER_S)


def _beat_now() -> bytes:
    return frames.beat(time.time_ns() // 1_000_000)
