"""One hash for everything that arrived on a day: a third party keeps it, and nobody changes that day unnoticed.

The leaves, in this order: the chain hash of every event that arrived on that day, in the order of arrival; then for
every journal the head up to which we held it at the end of the day, by gateway and epoch.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlmodel import Session

from card_protocol.words.event import GENESIS
from card_protocol.words.moment import local_day_and_minute, local_ms
from server.services.events.merkle import Step, leaf_hash, path_of, root_of
from server.services.problems import not_found
from server.tables import EventRow, Row

_EVENT = Row.metadata.tables["event"]


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
    arrived = (_EVENT.c.received_ms >= begins) & (_EVENT.c.received_ms < ends)
    return [
        bytes(found) for found in session.execute(select(_EVENT.c.hash).where(arrived).order_by(_EVENT.c.id)).scalars()
    ]


def _heads(session: Session, day: date) -> Iterator[bytes]:
    """The newest event of every journal that had arrived by the end of the day."""
    ends = local_ms(day + timedelta(days=1))
    newest = (
        select(_EVENT.c.gateway_id, _EVENT.c.epoch, func.max(_EVENT.c.seq).label("seq"))
        .where(_EVENT.c.received_ms < ends)
        .group_by(_EVENT.c.gateway_id, _EVENT.c.epoch)
        .subquery()
    )
    same = (_EVENT.c.gateway_id == newest.c.gateway_id) & (_EVENT.c.epoch == newest.c.epoch)
    statement = select(_EVENT.c.gateway_id, _EVENT.c.epoch, _EVENT.c.seq, _EVENT.c.hash)
    ordered = statement.join(newest, same & (_EVENT.c.seq == newest.c.seq)).order_by(
        _EVENT.c.gateway_id, _EVENT.c.epoch
    )
    for row in session.execute(ordered):
        yield "\x00".join((row.gateway_id, row.epoch, str(row.seq), bytes(row.hash).hex())).encode()


def _previous(session: Session, row: EventRow) -> bytes:
    """The hash before an event, of an event or of a dead letter; zeros before the first."""
    for name in ("event", "dead_letter"):
        table = Row.metadata.tables[name]
        mine = (table.c.gateway_id == row.gateway_id) & (table.c.epoch == row.epoch) & (table.c.seq == row.seq - 1)
        found = session.execute(select(table.c.hash).where(mine)).scalar()
        if found is not None:
            return bytes(found)
    seal = Row.metadata.tables["batch_seal"]
    mine = (seal.c.gateway_id == row.gateway_id) & (seal.c.epoch == row.epoch) & (seal.c.first_seq == row.seq)
    signed = session.execute(select(seal.c.prev_hash).where(mine)).scalar()
    return bytes.fromhex(signed) if signed is not None else GENESIS
