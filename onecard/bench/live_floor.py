"""The floor of `onecard bench live`: what anybody would write with nothing but asyncio.

No HTTP framework, no session, no language, no page: one answer's head for each connection, and every tap's bytes, made
once, written to every connection the moment they are there.
"""

import asyncio
import time
from multiprocessing.connection import Connection
from typing import Final

from onecard.bench.live_hall import Opened, Play, Played

FRAME_BYTES: Final = 1_800
"""About what a tap and the changed tile take as frames of ours."""

HEAD: Final = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\nevent: beat\ndata: {}\n\n"
)


class Line(asyncio.Protocol):
    """One connection."""

    def __init__(self, lines: set[asyncio.Transport]) -> None:
        self._lines = lines

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, _data: bytes) -> None:
        """Whatever is asked, this is the answer."""
        if self._transport not in self._lines:
            self._transport.write(HEAD)
            self._lines.add(self._transport)

    def connection_lost(self, _error: Exception | None) -> None:
        """See asyncio.Protocol."""
        self._lines.discard(self._transport)


def run_floor(pipe: Connection) -> None:
    """In a process of its own: serve, play what is asked, until the pipe says stop."""
    asyncio.run(_serve(pipe))


async def _serve(pipe: Connection) -> None:
    lines: set[asyncio.Transport] = set()
    server = await asyncio.get_running_loop().create_server(lambda: Line(lines), "127.0.0.1", 0, backlog=2048)
    pipe.send(Opened(server.sockets[0].getsockname()[1], ("",)))
    while isinstance(word := await asyncio.to_thread(pipe.recv), Play):
        pipe.send(await _play(lines, word))
    server.close()


async def _play(lines: set[asyncio.Transport], asked: Play) -> Played:
    told: dict[int, float] = {}
    began, cpu = time.monotonic(), time.process_time()
    for number in range(asked.taps):
        await asyncio.sleep(max(0.0, began + number / asked.per_s - time.monotonic()))
        frame = bare_frame(number)
        told[number] = time.monotonic()
        for line in list(lines):
            line.write(frame)
    await asyncio.sleep(max(0.0, began + asked.taps / asked.per_s - time.monotonic()))
    return Played(told, time.monotonic() - began, time.process_time() - cpu)


def bare_frame(number: int) -> bytes:
    """An event of the usual size."""
    head = f'id: {number}\nevent: frame\ndata: {{"key":"tap-{number}","html":"'.encode()
    return head + b"x" * max(0, FRAME_BYTES - len(head) - 4) + b'"}\n\n'
