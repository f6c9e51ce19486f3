"""The shards of one worker, kept in PostgreSQL, and the fence that makes ownership true.

A worker beats once a second; its lease runs by the clock of the data base, so no two machines need agree on a time.
The lease only says when a silent worker may be followed; that two never own a gateway at once is kept by row
locks: every transaction of the intake holds its shards' rows FOR SHARE to its end, and a change of owner needs the
row for itself. A worker that slept through its lease finds at its next transaction that the shard is not its own.
"""

from collections.abc import Collection, Iterable

from sqlalchemy import delete, func, select, update
from sqlmodel import Session

from server.intake.shards import SHARDS, moves, shard_of
from server.services.work import Actor, Transactions
from server.tables import Row
from server.tables.engine import insert_into

BEAT_S = 1.0
LEASE_MS = 6_000

_SHARD, _WORKER = Row.metadata.tables["intake_shard"], Row.metadata.tables["intake_worker"]
_DEALER_LOCK = 0x6F6E6531
"""Of PostgreSQL's advisory lock: one worker at a time looks at who owns what."""


class Leases:
    """The shards of the worker `me`, a name that no other run ever has. Any thread, one at a time."""

    def __init__(self, transactions: Transactions, me: str, lease_ms: int = LEASE_MS) -> None:
        self._transactions = transactions
        self.me = me
        self._actor = Actor("intake")
        self._lease_ms = lease_ms

    def beat(self) -> frozenset[int]:
        """Say that we live, take and give back what is due; the shards that are ours now."""
        with self._transactions.work(self._actor) as work:
            session = work.session
            session.execute(select(func.pg_advisory_xact_lock(_DEALER_LOCK)))
            live = self._live(session)
            session.execute(
                insert_into(session.connection(), _SHARD).on_conflict_do_nothing(),
                [{"number": number} for number in range(SHARDS)],
            )
            rows = session.execute(select(_SHARD.c.number, _SHARD.c.owner)).all()
            due = moves(self.me, {row.number: row.owner for row in rows}, live)
            self._hand(session, due.give_back, None)
            self._hand(session, due.take, self.me)
            return frozenset(session.scalars(select(_SHARD.c.number).where(_SHARD.c.owner == self.me)))

    def leave(self) -> None:
        """Give everything back; waits for a transaction of ours that is under way."""
        with self._transactions.work(self._actor) as work:
            work.session.execute(update(_SHARD).where(_SHARD.c.owner == self.me).values(owner=None))
            work.session.execute(delete(_WORKER).where(_WORKER.c.name == self.me))

    def fence(self, session: Session, gateways: Collection[str]) -> frozenset[str]:
        """Those of these gateways that are ours, and stay ours until this transaction ends."""
        wanted = {shard_of(gateway) for gateway in gateways}
        statement = select(_SHARD.c.number).where(_SHARD.c.number.in_(wanted), _SHARD.c.owner == self.me)
        ours = set(session.scalars(statement.order_by(_SHARD.c.number).with_for_update(read=True)))
        return frozenset(gateway for gateway in gateways if shard_of(gateway) in ours)

    def _live(self, session: Session) -> frozenset[str]:
        """Renew our lease, forget who is silent; who is left."""
        now = int(session.scalar(select(func.extract("epoch", func.clock_timestamp()) * 1000)) or 0)
        values = {"until_ms": now + self._lease_ms}
        mine = insert_into(session.connection(), _WORKER).values(name=self.me, **values)
        session.execute(mine.on_conflict_do_update(index_elements=["name"], set_=values))
        session.execute(delete(_WORKER).where(_WORKER.c.until_ms < now))
        return frozenset(session.scalars(select(_WORKER.c.name)))

    def _hand(self, session: Session, numbers: Iterable[int], owner: str | None) -> None:
        """Change the owner of shards that nobody is at work on; the others wait for the next beat."""
        if not (wanted := list(numbers)):
            return
        idle = select(_SHARD.c.number).where(_SHARD.c.number.in_(wanted)).with_for_update(skip_locked=True)
        session.execute(update(_SHARD).where(_SHARD.c.number.in_(list(session.scalars(idle)))).values(owner=owner))
