"""What a change of rules does to people, told before it is saved: who loses a gate, who gains one, whose hours change.

Asked of the one decider (design § 1.4): every set of access levels that people have is judged at every moment at
which anything may change, by the rules of now and by the changed ones. A week and a holiday stand for all time; a
change of the calendar is judged on the days that it changes.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pydantic import BaseModel
from sqlmodel import Session, col, select

from card_protocol.policy.book import MemoryBook
from card_protocol.policy.decider import decide
from card_protocol.policy.rules import CardEntry, PolicyHead
from card_protocol.words.card import OPENS_DOORS, CardState
from card_protocol.words.moment import ClockQuality, Moment, local_day_and_minute, local_ms
from card_protocol.words.point import Assurance
from card_protocol.words.reason import Reason
from card_protocol.words.schedule import Calendar
from card_protocol.words.verdict import Presentation
from server.services.access.what_if import Change, apply
from server.services.cards import revocations
from server.services.policies import heads
from server.tables import CardLevelRow, CardRow

MAX_CARDS = 200_000
MAX_DECISIONS = 400_000
"""Of both sides together; more are not made, and the answer says so."""
MAX_DAYS = 40
MINUTE_MS = 60_000

NO_RIGHT = frozenset({Reason.WRONG_POINT, Reason.OUTSIDE_SCHEDULE})
"""Refusals that are about rights. Others are about the hour's situation, which nobody knows beforehand."""

_CARD = "0" * 26
_UID = "00000000000000"
_PSEUDONYM = "0" * 16


class PointEffect(BaseModel):
    """How many people a change touches at one point."""

    point: str
    lose: int
    """Could pass at some time, and never can any more."""
    gain: int
    less: int
    """Still can, but not at all the times as before."""
    more: int


class Effect(BaseModel):
    """What a change does; points that nobody notices are left out."""

    people: int
    """How many hold a card with one of the levels in question."""
    truncated: bool
    points: list[PointEffect]


@dataclass(frozen=True)
class _Group:
    """People who have the same access levels on a card."""

    levels: tuple[str, ...]
    holders: frozenset[str]


def effect(session: Session, community: str, change: Change, now_ms: int) -> Effect:
    """Judge everybody whom it may touch, before and after; Problem INVALID when the change makes no policy."""
    before = heads.whole(session, community, now_ms, revocations.newest(session))
    after = apply(before, change)
    levels = _touched(before, after)
    groups, truncated = _groups(session, levels)
    points = sorted(
        {p for head in (before, after) for level in head.levels if level.id in levels for p in level.points}
    )
    before, after, moments = _on_days(before, after, now_ms)
    found: defaultdict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    made = 0
    for group in groups:
        made += 2 * len(points) * len(moments)
        if made > MAX_DECISIONS:
            truncated = True
            break
        for point, then, now in _compared(group, points, before, after, moments):
            if name := _named(then, now):
                found[point][name] |= group.holders
    people = {holder for group in groups for holder in group.holders}
    effects = [
        PointEffect(point=point, **{name: len(who.get(name, ())) for name in ("lose", "gain", "less", "more")})
        for point, who in sorted(found.items())
    ]
    return Effect(people=len(people), truncated=truncated, points=effects)


def _touched(before: PolicyHead, after: PolicyHead) -> set[str]:
    """Access levels that are not what they were, themselves or by their schedule or the calendar."""
    if before.calendar != after.calendar:
        return {level.id for head in (before, after) for level in head.levels}
    levels = ({level.id: level for level in head.levels} for head in (before, after))
    schedules = ({schedule.id: schedule for schedule in head.schedules} for head in (before, after))
    (old, new), (old_hours, new_hours) = levels, schedules
    hours = {name for name in old_hours.keys() | new_hours.keys() if old_hours.get(name) != new_hours.get(name)}
    return {
        name
        for name in old.keys() | new.keys()
        if old.get(name) != new.get(name) or any(name in side and side[name].schedule in hours for side in (old, new))
    }


def _groups(session: Session, levels: Iterable[str]) -> tuple[list[_Group], bool]:
    opening = col(CardRow.state).in_([state.value for state in OPENS_DOORS])
    concerned = (
        select(CardRow.id, CardRow.holder_id)
        .join(CardLevelRow, col(CardLevelRow.card_id) == col(CardRow.id))
        .where(col(CardLevelRow.level_id).in_(sorted(levels)), opening)
        .distinct()
        .limit(MAX_CARDS + 1)
    )
    holder = dict(session.exec(concerned).all())
    of_card: defaultdict[str, list[str]] = defaultdict(list)
    cards = sorted(holder)
    for start in range(0, len(cards), 500):
        links = select(CardLevelRow).where(col(CardLevelRow.card_id).in_(cards[start : start + 500]))
        for link in session.exec(links):
            of_card[link.card_id].append(link.level_id)
    people: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for card, has in of_card.items():
        people[tuple(sorted(has))].add(holder[card] or card)
    groups = [_Group(has, frozenset(who)) for has, who in sorted(people.items())]
    return groups, len(cards) > MAX_CARDS


def _on_days(before: PolicyHead, after: PolicyHead, now_ms: int) -> tuple[PolicyHead, PolicyHead, list[Moment]]:
    """Both sides so that they can be asked of the days that matter, and those moments."""
    if before.calendar != after.calendar:
        days = _changed_days(before.calendar, after.calendar)[:MAX_DAYS]
    else:
        today, _ = local_day_and_minute(now_ms)
        monday = today + timedelta(days=7 - today.weekday())
        days = [monday + timedelta(days=number) for number in range(8)]
        week = Calendar(holidays=frozenset({days[7].isoformat()}))
        before, after = (head.model_copy(update={"calendar": week}) for head in (before, after))
    minutes = {0} | {
        edge for head in (before, after) for s in head.schedules for i in s.intervals for edge in (i.start, i.end)
    }
    times = [local_ms(day) + minute * MINUTE_MS for day in days for minute in sorted(minutes) if minute < 1440]
    life = {"issued_ms": 0, "expires_ms": max(times, default=now_ms) + 1}
    moments = [Moment(wall_ms=at, mono_ns=0, boot="server", clock=ClockQuality.SERVER) for at in times]
    return before.model_copy(update=life), after.model_copy(update=life), moments


def _changed_days(before: Calendar, after: Calendar) -> list[date]:
    days = (before.holidays ^ after.holidays) | (before.workdays ^ after.workdays)
    return [date.fromisoformat(day) for day in sorted(days)]


def _compared(
    group: _Group, points: Sequence[str], before: PolicyHead, after: PolicyHead, moments: Sequence[Moment]
) -> Iterable[tuple[str, set[int], set[int]]]:
    last = max((moment.wall_ms for moment in moments), default=0) + 1
    sides = []
    for head in (before, after):
        has = tuple(name for name in group.levels if any(level.id == name for level in head.levels))
        entry = CardEntry(
            card_id=_CARD, holder=_PSEUDONYM, state=CardState.ACTIVE, valid_from_ms=0, valid_to_ms=last, levels=has
        )
        sides.append(MemoryBook(head, [entry]))
    shown = Presentation(uid=_UID, assurance=Assurance.CARD, card_id=_CARD)
    for point in points:
        then, now = (
            {m.wall_ms for m in moments if decide(shown, point, book, m).reason not in NO_RIGHT} for book in sides
        )
        yield point, then, now


def _named(then: set[int], now: set[int]) -> str:
    if then == now:
        return ""
    if not now:
        return "lose"
    if not then:
        return "gain"
    return "less" if then - now else "more"
