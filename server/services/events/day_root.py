"""One hash for everything that arrived on a day: a third party keeps it, and nobody changes that day unnoticed.

The leaves, in this order: the chain hash of every event that arrived on that day, in the order of arrival; then for
every journal the head up to which we held it at the end of the day, by gateway and epoch. Of an event that was deleted
because its time was over the hash has stayed (`event_gone`), so that no root ever changes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Subquery, func, select, union_all
from sqlmodel import Session

from card_protocol.words.event import GENESIS
from card_protocol.words.moment import local_day_and_minute, local_ms
from server.services.events.merkle import Step, leaf_hash, path_of, root_of
from server.services.problems import not_found
from server.tables import EventRow, Row

_EVENT, _GONE = Row.metadata.tables["event"], Row.metadata.tables["event_gone"]


@dataclass(frozen=True)
class DayRoot:
    """The root of a day, and over how much."""

    day: date
    root: bytes
    events: int
    journals: int


@dataclass(frozen=True)
class Inclusion:
    """What shows that an event belongs to a day: everything that a verifier needs but the root."""

    event: EventRow
    day: date
    previous: bytes
    path: tuple[Step, ...]


def root_of_day(session: Session, day: date) -> DayRoot:
    """The root of a local day. A day that is not over yet has one that will change."""
    events, heads = _event_hashes(session, day), list(_heads(session, day))
    hashes = [leaf_hash(leaf) for leaf in (*events, *heads)]
    return DayRoot(day, root_of(hashes), len(events), len(heads))


def is_over(day: date, now_ms: int) -> bool:
    """Whether a local day cannot change any more."""
    return now_ms >= local_ms(day + timedelta(days=1))


def prove(session: Session, event_id: int) -> Inclusion:
    """The proof that an event belongs to the day on which it arrived; Problem NOT_FOUND."""
    row = session.get(EventRow, event_id)
    if row is None:
        raise not_found("event", event_id)
    day, _ = local_day_and_minute(row.received_ms)
    leaves = [*_event_hashes(session, day), *_heads(session, day)]
    hashes = [leaf_hash(leaf) for leaf in leaves]
    path = path_of(hashes, leaves.index(bytes(row.hash)))
    return Inclusion(row, day, _previous(session, row), tuple(path))


def _event_hashes(session: Session, day: date) -> list[bytes]:
    begins, ends = local_ms(day), local_ms(day + timedelta(days=1))
    event, gone = _EVENT.c, _GONE.c
    here = select(event.id, event.hash).where(event.received_ms >= begins, event.received_ms < ends)
    was_here = select(gone.event_id, gone.hash).where(gone.received_ms >= begins, gone.received_ms < ends)
    every = union_all(here, was_here).subquery()
    return [bytes(found) for found in session.execute(select(every.c.hash).order_by(every.c.id)).scalars()]


def _heads(session: Session, day: date) -> Iterator[bytes]:
    """The newest event of every journal that had arrived by the end of the day."""
    every = _links(local_ms(day + timedelta(days=1)))
    newest = (
        select(every.c.gateway_id, every.c.epoch, func.max(every.c.seq).label("seq"))
        .group_by(every.c.gateway_id, every.c.epoch)
        .subquery()
    )
    same = (every.c.gateway_id == newest.c.gateway_id) & (every.c.epoch == newest.c.epoch)
    statement = select(every.c.gateway_id, every.c.epoch, every.c.seq, every.c.hash)
    ordered = statement.join(newest, same & (every.c.seq == newest.c.seq)).order_by(every.c.gateway_id, every.c.epoch)
    for row in session.execute(ordered):
        yield "\x00".join((row.gateway_id, row.epoch, str(row.seq), bytes(row.hash).hex())).encode()


def _links(ends_ms: int) -> Subquery:
    """Place and hash of everything that had arrived by a time, of what was deleted since as well."""
    halves = (
        select(table.c.gateway_id, table.c.epoch, table.c.seq, table.c.hash).where(table.c.received_ms < ends_ms)
        for table in (_EVENT, _GONE)
    )
    return union_all(*halves).subquery()


def _previous(session: Session, row: EventRow) -> bytes:
    """The hash before an event, of an event, a dead letter or one that was deleted; zeros before the first."""
    for name in ("event", "dead_letter", "event_gone"):
        table = Row.metadata.tables[name]
        mine = (table.c.gateway_id == row.gateway_id) & (table.c.epoch == row.epoch) & (table.c.seq == row.seq - 1)
        found = session.execute(select(table.c.hash).where(mine)).scalar()
        if found is not None:
            return bytes(found)
    seal = Row.metadata.tables["batch_seal"]
    mine = (seal.c.gateway_id == row.gateway_id) & (seal.c.epoch == row.epoch) & (seal.c.first_seq == row.seq)
    signed = session.execute(select(seal.c.prev_hash).where(mine)).scalar()
    return bytes.fromhex(signed) if signed is not None else GENESIS
