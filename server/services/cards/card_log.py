"""The transactions that gateways report of each card: what is missing, and what was counted twice.

Every write on a card adds one to its counter, and whoever writes reports the number. A number that nobody reports is
a transaction that we do not know of. It is judged with patience: a gateway that is away may still bring it, a report
may be under way, and a card pulled away at the last frame may have counted without an answer. Only what is left is
told to a guard, once.
"""

from sqlmodel import Session, col, select

from card_protocol.profiles.transaction_gaps import Gap, find_gaps
from card_protocol.words.event import Event, EventKind
from server.services.events import alarms
from server.services.events.alarms import AlarmKind
from server.services.work import Work
from server.tables import CardLogRow, CardRow, GatewayRow

GAP_PATIENCE_MS = 60_000
"""A report travels, and a gateway says how far it is every 15 s."""

REPORTED_MAX = 256
"""Counters above a gap that are remembered; then the gap is judged, whoever is away."""

MISSING_MAX = 64
TORN_MAX = 1000


def hear(work: Work, event: Event) -> None:
    """Take in what an event says of a card's counter; other events and cards that we do not know say nothing."""
    if event.card_id is None or event.kind not in (EventKind.CARD_WRITTEN, EventKind.CARD_UNWRITTEN):
        return
    counter = event.detail.get("counter")
    if event.kind is EventKind.CARD_UNWRITTEN:
        if (row := row_of(work, event.card_id)) is not None:
            row.torn = min(row.torn + 1, TORN_MAX)
            work.session.add(row)
            work.session.flush()
    elif isinstance(counter, int) and counter > 0:
        report(work, event.card_id, counter, point=event.point)


def report(work: Work, card_id: str, counter: int, *, point: str | None = None) -> None:
    """A transaction on a card came out with this counter."""
    row = row_of(work, card_id)
    if row is None:
        return
    if row.complete == 0 and not row.reported:
        # What came before we began is unknown; one of it may still be on its way (a renewal overtakes its tap).
        row.complete, row.missing = counter, [[1, counter - 1]] if counter > 1 else []
    elif counter <= row.complete or counter in row.reported:
        _late_or_twice(work, row, counter, point)
    else:
        row.reported = sorted([*row.reported, counter])
        _judge(work, row, point)
    work.session.add(row)
    work.session.flush()


def row_of(work: Work, card_id: str) -> CardLogRow | None:
    """The log of a card, locked; begun anew when the card was issued again. None for a card that we do not know."""
    card = work.session.get(CardRow, card_id)
    if card is None:
        return None
    row = work.session.get(CardLogRow, card_id, with_for_update=True)
    if row is None:
        row = CardLogRow(card_id=card_id, issued_ms=card.issued_ms or 0)
    elif row.issued_ms != (card.issued_ms or 0):
        row.issued_ms, row.complete, row.reported = card.issued_ms or 0, 0, []
        row.torn, row.missing, row.gap_since_ms = 0, [], None
    return row


def may_be_renewed(work: Work, holder_id: str) -> None:
    """Something that somebody's cards carry has changed: they need not wait for tomorrow to be renewed."""
    for card_id in work.session.exec(select(CardRow.id).where(CardRow.holder_id == holder_id)).all():
        row = row_of(work, card_id)
        assert row is not None
        row.renew_after_ms = 0
        work.session.add(row)
    work.session.flush()


def _judge(work: Work, row: CardLogRow, point: str | None) -> None:
    newest = row.reported[-1]
    gaps = find_gaps(row.reported, since=row.complete, now=newest)
    lacking = sum(gap.count for gap in gaps)
    if lacking <= row.torn:
        # Without a gap, torn writes before this one did not count; else they explain what is missing.
        row.torn = row.torn - lacking if lacking else 0
        _settle(row, newest)
    elif row.gap_since_ms is None:
        row.gap_since_ms = work.now_ms
    elif len(row.reported) >= REPORTED_MAX or (
        work.now_ms - row.gap_since_ms >= GAP_PATIENCE_MS and not _somebody_is_away(work.session)
    ):
        _tell(work, row, gaps, point)
        _settle(row, newest)


def _tell(work: Work, row: CardLogRow, gaps: tuple[Gap, ...], point: str | None) -> None:
    detail = {"first": gaps[0].first, "last": gaps[-1].last, "count": sum(gap.count for gap in gaps) - row.torn}
    row.torn = 0
    row.missing = [*row.missing, *([gap.first, gap.last] for gap in gaps)][-MISSING_MAX:]
    alarms.sound(work, AlarmKind.CARD_GAP, point=point, card_id=row.card_id, detail=detail)


def _settle(row: CardLogRow, upto: int) -> None:
    row.complete, row.reported, row.gap_since_ms = upto, [], None


def _late_or_twice(work: Work, row: CardLogRow, counter: int, point: str | None) -> None:
    """A number that was missed comes after all; any other one was counted twice: a card put back, or two of them."""
    for first, last in row.missing:
        if first <= counter <= last:
            rest = [part for part in row.missing if part != [first, last]]
            left = [part for part in ([first, counter - 1], [counter + 1, last]) if part[0] <= part[1]]
            row.missing = rest + left
            return
    detail = {"counter": counter, "seen": max([row.complete, *row.reported])}
    alarms.sound(work, AlarmKind.COUNTER_BACK, point=point, card_id=row.card_id, detail=detail)


def _somebody_is_away(session: Session) -> bool:
    """Whether a gateway may hold events that we have not seen."""
    lacking = (col(GatewayRow.online).is_(False)) | (col(GatewayRow.head_seq) > col(GatewayRow.acked_seq))
    statement = select(GatewayRow.id).where(
        col(GatewayRow.signing_key).is_not(None), col(GatewayRow.revoked_ms).is_(None), lacking
    )
    return session.exec(statement.limit(1)).first() is not None
