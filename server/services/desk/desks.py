"""Desks: agents that dialled in and relay APDUs for the server (card_protocol.wire.desk). One event loop.

A desk is claimed by one task at a time. `transmit` is what `aconverse` wants; a card that leaves raises CardGone
there, so that the conversation can end as its author meant it to.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from pydantic import BaseModel

from card_protocol.errors import CardGone, CardSilent
from card_protocol.wire.desk import ANSWER_TIMEOUT_MS, Answer, Apdu, CardHere, Hello, Show
from card_protocol.wire.desk import CardGone as CardLeft
from server.services.live import Feed
from server.services.problems import Code, Problem

MAX_DESKS = 64
SENTENCE_MAX_CHARS = 200
CODE_DIGITS = 4
CODE_TRIES_MAX = 100

Send = Callable[[Apdu | Show], Awaitable[None]]


class DeskView(BaseModel):
    """A desk for screens."""

    name: str
    connected: bool
    reader: str
    uid: str | None
    """The card that lies on it."""
    busy: bool
    progress: tuple[int, int] | None
    """(parts done, parts in all) of the card that is being issued."""
    wanted: str | None = None
    """The card that was taken away too early and is to be put back."""

    @property
    def is_other(self) -> bool:
        """Whether another card lies there than the one that is to be put back."""
        return self.wanted is not None and self.uid not in (None, self.wanted)


class Desk:
    """One connected desk. All methods belong to the event loop."""

    def __init__(self, hello: Hello, send: Send, tell: Callable[["Desk"], None], code: str = "") -> None:
        self.name = hello.desk
        self.code = code
        """What the desk shows, and who sits before it types into the browser."""
        self.reader = hello.reader
        self.uid: str | None = None
        self.connected = True
        self.progress: tuple[int, int] | None = None
        self.wanted: str | None = None
        self._send = send
        self._tell = tell
        self._claimed = asyncio.Lock()
        self._changed = asyncio.Condition()
        self._turn = 0
        self._answer: asyncio.Future[bytes] | None = None

    @property
    def busy(self) -> bool:
        """Whether somebody works with it."""
        return self._claimed.locked()

    def view(self) -> DeskView:
        """For screens."""
        return DeskView(
            name=self.name,
            connected=self.connected,
            reader=self.reader,
            uid=self.uid,
            busy=self.busy,
            progress=self.progress,
            wanted=self.wanted,
        )

    def tell_progress(self, done: int, of: int) -> None:
        """How far the conversation with the card is."""
        self.progress = (done, of)
        self._tell(self)

    @contextmanager
    def wanting(self, uid: str) -> Iterator[None]:
        """Somebody has taken this card away too early and is asked to put it back."""
        self.wanted = uid
        self._tell(self)
        try:
            yield
        finally:
            self.wanted = None
            self._tell(self)

    @asynccontextmanager
    async def claimed(self) -> AsyncIterator["Desk"]:
        """Work with this desk alone; Problem DESK_BUSY when somebody else does."""
        if self.busy:
            raise Problem(Code.DESK_BUSY, f"The desk {self.name} is busy.")
        async with self._claimed:
            yield self

    async def card(self, timeout_ms: int) -> str:
        """The UID of the card on the reader, waiting for one; Problem NO_CARD or DESK_AWAY."""
        try:
            async with asyncio.timeout(timeout_ms / 1000), self._changed:
                await self._changed.wait_for(lambda: self.uid is not None or not self.connected)
        except TimeoutError:
            raise Problem(Code.NO_CARD, f"No card was put on the desk {self.name} in {timeout_ms} ms.") from None
        if not self.connected or self.uid is None:
            raise Problem(Code.DESK_AWAY, f"The desk {self.name} has hung up.")
        return self.uid

    async def card_left(self, timeout_ms: int) -> bool:
        """Whether the reader becomes empty, or another card lies on it, within the time."""
        before = self.uid
        try:
            async with asyncio.timeout(timeout_ms / 1000), self._changed:
                await self._changed.wait_for(lambda: self.uid != before or not self.connected)
        except TimeoutError:
            return False
        return True

    async def transmit(self, command: bytes) -> bytes:
        """One APDU to the card and its answer. CardGone when it left, CardSilent when it took too long."""
        if self.uid is None or not self.connected:
            raise CardGone("the card left the desk's reader")
        self._turn += 1
        self._answer = asyncio.get_running_loop().create_future()
        try:
            await self._send(Apdu(turn=self._turn, data=command.hex().upper()))
            async with asyncio.timeout(ANSWER_TIMEOUT_MS / 1000):
                return await self._answer
        except TimeoutError:
            raise CardSilent("the desk did not answer in time") from None
        finally:
            self._answer = None

    async def show(self, *, en: str, zh: str, good: bool) -> None:
        """Put a sentence on the desk's display; a desk that has hung up shows nothing."""
        if self.connected:
            await self._send(Show(en=en[:SENTENCE_MAX_CHARS], zh=zh[:SENTENCE_MAX_CHARS], good=good))

    async def heard(self, message: Hello | CardHere | CardLeft | Answer) -> None:
        """What the desk said. An answer to another turn than the open one is too late and is dropped."""
        match message:
            case CardHere(uid=uid):
                await self._set(uid)
            case CardLeft():
                await self._set(None)
            case Answer(turn=turn, data=data) if self._answer is not None and turn == self._turn:
                if not self._answer.done():
                    self._answer.set_result(bytes.fromhex(data))
            case _:
                pass

    async def hang_up(self) -> None:
        """The connection is gone."""
        self.connected = False
        await self._set(None)

    async def _set(self, uid: str | None) -> None:
        if self._answer is not None and not self._answer.done() and uid != self.uid:
            self._answer.set_exception(CardGone("the card left the desk's reader"))
        async with self._changed:
            self.uid = uid
            self._changed.notify_all()
        self._tell(self)


class Desks:
    """Which desks are connected."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._desks: dict[str, Desk] = {}

    def join(self, hello: Hello, send: Send, entropy: Callable[[int], bytes] = os.urandom) -> Desk:
        """A desk has dialled in; a second one of that name replaces the first. Problem TOO_MANY."""
        if hello.desk not in self._desks and len(self._desks) >= MAX_DESKS:
            raise Problem(Code.TOO_MANY, f"At most {MAX_DESKS} desks.")
        desk = Desk(hello, send, self._told, self._fresh_code(entropy))
        self._desks[hello.desk] = desk
        self._told(desk)
        return desk

    async def leave(self, desk: Desk) -> None:
        """A desk has hung up."""
        await desk.hang_up()
        if self._desks.get(desk.name) is desk:
            del self._desks[desk.name]

    def get(self, name: str) -> Desk:
        """A connected desk; Problem DESK_AWAY."""
        desk = self._desks.get(name)
        if desk is None:
            raise Problem(Code.DESK_AWAY, f"The desk {name} is not connected.", fields={"desk": "not connected"})
        return desk

    def paired(self, code: str) -> Desk | None:
        """The desk that shows this code now."""
        return next((desk for desk in self._desks.values() if code and desk.code == code), None)

    def _fresh_code(self, entropy: Callable[[int], bytes]) -> str:
        """One that no other desk shows: among 64 of 10,000 the next try is a better one."""
        taken = {desk.code for desk in self._desks.values()}
        for _ in range(CODE_TRIES_MAX):
            code = f"{int.from_bytes(entropy(4), 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}}"
            if code not in taken:
                return code
        return ""

    def listing(self) -> list[DeskView]:
        """All connected desks by name."""
        return [desk.view() for _, desk in sorted(self._desks.items())]

    def _told(self, desk: Desk) -> None:
        self._feed.publish("desk", desk.view().model_dump(mode="json"))
