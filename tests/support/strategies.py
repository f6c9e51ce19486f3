"""Hypothesis strategies for the vocabulary: every value a strategy here draws is a legal word.

Ids are drawn from small pools on purpose (`near=True` in spirit): rules only meet each other when cards, points
and levels do. Texts are drawn wide: every script, no control characters.
"""

from datetime import date

from hypothesis import strategies as st

from card_protocol.policy.rules import (
    PASSBACK_MAX_MS,
    AccessLevel,
    Area,
    CardEntry,
    Passback,
    PolicyHead,
    Privileges,
    Traits,
)
from card_protocol.words.base import LINE_MAX_CHARS, NUMBER_END, TITLE_MAX_CHARS
from card_protocol.words.card import CardState
from card_protocol.words.event import Event, EventKind
from card_protocol.words.grant import GRANT_MAX_AREAS, GRANT_MAX_LEVELS, Grant
from card_protocol.words.ids import ulid_from_bytes
from card_protocol.words.moment import WALL_END_MS, ClockQuality, Moment
from card_protocol.words.point import Assurance, Direction, Point, PointKind
from card_protocol.words.reason import Reason
from card_protocol.words.revocation import Revocation
from card_protocol.words.schedule import DAY_MINUTES, HOLIDAY, Calendar, Interval, Schedule
from card_protocol.words.situation import LOCKDOWN_MAX_LEVEL, Partner, Passage, Situation
from card_protocol.words.verdict import Flag, Presentation, Verdict

COMMUNITY = "330105001001"

printable = st.characters(codec="utf-8", exclude_categories=["Cc"])
lines = st.text(printable, max_size=LINE_MAX_CHARS)
titles = st.text(printable, max_size=TITLE_MAX_CHARS)
counts = st.integers(0, NUMBER_END - 1)
positives = st.integers(1, NUMBER_END - 1)
wall_times = st.integers(0, WALL_END_MS - 1)

slugs = st.from_regex(r"[a-z0-9][a-z0-9-]{0,62}", fullmatch=True)
ulids = st.binary(min_size=16, max_size=16).map(ulid_from_bytes)
uids = st.sampled_from([4, 7, 10]).flatmap(lambda n: st.binary(min_size=n, max_size=n)).map(lambda b: b.hex().upper())
pseudonyms = st.binary(min_size=8, max_size=8).map(lambda b: b.hex().upper())
epochs = st.binary(min_size=8, max_size=8).map(bytes.hex)
hashes = st.binary(min_size=32, max_size=32).map(bytes.hex)


@st.composite
def division_codes(draw: st.DrawFn) -> str:
    """A code of any of the four levels, without a hole."""
    code = str(draw(st.integers(11, 82))) + f"{draw(st.integers(1, 99)):02}"
    for digits in draw(st.sampled_from([(), (2,), (2, 3), (2, 3, 3)])):
        code += str(draw(st.integers(1, 10**digits - 1))).zfill(digits)
    return code.ljust(12, "0")


moments = st.builds(Moment, wall_ms=wall_times, mono_ns=counts, boot=lines, clock=st.sampled_from(ClockQuality))

points = st.builds(
    Point,
    id=slugs,
    kind=st.sampled_from(PointKind),
    name_zh=titles,
    name_en=titles,
    area=slugs,
    direction=st.sampled_from(Direction),
    minimum_assurance=st.sampled_from(Assurance),
    uid_waived=st.booleans(),
    floors=st.frozensets(st.integers(-16, 200), max_size=4),
    interlock=st.none() | slugs,
    first_person=st.booleans(),
    persons=st.integers(1, 2),
    partner_timeout_ms=st.integers(1000, 600_000),
)


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    """Any interval of any kind of day."""
    start = draw(st.integers(0, DAY_MINUTES - 1))
    return Interval(day=draw(st.integers(0, HOLIDAY)), start=start, end=draw(st.integers(start + 1, DAY_MINUTES)))


schedules = st.builds(
    Schedule, id=slugs, name_zh=titles, name_en=titles, intervals=st.lists(intervals(), max_size=8).map(tuple)
)

days = st.dates(date(1970, 1, 2), date(2199, 12, 31))
day_texts = days.map(date.isoformat)
calendars = st.builds(
    Calendar, holidays=st.frozensets(day_texts, max_size=6), workdays=st.frozensets(day_texts, max_size=6)
)


@st.composite
def grants(draw: st.DrawFn, card_ids: st.SearchStrategy[str] = ulids) -> Grant:
    """A grant of any card."""
    numbers = st.integers(1, 2**16 - 1)
    return Grant(
        card_id=draw(card_ids),
        uid=draw(uids),
        holder=draw(pseudonyms),
        community=draw(division_codes()),
        serial=draw(st.integers(0, 2**32 - 1)),
        valid_from_ms=draw(wall_times),
        valid_to_ms=draw(wall_times),
        levels=tuple(draw(st.lists(numbers, max_size=GRANT_MAX_LEVELS))),
        areas=tuple(draw(st.lists(numbers, max_size=GRANT_MAX_AREAS))),
    )


refusals = st.sampled_from([reason for reason in Reason if reason is not Reason.GRANTED])


@st.composite
def presentations(draw: st.DrawFn) -> Presentation:
    """With or without a proven card, a grant, a fault."""
    card_id = draw(st.none() | ulids)
    return Presentation(
        uid=draw(uids),
        assurance=draw(st.sampled_from(Assurance)),
        card_id=card_id,
        grant=draw(st.none() | grants(st.just(card_id))) if card_id else None,
        fault=draw(st.none() | refusals),
        duress=draw(st.booleans()),
    )


roles = st.frozensets(slugs, max_size=4)
situations = st.builds(
    Situation,
    last=st.none() | st.builds(Passage, direction=st.sampled_from(Direction), ago_ms=counts),
    inside=counts,
    open_points=st.frozensets(slugs, max_size=4),
    first_seen=st.booleans(),
    partner=st.none() | st.builds(Partner, holder=pseudonyms, roles=roles, ago_ms=counts),
    uses=counts,
    lockdown=st.integers(0, LOCKDOWN_MAX_LEVEL),
    offline_ms=counts,
)

verdicts = st.builds(
    Verdict,
    reason=st.sampled_from(Reason),
    point=slugs,
    card_id=st.none() | ulids,
    holder=st.none() | pseudonyms,
    level=st.none() | slugs,
    policy_version=counts,
    rule=st.none() | st.from_regex(r"[a-z_]{1,32}", fullmatch=True),
    flags=st.frozensets(st.sampled_from(Flag)),
    floors=st.frozensets(st.integers(-16, 200), max_size=4),
    grant=st.none() | grants(),
)

revocations = st.builds(
    Revocation,
    rev_seq=positives,
    card_id=ulids,
    state=st.sampled_from(CardState),
    at_ms=wall_times,
    expires_ms=wall_times,
)

detail_names = st.from_regex(r"[a-z][a-z0-9_]{0,31}", fullmatch=True)
detail_values = st.text(printable, max_size=50) | st.integers(-(2**63) + 1, 2**63 - 1)
events = st.builds(
    Event,
    kind=st.sampled_from(EventKind),
    wall_ms=wall_times,
    mono_ns=counts,
    boot=lines,
    clock=st.sampled_from(ClockQuality),
    point=st.none() | slugs,
    card_id=st.none() | ulids,
    holder=st.none() | pseudonyms,
    uid=st.none() | uids,
    reason=st.none() | st.sampled_from(Reason),
    level=st.none() | slugs,
    policy_version=st.none() | counts,
    assurance=st.none() | st.sampled_from(Assurance),
    rule=st.none() | st.from_regex(r"[a-z_]{1,32}", fullmatch=True),
    flags=st.none() | st.frozensets(st.sampled_from(Flag)),
    grant=st.none() | grants(),
    situation=st.none() | situations,
    detail=st.dictionaries(detail_names, detail_values, max_size=4),
)

traits = st.builds(
    Traits, roles=roles, escorted=st.booleans(), duress=st.booleans(), uses=st.none() | st.integers(1, 2**31 - 1)
)

card_entries = st.builds(
    CardEntry,
    card_id=ulids,
    uid=st.none() | uids,
    holder=pseudonyms,
    state=st.sampled_from(CardState),
    valid_from_ms=wall_times,
    valid_to_ms=wall_times,
    levels=st.lists(slugs, max_size=4).map(tuple),
    traits=st.none() | traits,
)
areas = st.builds(
    Area,
    id=slugs,
    number=st.integers(1, 2**16 - 1),
    name_zh=titles,
    name_en=titles,
    passback=st.sampled_from(Passback),
    passback_ms=st.integers(1, PASSBACK_MAX_MS),
    capacity=st.none() | st.integers(0, 2**31 - 1),
)


# Made once: to make a strategy costs more than to draw from it.
_WHERE = st.lists(points, max_size=4, unique_by=lambda p: p.id)
_WHEN = st.lists(schedules, max_size=3, unique_by=lambda s: s.id)
_NAMES = st.lists(slugs, max_size=3, unique=True)
_NUMBERS = st.lists(st.integers(1, 2**16 - 1), min_size=3, max_size=3, unique=True)
_FLOORS = st.frozensets(st.integers(-16, 200), max_size=3)
_MAX_OFFLINE = st.none() | st.integers(0, PASSBACK_MAX_MS)
_AREAS = st.lists(areas, max_size=3, unique_by=(lambda a: a.id, lambda a: a.number))
_LOCKDOWN = st.lists(roles, max_size=4).map(tuple)
_PRIVILEGES = st.builds(Privileges, first_person=roles, escort=roles, lockdown=_LOCKDOWN)


@st.composite
def policy_heads(draw: st.DrawFn, cards: int = 0) -> PolicyHead:
    """A closed policy: its levels name only points and schedules that are there."""
    where = draw(_WHERE)
    when = draw(_WHEN)
    names = draw(_NAMES) if when else []
    numbers = draw(_NUMBERS)
    levels = [
        AccessLevel(
            id=name,
            number=number,
            name_zh=draw(titles),
            name_en=draw(titles),
            points=draw(st.frozensets(st.sampled_from([p.id for p in where]))) if where else frozenset(),
            schedule=draw(st.sampled_from([s.id for s in when])),
            floors=draw(_FLOORS),
            max_offline_ms=draw(_MAX_OFFLINE),
        )
        for name, number in zip(names, numbers, strict=False)
    ]
    return PolicyHead(
        version=draw(positives),
        community=draw(division_codes()),
        issued_ms=draw(wall_times),
        expires_ms=draw(wall_times),
        rev_seq=draw(counts),
        points=tuple(where),
        levels=tuple(levels),
        schedules=tuple(when),
        calendar=draw(calendars),
        areas=tuple(draw(_AREAS)),
        privileges=draw(_PRIVILEGES),
        cards=cards,
    )
