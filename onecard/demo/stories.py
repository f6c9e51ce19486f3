"""The stories of a played day: strands of deeds, each done by somebody of the role whose work it is, over the API.

A deed has its minute, and may wait for what must have happened before: an alarm that a door raised, a quorum that cards
made up, a case that a silence opened. The deeds themselves are in `script`.
"""

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from card_protocol.words.moment import MINUTE_MS, PlayedDay
from onecard.demo.console import ConsoleClient, ConsoleError
from onecard.demo.day import DAY_STARTS_MIN

WAIT_S = 0.05
LOOK_EVERY_WAITS = 6
"""Whoever waits for something asks the server three times a second."""

Say = Callable[[str, str], None]
Clients = Mapping[str, ConsoleClient]
"""Role -> a client with its rights."""


@dataclass(frozen=True)
class Hands:
    """What is done with hands and not over the API."""

    holders: Sequence[str]
    """The holder of each resident, by index."""
    prop: Callable[[], None]
    """A brick under the door of building 3."""
    unprop: Callable[[], None]
    pay_in: Callable[[int, int], None]
    """(resident, fen): their card is laid on the desk's reader, and money put onto it."""


@dataclass(frozen=True)
class Deed:
    """From `minute` of the local day on, and when what it awaits has come, somebody does something."""

    minute: int
    en: str
    zh: str
    do: Callable[["Stories"], None] | None
    """None: it happens by itself, and is told when it has come."""

    awaits: Callable[["Stories"], bool] | None = None


class Stories:
    """The stories of one day. A deed that the server refuses is told and counted; the day goes on."""

    def __init__(self, clients: Clients, hands: Hands, say: Say) -> None:
        self._clients, self._say = clients, say
        self.hands = hands
        self.known: dict[str, Any] = {}
        """What a later deed has to know of an earlier one."""
        self.refused: list[str] = []
        self.undone: list[str] = []
        """What the day ended before."""
        self.midnight_ms = 0
        self.now_ms: Callable[[], int] = lambda: 0

    @property
    def minute(self) -> float:
        """Of the played day."""
        return (self.now_ms() - self.midnight_ms) / MINUTE_MS

    def call(self, role: str, method: str, path: str, body: object | None = None) -> Any:
        """Ask as somebody of a role. ConsoleError."""
        return self._clients[role].ask(method, path, body)

    def play(
        self, strands: Sequence[Sequence[Deed]], day: PlayedDay, now_ms: Callable[[], int], over: threading.Event
    ) -> None:
        """Every deed in its turn, strand beside strand, until all are done or the day is over. `now_ms` is real."""
        self.midnight_ms = day.from_ms - DAY_STARTS_MIN * MINUTE_MS
        self.now_ms = lambda: day.wall_ms(now_ms())
        waiting = [deque(strand) for strand in strands]
        waits = 0
        while any(waiting) and not over.is_set():
            asks = waits % LOOK_EVERY_WAITS == 0
            due = [strand for strand in waiting if strand and self._is_due(strand[0], asks=asks)]
            for strand in due:
                self._do(strand.popleft())
            if not due:
                waits += 1
                over.wait(WAIT_S)
        self.undone = [deed.en for strand in waiting for deed in strand]

    def close(self) -> None:
        """Hang up."""
        for client in self._clients.values():
            client.close()

    def _is_due(self, deed: Deed, *, asks: bool) -> bool:
        if self.minute < deed.minute:
            return False
        if deed.awaits is None:
            return True
        try:
            return asks and deed.awaits(self)
        except ConsoleError:
            return False  # it may answer the next time; who waits for ever is told of as undone
        except KeyError:
            return True  # what it follows from was refused, and so will it be

    def _do(self, deed: Deed) -> None:
        try:
            if deed.do is not None:
                deed.do(self)
            self._say(deed.en, deed.zh)
        except (ConsoleError, KeyError) as error:
            self.refused.append(f"{deed.en} {error}")
            self._say(f"Refused: {deed.en} {error}", f"未能办理：{deed.zh} {error}")
