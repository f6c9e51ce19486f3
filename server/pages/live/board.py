"""The live board: keeps what the guard's page shows in memory, and turns committed facts into frames.

One thread takes facts from a bounded queue, so that whoever committed them never waits for HTML. Many facts at
once (a gateway that comes back after a week) cost one frame per tile, and only the taps that fit on the page.
Who hears a frame is decided by role: every stream listens to the channel that its user's role is called.
"""

import queue
import threading
from collections.abc import Callable

import structlog

from server.pages.i18n import Language
from server.pages.live.board_frames import BoardFrames
from server.pages.live.board_state import BoardState, BoardView
from server.pages.live.hub import Hub
from server.services.live import Channel, Fact
from server.services.roles import Permission, Role
from server.services.work import Transactions

QUEUE_FACTS = 4096
ROUND_FACTS = 256
STOP_WAIT_S = 5.0

_OF_GATEWAYS = (("gateways", Permission.GATEWAYS_READ), ("receipts", Permission.CARDS_READ))
"""What a gateway has applied is also what a card's receipt says, and who gives out cards need not read gateways."""

POKES: dict[Channel, tuple[tuple[str, Permission], ...]] = {
    "gateway": _OF_GATEWAYS,
    "policy": _OF_GATEWAYS,
    "command": (("commands", Permission.GATEWAYS_READ),),
    "card": (("cards", Permission.CARDS_READ),),
    "incident": (("incidents", Permission.INCIDENTS_READ),),
    "desk": (("desks", Permission.CARDS_ISSUE),),
    "care": (("care", Permission.CARE_WORK),),
    "clinic": (("clinic", Permission.CLINIC_WORK),),
    "activity": (("activity", Permission.ACTIVITIES_WORK),),
}
"""Channel of the feed -> (what on a page asks for itself anew, who hears it), each."""

_log = structlog.get_logger()


class Board:
    """The state behind the guard's page, and the thread that keeps it."""

    def __init__(self, transactions: Transactions, hub: Hub, *, speed: int = 1) -> None:
        """`speed` is that of a played day."""
        self._transactions = transactions
        self._hub = hub
        self._state = BoardState(transactions, speed)
        self._frames = BoardFrames(self._state, hub)
        self._queue: queue.Queue[tuple[Channel, Fact] | None] = queue.Queue(QUEUE_FACTS)
        self._overflowed = threading.Event()
        self._thread: threading.Thread | None = None
        self._forget: Callable[[], None] | None = None

    def start(self) -> None:
        """Hear the feed from now on, and know what was before."""
        self._forget = self._transactions.feed.listen(self._hear)
        self._state.load()
        self._thread = threading.Thread(target=self._run, name="live-board", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Hear no more, and close every stream."""
        if self._forget is not None:
            self._forget()
        self._hub.close()
        if self._thread is not None:
            self._overflowed.set()
            try:
                self._queue.put_nowait(None)
            except queue.Full:
                self._queue.get_nowait()
                self._queue.put_nowait(None)
            self._thread.join(STOP_WAIT_S)

    def view(self, language: Language, role: Role) -> BoardView:
        """The page of a role as it is now."""
        return self._state.view(language, role)

    def poke(self, channel: Channel) -> None:
        """Make the pages that show this ask for themselves anew. Any thread."""
        for place, permission in POKES[channel]:
            self._frames.poke(place, permission)

    def _hear(self, channel: Channel, fact: Fact) -> None:
        if channel == "lost":
            self._overflowed.set()
        try:
            self._queue.put_nowait((channel, fact))
        except queue.Full:
            self._overflowed.set()

    def _run(self) -> None:
        while True:
            facts = self._round()
            if facts is None:
                return
            try:
                self._apply(facts)
            except Exception:
                _log.exception("live_board_failed")

    def _round(self) -> list[tuple[Channel, Fact]] | None:
        """The facts that wait, at least one; None when it is over."""
        facts: list[tuple[Channel, Fact]] = []
        item = self._queue.get()
        while item is not None:
            facts.append(item)
            if len(facts) >= ROUND_FACTS or self._queue.empty():
                return facts
            item = self._queue.get()
        return None

    def _apply(self, facts: list[tuple[Channel, Fact]]) -> None:
        if self._overflowed.is_set():
            self._overflowed.clear()
            self._state.load()
            self._frames.poke("points", Permission.LIVE_READ)
        else:
            if any(channel == "policy" for channel, _ in facts) and self._state.look_at_points():
                self._frames.poke("points", Permission.LIVE_READ)
            self._frames.tell(self._state.take(facts))
        for place, permission in dict.fromkeys(poke for channel, _ in facts for poke in POKES.get(channel, ())):
            self._frames.poke(place, permission)
