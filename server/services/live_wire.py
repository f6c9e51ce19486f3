"""The live feed between programs: on PostgreSQL several programs serve one community, and a tap that one of them
takes in must be seen on the pages of all.

The facts of a transaction travel as NOTIFY inside it: PostgreSQL delivers them at the commit and forgets them at a
rollback, so the rule "nothing is told before the commit" needs no care of ours. Each program hears the others'
facts on a connection of its own and publishes them on its own feed. What is lost while that connection is away, or
does not fit into a notification, is told as the fact `lost`: whoever shows something looks into the tables anew.
"""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, get_args

import structlog
from sqlalchemy import Engine, func, select
from sqlmodel import Session

from server.services.live import Channel, Fact, Feed

WIRE: Final = "onecard_live"
PAYLOAD_MAX_BYTES: Final = 7900
"""PostgreSQL takes less than 8000 (its manual, NOTIFY)."""
LOOK_EVERY_S: Final = 0.5
RETRY_S: Final = 1.0
STOP_TIMEOUT_S: Final = 10.0

Told = tuple[Channel, Fact]

_CHANNELS: Final = frozenset(get_args(Channel))
_log = structlog.get_logger()


class LiveWire:
    """One program's end of the wire. `me` is a name that no other run of a program has."""

    def __init__(self, engine: Engine, feed: Feed, me: str) -> None:
        self._engine = engine
        self._feed = feed
        self._me = me
        self._stopping = threading.Event()
        self._listening = threading.Event()
        self._thread: threading.Thread | None = None

    def send(self, session: Session, facts: Sequence[Told]) -> None:
        """Tell the other programs, once this session's transaction is committed."""
        for payload in payloads(self._me, facts):
            session.execute(select(func.pg_notify(WIRE, payload)))

    def start(self) -> None:
        """Hear the others from now on. Only programs that show something need to."""
        self._thread = threading.Thread(target=self._run, name="live-wire", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Hear no more."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(STOP_TIMEOUT_S)

    def wait_listening(self, timeout_s: float) -> bool:
        """Wait until PostgreSQL knows that we listen."""
        return self._listening.wait(timeout_s)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen()
            except Exception as error:
                # The driver's own errors come through unwrapped here, and it is an extra: it cannot be named.
                _log.warning("live_wire_away", problem=str(error).split("\n")[0], retry_s=RETRY_S)
            self._listening.clear()
            self._stopping.wait(RETRY_S)

    def _listen(self) -> None:
        # Not out of the pool: it stands as long as the program does.
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.detach()
            connection.exec_driver_sql(f"LISTEN {WIRE}")
            self._listening.set()
            self._feed.publish("lost", {})  # whatever was told before we listened
            driver: Any = connection.connection.dbapi_connection
            while not self._stopping.is_set():
                for notification in driver.notifies(timeout=LOOK_EVERY_S):
                    hear(notification.payload, self._me, self._feed.publish)
                    if self._stopping.is_set():
                        return


def payloads(me: str, facts: Sequence[Told]) -> Iterator[str]:
    """Facts as notifications, as few as they fit into, in their order. One that is too long is told as lost."""
    head = json.dumps(me)
    waiting: list[str] = []
    size = 0
    for told in facts:
        text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        if len(text.encode()) + len(head) + 4 > PAYLOAD_MAX_BYTES:
            text = '["lost",{}]'
        length = len(text.encode()) + 1
        if waiting and size + length + len(head) + 4 > PAYLOAD_MAX_BYTES:
            yield f"[{head},{','.join(waiting)}]"
            waiting, size = [], 0
        waiting.append(text)
        size += length
    if waiting:
        yield f"[{head},{','.join(waiting)}]"


def hear(payload: str, me: str, publish: Callable[[Channel, Fact], None]) -> None:
    """Publish what another program told; our own words, and what makes no sense, are passed over."""
    try:
        sender, *facts = json.loads(payload)
        told = [(channel, fact) for channel, fact in facts if channel in _CHANNELS and isinstance(fact, dict)]
    except (ValueError, TypeError):
        _log.warning("live_wire_nonsense", bytes=len(payload))
        return
    if sender != me:
        for channel, fact in told:
            publish(channel, fact)
