"""A desk in this process: the agent's own loop on one side, the server's services on the other, no network between.

So `onecard card renew` does with a card exactly what the desk of the community office does, and it is recorded by the
same services.
"""

import asyncio
import queue
import threading
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from card_protocol.wire.desk import Answer, Apdu, CardGone, CardHere, Hello, Show
from edge.drivers.registry import open_reader
from edge.ports.desk_link import Display, LinkLost
from edge.ports.reader import Reader
from edge.shell.desk_loop import DeskLoop
from server.services.desk.desks import Desk
from server.services.house import House

T = TypeVar("T")

DESK: Final = "this-terminal"
MESSAGES_MAX: Final = 64
JOIN_TIMEOUT_S: Final = 10.0
SEND_TIMEOUT_S: Final = 10.0
STOP_TIMEOUT_S: Final = 5.0


class LocalLink:
    """The agent's end (`edge.ports.desk_link.DeskLink`), used by its thread; the server's end lives in `loop`."""

    def __init__(self, house: House, display: Display, loop: asyncio.AbstractEventLoop, joined: asyncio.Event) -> None:
        self._house = house
        self._display = display
        self._loop = loop
        self._joined = joined
        self._messages: queue.Queue[Apdu] = queue.Queue(MESSAGES_MAX)
        self._desk: Desk | None = None

    def send(self, message: Hello | CardHere | CardGone | Answer) -> None:
        """See `DeskLink.send`."""
        self._in_loop(self._hear(message))

    def receive(self, timeout_ms: int) -> Apdu | None:
        """See `DeskLink.receive`."""
        try:
            return self._messages.get(block=timeout_ms > 0, timeout=timeout_ms / 1000)
        except queue.Empty:
            return None

    def close(self) -> None:
        """See `DeskLink.close`."""
        if self._desk is not None:
            self._in_loop(self._house.desks.leave(self._desk))

    def _in_loop(self, work: Awaitable[None]) -> None:
        async def run() -> None:
            await work

        try:
            asyncio.run_coroutine_threadsafe(run(), self._loop).result(SEND_TIMEOUT_S)
        except TimeoutError:
            raise LinkLost("this program's own desk does not answer") from None

    async def _hear(self, message: Hello | CardHere | CardGone | Answer) -> None:
        if isinstance(message, Hello):
            self._desk = self._house.desks.join(message, self._say)
            self._joined.set()
        elif self._desk is not None:
            await self._desk.heard(message)

    async def _say(self, message: Apdu | Show) -> None:
        if isinstance(message, Show):
            # Not by way of the agent: it may be told to end before it comes to the last sentence.
            self._display.show(message)
        else:
            self._messages.put_nowait(message)


def at_reader(house: House, spec: str, display: Display, job: Callable[[], Awaitable[T]]) -> T:
    """Open the reader, make it the desk DESK of this house, and do the job there. EquipmentFault without the reader."""
    opened = [open_reader(spec)]

    def reader() -> Reader:
        # The first is open already, so that a wrong name is told at once; the loop itself would wait for it.
        return opened.pop() if opened else open_reader(spec)

    return asyncio.run(_serve(house, reader, display, job))


async def _serve(house: House, reader: Callable[[], Reader], display: Display, job: Callable[[], Awaitable[T]]) -> T:
    loop, joined, stop = asyncio.get_running_loop(), asyncio.Event(), threading.Event()
    agent = DeskLoop(DESK, reader, lambda: LocalLink(house, display, loop, joined), display, stop)
    thread = threading.Thread(target=agent.run, name="desk", daemon=True)
    thread.start()
    try:
        async with asyncio.timeout(JOIN_TIMEOUT_S):
            await joined.wait()
        return await job()
    finally:
        # The reader is let go; this loop must still run for the link to close.
        stop.set()
        await asyncio.to_thread(thread.join, STOP_TIMEOUT_S)
