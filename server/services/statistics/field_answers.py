"""Answers about care, clinic, incidents and property, for the community, the street and the district."""

from datetime import date, timedelta

from sqlalchemy import case, func, select
from sqlmodel import Session

from card_protocol.words.moment import DAY_MS, LOCAL_OFFSET_MINUTES, MINUTE_MS, local_day_and_minute
from server.services.activities.activity_life import PARTY_KINDS, ActivityKind, ActivityState
from server.services.activities.quorum import Mark
from server.services.care import care_tally
from server.services.care.care_case import FALSE_ALARMS, TRUE_ALARMS
from server.services.incidents.incident_words import Matter, State, Tier, tier_of
from server.services.property.ticket_life import TicketState, TicketStep
from server.services.statistics.questions import Line
from server.tables import Row

OFFSET_MS = LOCAL_OFFSET_MINUTES * MINUTE_MS
DAY_ZERO = date(1970, 1, 1)
REPAIR_DAYS: dict[str, tuple[int, int]] = {
    "one": (0, DAY_MS),
    "three": (DAY_MS, 3 * DAY_MS),
    "seven": (3 * DAY_MS, 7 * DAY_MS),
    "longer": (7 * DAY_MS, 2**62),
}
"""How long until it was done -> from, to [ms]."""

PRESENT = (Mark.PRESENT.value, Mark.GUEST.value)
_T = Row.metadata.tables


def meals(session: Session, since_ms: int, now_ms: int) -> list[Line]:
    """Per local day: meals that were paid, and how many people ate."""
    entry = _T["purse_entry"]
    day = (entry.c.at_ms + OFFSET_MS) // DAY_MS
    counted = (
        select(day.label("day"), func.count(), func.count(func.distinct(entry.c.card_id)))
        .where(entry.c.amount < 0, entry.c.at_ms >= since_ms)
        .group_by(day)
    )
    found = {int(on): (count, people) for on, count, people in session.execute(counted)}
    return [Line(on.isoformat(), found.get((on - DAY_ZERO).days, (0, 0))) for on in _days(since_ms, now_ms)]


def alarms(session: Session, since_ms: int) -> list[Line]:
    """Closed cases of people who were not seen: in need, well, ended otherwise."""
    found = care_tally.outcomes(session, since_ms)
    true = sum(found.pop(deed.value, 0) for deed in TRUE_ALARMS)
    false = sum(found.pop(deed.value, 0) for deed in FALSE_ALARMS)
    return [Line("true", (true,)), Line("false", (false,)), Line("other", (sum(found.values()),))]


def arrivals(session: Session, since_ms: int, now_ms: int) -> list[Line]:
    """Per local day: how many came to the clinic."""
    ticket, days = _T["clinic_ticket"], list(_days(since_ms, now_ms))
    first = days[0].isoformat()
    counted = select(ticket.c.day, func.count()).where(ticket.c.day >= first).group_by(ticket.c.day)
    found = {str(key): int(count) for key, count in session.execute(counted)}
    return [Line(on.isoformat(), (found.get(on.isoformat(), 0),)) for on in days]


def recalls(session: Session, since_ms: int, now_ms: int) -> list[Line]:
    """Who was to come again in the span: came by the day, came later, has not come."""
    recall = _T["clinic_recall"]
    today = local_day_and_minute(now_ms)[0].isoformat()
    first = local_day_and_minute(since_ms)[0].isoformat()
    how = case(
        (recall.c.done.is_(None), "open"),
        (recall.c.done <= recall.c.due, "kept"),
        else_="late",
    )
    counted = select(how.label("how"), func.count()).where(recall.c.due.between(first, today)).group_by(how)
    found = {str(key): int(count) for key, count in session.execute(counted)}
    return [Line(key, (found.get(key, 0),)) for key in ("kept", "late", "open")]


def attended(session: Session, since_ms: int) -> list[Line]:
    """By kind of activity: how many people were present, over all that were held; those of the Party left out."""
    one, how = _T["activity"], _T["attendance"]
    counted = (
        select(one.c.kind, func.count())
        .join(how, how.c.number == one.c.number)
        .where(one.c.from_ms >= since_ms, one.c.state == ActivityState.HELD.value, how.c.mark.in_(PRESENT))
        .group_by(one.c.kind)
    )
    found = {str(key): int(count) for key, count in session.execute(counted)}
    return [Line(kind.value, (found.get(kind.value, 0),)) for kind in ActivityKind if kind not in PARTY_KINDS]


def levels(session: Session, since_ms: int, now_ms: int) -> list[Line]:
    """Incidents of the span by the level at which they lie or ended: open, closed, and of both those that were late."""
    one = _T["incident"]
    over = one.c.state.in_((State.CLOSED.value, State.MERGED.value))
    late = (one.c.overdue > 0) | (~over & one.c.due_ms.is_not(None) & (one.c.due_ms <= now_ms))
    tally = [func.sum(case((what, 1), else_=0)) for what in (~over, over, late)]
    counted = (
        select(one.c.state, one.c.unit, *tally).where(one.c.reported_ms >= since_ms).group_by(one.c.state, one.c.unit)
    )
    found = {tier: [0, 0, 0] for tier in Tier}
    for state, unit, *counts in session.execute(counted):
        into = found[tier_of(State(state), unit)]
        for place, count in enumerate(counts):
            into[place] += int(count)
    return [Line(tier.value, tuple(found[tier])) for tier in Tier]


def matters(session: Session, since_ms: int) -> list[Line]:
    """Incidents of the span by what they are about."""
    one = _T["incident"]
    counted = select(one.c.matter, func.count()).where(one.c.reported_ms >= since_ms).group_by(one.c.matter)
    found = {str(key): int(count) for key, count in session.execute(counted)}
    return [Line(matter.value, (found.get(matter.value, 0),)) for matter in Matter]


def repairs(session: Session, since_ms: int) -> list[Line]:
    """Repairs of the span by the time until the company said that it was done; those that wait."""
    ticket, message = _T["ticket"], _T["ticket_message"]
    done = (
        select(message.c.number, func.min(message.c.at_ms).label("at_ms"))
        .where(message.c.step == TicketStep.DONE.value)
        .group_by(message.c.number)
        .subquery()
    )
    rows = session.execute(
        select(ticket.c.state, (done.c.at_ms - ticket.c.opened_ms).label("took_ms"))
        .join(done, done.c.number == ticket.c.number, isouter=True)
        .where(ticket.c.kind == "repair", ticket.c.opened_ms >= since_ms)
    ).all()
    took = [row.took_ms for row in rows if row.took_ms is not None]
    lines = [Line(key, (sum(a <= ms < b for ms in took),)) for key, (a, b) in REPAIR_DAYS.items()]
    waiting = sum(row.took_ms is None and row.state != TicketState.CLOSED.value for row in rows)
    return [*lines, Line("waiting", (waiting,))]


def _days(since_ms: int, now_ms: int) -> list[date]:
    first, last = local_day_and_minute(since_ms)[0], local_day_and_minute(now_ms)[0]
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
