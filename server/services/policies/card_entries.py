"""Cards as gateways know them, read in bulk; and which of them have changed since a state.

A state of the cards is the number of the last change that it contains. `mark` gives a changed card the next one, in
the transaction of the change; whoever reads in one snapshot sees every change up to the number that it sees.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlmodel import Session

from card_protocol.policy.rules import CardEntry
from card_protocol.words.card import CardState
from server.services.work import Work, counter_value
from server.tables import CardGoneRow, CardRow, Row
from server.tables.card import entry_of

COUNTER = "cards"
READ_ROWS = 2000
NOBODY = "0" * 16
"""The pseudonym of nobody."""

_CARDS, _HOLDERS, _LINKS, _GONE = (Row.metadata.tables[n] for n in ("card", "holder", "card_level", "card_gone"))
OVER = _CARDS.c.uid.is_(None) & (_CARDS.c.state == CardState.RETURNED.value)
"""Cards without a chip whose day is over: kept for the events that name them, and for nothing else."""

_UNHEARD_OF = (_CARDS.c.state == CardState.STOCK.value) | OVER


def mark(work: Work, card: CardRow) -> None:
    """Number a change of a card that gateways must hear of."""
    card.changed_seq = work.next_number(COUNTER)
    work.session.add(card)


def mark_gone(work: Work, card: CardRow) -> None:
    """Number the end of a card's row."""
    work.session.add(CardGoneRow(card_id=card.id, org=card.org, changed_seq=work.next_number(COUNTER)))


def newest(session: Session) -> int:
    """The state of the cards."""
    return counter_value(session, COUNTER)


def all_of(session: Session, org: str) -> Iterator[CardEntry]:
    """All cards of a community that gateways know, in the order of their ids; a few thousand in memory at a time."""
    last = ""
    while rows := session.execute(_known(_CARDS.c.org == org, _CARDS.c.id > last).limit(READ_ROWS)).all():
        yield from _entries(session, rows)
        last = rows[-1].id


def one(session: Session, card_id: str) -> CardEntry | None:
    """One card as gateways know it; None for one in stock, and for a visitor's of another day."""
    return next(_entries(session, session.execute(_known(_CARDS.c.id == card_id)).all()), None)


def changed_since(session: Session, org: str, seq: int) -> tuple[list[CardEntry], list[str]]:
    """What has changed behind a state: cards as they are now, and ids that gateways need not know any more."""
    fresh = (_CARDS.c.org == org) & (_CARDS.c.changed_seq > seq)
    ids = select(_CARDS.c.id).where(fresh)
    cards = list(_entries(session, session.execute(_known(fresh)).all()))
    gone = select(_GONE.c.card_id).where(_GONE.c.org == org, _GONE.c.changed_seq > seq)
    unheard_of = ids.where(_UNHEARD_OF)
    return cards, sorted([*session.execute(gone).scalars(), *session.execute(unheard_of).scalars()])


def count_since(session: Session, org: str, seq: int, limit: int) -> int:
    """How many have changed behind a state; counting ends at `limit`."""
    counted: list[Select[tuple[str]]] = [
        select(_CARDS.c.id).where(_CARDS.c.org == org, _CARDS.c.changed_seq > seq).limit(limit),
        select(_GONE.c.card_id).where(_GONE.c.org == org, _GONE.c.changed_seq > seq).limit(limit),
    ]
    return min(limit, sum(len(session.execute(statement).all()) for statement in counted))


def _known(*which: ColumnElement[bool]) -> Select[Any]:
    # The card of somebody who was forgotten is still revoked, and gateways must go on hearing that it is.
    pseudonym = func.coalesce(_HOLDERS.c.pseudonym, NOBODY).label("pseudonym")
    columns = (_CARDS.c.id, _CARDS.c.uid, pseudonym, _CARDS.c.state, _CARDS.c.traits)
    return (
        select(*columns, _CARDS.c.valid_from_ms, _CARDS.c.valid_to_ms)
        .join(_HOLDERS, _HOLDERS.c.id == _CARDS.c.holder_id, isouter=True)
        .where(*which, ~_UNHEARD_OF)
        .order_by(_CARDS.c.id)
    )


def _entries(session: Session, rows: Sequence[Any]) -> Iterator[CardEntry]:
    for start in range(0, len(rows), READ_ROWS):
        part = rows[start : start + READ_ROWS]
        links: defaultdict[str, list[str]] = defaultdict(list)
        mine = _LINKS.c.card_id.in_([row.id for row in part])
        for card_id, level_id in session.execute(select(_LINKS.c.card_id, _LINKS.c.level_id).where(mine)):
            links[card_id].append(level_id)
        for row in part:
            span, levels = (row.valid_from_ms, row.valid_to_ms), tuple(sorted(links[row.id]))
            yield entry_of(row.id, row.uid, row.pseudonym, row.state, span, levels, row.traits)
