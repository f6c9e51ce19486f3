"""The unit of work: one transaction, who does it, at what time, and what is told after the commit.

    with transactions.work(actor) as work:      # writes; commits at the end, rolls back on any exception
        cards.change_state(work, card_id, CardState.LOST, why="told by telephone")
    with transactions.read() as session:        # reads one consistent state
        cards.get(session, card_id)

Time and dice come from here, so that a test can hold them still.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol

from sqlalchemy import Engine, bindparam, func
from sqlmodel import Session, select, update

from card_protocol.words.ids import new_ulid
from server.services.live import Channel, Fact, Feed
from server.services.signals import Signals, Wish
from server.tables import CounterRow
from server.tables.engine import WRITES, is_sqlite

ULID_ENTROPY_BYTES = 10

_COUNTERS = CounterRow.__table__  # type: ignore[attr-defined]
_TAKE = (
    update(_COUNTERS)
    .where(_COUNTERS.c.name == bindparam("counter"))
    .values(value=_COUNTERS.c.value + bindparam("count"))
    .returning(_COUNTERS.c.value)
)
"""Made once, and of the table: every write of the house counts something, and the ORM's own way takes several times as
long."""

Clock = Callable[[], int]
"""Wall time [ms since 1970 UTC]."""
Entropy = Callable[[int], bytes]
"""n -> n random bytes."""


@dataclass(frozen=True)
class Actor:
    """Who does something, as the audit trail will tell it: `user:wang`, `token:demo`, `gateway:g-1`, `system`."""

    name: str
    role: str = "system"
    user_id: str | None = None
    unit: str | None = None
    """The org unit of a program's token; a user's is looked up with them."""
    scopes: frozenset[str] | None = None
    """What a token may do of what its role may; None: all of it."""


SYSTEM = Actor("system")


@dataclass
class Work:
    """One transaction that writes."""

    session: Session
    actor: Actor
    now_ms: int
    """The community's time: what happened when."""
    real_ms: int
    """The machine's time: how long a password, a session or a claim still lives."""
    entropy: Entropy
    facts: list[tuple[Channel, Fact]] = field(default_factory=list)
    wishes: set[Wish] = field(default_factory=set)

    def new_id(self) -> str:
        """A fresh ULID."""
        return new_ulid(self.now_ms, self.entropy(ULID_ENTROPY_BYTES))

    def tell(self, channel: Channel, fact: Fact) -> None:
        """Publish on the live feed once this is committed."""
        self.facts.append((channel, fact))

    def wish(self, *wishes: Wish) -> None:
        """Ask for a publication once this is committed."""
        self.wishes.update(wishes)

    def take_turn(self, name: str) -> None:
        """From here to the end of this transaction nobody else is in one that took a turn under the same name."""
        if not is_sqlite(self.session.get_bind().engine):  # on SQLite whoever writes is alone
            number = int.from_bytes(sha256(name.encode()).digest()[:8], "big", signed=True)
            self.session.scalar(select(func.pg_advisory_xact_lock(number)))

    def next_number(self, counter: str) -> int:
        """The next value of a counter, from 1; the counter stays locked until the end of this transaction."""
        return take_numbers(self.session, counter, 1)


def take_numbers(session: Session, counter: str, count: int) -> int:
    """Take `count` numbers; the first of them."""
    value = session.connection().scalar(_TAKE, {"counter": counter, "count": count})
    if value is None:
        session.add(CounterRow(name=counter, value=count))
        session.flush()
        value = count
    return int(value) - count + 1


def raise_counter(session: Session, counter: str, least: int) -> None:
    """Let the counter go on behind `least`: somebody knows numbers that we no longer do."""
    if least <= counter_value(session, counter):
        return
    take_numbers(session, counter, least - counter_value(session, counter))


def counter_value(session: Session, counter: str) -> int:
    """The last number taken, 0 before the first."""
    return session.exec(select(CounterRow.value).where(CounterRow.name == counter)).first() or 0


Outbox = Callable[[Work], None]


class Wire(Protocol):
    """The way of live facts to other programs on the same data base."""

    def send(self, session: Session, facts: Sequence[tuple[Channel, Fact]]) -> None:
        """Tell them, once this session's transaction is committed."""
        ...

    def start(self) -> None:
        """Hear them from now on, on our own feed."""
        ...

    def stop(self) -> None:
        """Hear no more."""
        ...


class Transactions:
    """Opens units of work on one data base."""

    def __init__(
        self,
        engine: Engine,
        *,
        clock: Clock,
        real_clock: Clock,
        entropy: Entropy,
        feed: Feed | None = None,
        signals: Signals | None = None,
        wire: Wire | None = None,
    ) -> None:
        """`clock` may be a played day; `real_clock` never is: passwords, sessions and claims live by it.

        `wire`: where other programs work on the same data base.
        """
        self.engine = engine
        self.clock = clock
        self.real_clock = real_clock
        self.entropy = entropy
        self.feed = feed or Feed()
        self.signals = signals or Signals()
        self.wire = wire
        self.outbox: Outbox | None = None
        """Writes what other systems are to be told, in the transaction that it tells of."""
        self._writing = engine.execution_options(**{WRITES: True})

    @contextmanager
    def work(self, actor: Actor) -> Iterator[Work]:
        """A transaction that writes. After the commit the wishes go out, then the live facts."""
        with Session(self._writing, expire_on_commit=False) as session:
            work = Work(session, actor, self.clock(), self.real_clock(), self.entropy)
            with session.begin():
                yield work
                if self.outbox is not None and work.facts:
                    self.outbox(work)
                if self.wire is not None and work.facts:
                    self.wire.send(session, work.facts)
        if work.wishes:
            self.signals.wish(*work.wishes)
        for channel, fact in work.facts:
            self.feed.publish(channel, fact)

    @contextmanager
    def alone(self, number: int) -> Iterator[None]:
        """Keep other programs out of what is done under the same number; on SQLite there are none that would do it."""
        if is_sqlite(self.engine):
            yield
            return
        with self.engine.connect() as connection, connection.begin():
            connection.execute(select(func.pg_advisory_xact_lock(number)))
            yield

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A transaction that only reads, and sees one moment however long it takes; it hinders nobody.

        Whoever takes a number from a counter holds the counter's row to the end, so that a moment which shows the
        counter at n also shows everything that was numbered up to n.
        """
        options = {} if is_sqlite(self.engine) else {"isolation_level": "REPEATABLE READ"}
        with Session(self.engine.execution_options(**options), expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that only reads."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session
