"""How cases ended, counted: of those that are kept, and of those whose person was forgotten since.

Of the latter a number a local day and outcome is left, which leads to nobody; it ends when the cases themselves would.
"""

from collections import Counter

from sqlalchemy import func, select, text
from sqlmodel import Session

from card_protocol.words.moment import local_day_and_minute
from server.tables import Row

_CASE, _TALLY = (Row.metadata.tables[name] for name in ("care_case", "care_tally"))
_ADD = text(
    "INSERT INTO care_tally (day, outcome, number) VALUES (:day, :outcome, :number) "
    "ON CONFLICT (day, outcome) DO UPDATE SET number = care_tally.number + excluded.number"
)


def outcomes(session: Session, since_ms: int) -> Counter[str]:
    """Outcome (care_case.Deed) -> how many cases ended so since a moment; of forgotten people, since its local day."""
    living = (
        select(_CASE.c.outcome, func.count())
        .where(_CASE.c.closed_ms >= since_ms, _CASE.c.outcome.is_not(None))
        .group_by(_CASE.c.outcome)
    )
    since = local_day_and_minute(since_ms)[0].isoformat()
    forgotten = (
        select(_TALLY.c.outcome, func.sum(_TALLY.c.number)).where(_TALLY.c.day >= since).group_by(_TALLY.c.outcome)
    )
    found: Counter[str] = Counter()
    for statement in (living, forgotten):
        found.update({str(outcome): int(number) for outcome, number in session.execute(statement)})
    return found


def keep(session: Session, holder_id: str) -> None:
    """Count somebody's closed cases without them: for who is about to delete these in the same transaction."""
    closed = select(_CASE.c.closed_ms, _CASE.c.outcome).where(
        _CASE.c.holder_id == holder_id, _CASE.c.closed_ms.is_not(None), _CASE.c.outcome.is_not(None)
    )
    tally = Counter((local_day_and_minute(at_ms)[0].isoformat(), outcome) for at_ms, outcome in session.execute(closed))
    for (day, outcome), number in sorted(tally.items()):
        session.connection().execute(_ADD, {"day": day, "outcome": outcome, "number": number})
