"""Whole small worlds for the decider: few names, so that cards, points, levels and rules meet in every way."""

from dataclasses import dataclass

from hypothesis import strategies as st

from card_protocol.policy.book import MemoryBook
from card_protocol.policy.decider import decide
from card_protocol.policy.rules import AccessLevel, Area, CardEntry, Passback, PolicyHead, Privileges, Traits
from card_protocol.words.card import CardState
from card_protocol.words.grant import Grant
from card_protocol.words.moment import ClockQuality, Moment
from card_protocol.words.point import Assurance, Direction, Point, PointKind
from card_protocol.words.revocation import Revocation
from card_protocol.words.schedule import Calendar, Interval, Schedule
from card_protocol.words.situation import Partner, Passage, Situation
from card_protocol.words.verdict import Presentation, Verdict
from tests.support.scenes import COMMUNITY, NOW_MS
from tests.support.strategies import refusals

POINTS = ("a", "b", "c")
AREAS = ("yard", "house")
LEVELS = ("staff", "guests", "night")
SCHEDULES = ("hours", "nights")
ROLES = ("guard", "medic", "host")
CARDS = tuple(f"01JD000000000000000000000{n}" for n in range(3))
UIDS = tuple(f"0411223344556{n}" for n in range(3))
HOLDERS = tuple(f"00112233445566A{n}" for n in range(3))

few_ms = st.integers(0, 3).map(lambda n: n * 30_000)
edges_ms = st.sampled_from([0, NOW_MS - 1, NOW_MS, NOW_MS + 1, 2**47 - 1])
roles = st.frozensets(st.sampled_from(ROLES), max_size=2)
mostly_in = st.sampled_from([Direction.IN, Direction.IN, *Direction])
floors = st.frozensets(st.integers(1, 3), max_size=2)


@dataclass(frozen=True)
class World:
    """All that one decision is made from."""

    presentation: Presentation
    point_id: str
    head: PolicyHead | None
    cards: tuple[CardEntry, ...]
    revocations: tuple[Revocation, ...]
    moment: Moment
    situation: Situation

    def ask(self) -> Verdict:
        """Ask the decider."""
        book = MemoryBook(self.head, self.cards, self.revocations)
        return decide(self.presentation, self.point_id, book, self.moment, self.situation)


def _points() -> st.SearchStrategy[tuple[Point, ...]]:
    one = [
        st.builds(
            Point,
            id=st.just(name),
            kind=st.sampled_from(PointKind),
            name_zh=st.just("门"),
            name_en=st.just("Door"),
            area=st.sampled_from([*AREAS, *AREAS, "elsewhere"]),
            direction=mostly_in,
            minimum_assurance=st.sampled_from(Assurance),
            uid_waived=st.booleans(),
            floors=st.just(frozenset()) | floors,
            interlock=st.none() | st.just("trap"),
            first_person=st.booleans(),
            persons=st.sampled_from([1, 1, 2]),
            partner_timeout_ms=st.sampled_from([1000, 30_000, 60_000]),
        )
        for name in POINTS
    ]
    return st.tuples(*one).flatmap(lambda all_: st.sampled_from([all_, all_, all_, all_[:1]]))


def _areas() -> st.SearchStrategy[tuple[Area, ...]]:
    one = [
        st.builds(
            Area,
            id=st.just(name),
            number=st.just(number),
            name_zh=st.just("区"),
            name_en=st.just("Area"),
            passback=st.sampled_from([Passback.HARD, Passback.TIMED, *Passback]),
            passback_ms=st.sampled_from([1, 30_000, 60_000, 90_000]),
            capacity=st.none() | st.integers(0, 2),
        )
        for number, name in enumerate(AREAS, 1)
    ]
    return st.tuples(*one).flatmap(lambda all_: st.sampled_from([all_, all_[:1]]))


# Made once: to make a strategy costs more than to draw from it.
_POINTS, _AREAS = _points(), _areas()
_WHOLE_DAY = tuple(Interval(day=d, start=0, end=1440) for d in range(8))
_HOURS = st.sampled_from([_WHOLE_DAY, _WHOLE_DAY, (), _WHOLE_DAY[:3], _WHOLE_DAY[3:]])
_MAX_OFFLINE = st.none() | few_ms
_EXPIRY = edges_ms | st.just(NOW_MS + 1)
_NAME_OF_SCHEDULE = st.sampled_from(SCHEDULES)
_HOLIDAYS = st.sampled_from([frozenset(), frozenset({"2026-09-30"})])
_LOCKDOWNS = st.lists(roles, max_size=3)


@st.composite
def heads(draw: st.DrawFn) -> PolicyHead:
    """A policy over the few names."""
    points = draw(_POINTS)
    names = [p.id for p in points]
    some_or_all = st.frozensets(st.sampled_from(names)) | st.just(frozenset(names))
    levels = [
        AccessLevel(
            id=name,
            number=number,
            name_zh="组",
            name_en="Level",
            points=draw(some_or_all),
            schedule=draw(_NAME_OF_SCHEDULE),
            floors=draw(floors),
            max_offline_ms=draw(_MAX_OFFLINE),
        )
        for number, name in enumerate(LEVELS, 1)
    ]
    return PolicyHead(
        version=draw(st.integers(1, 9)),
        community=COMMUNITY,
        issued_ms=0,
        expires_ms=draw(_EXPIRY),
        rev_seq=draw(st.integers(0, 3)),
        points=points,
        levels=tuple(levels),
        schedules=tuple(Schedule(id=s, name_zh="", name_en="", intervals=draw(_HOURS)) for s in SCHEDULES),
        calendar=Calendar(holidays=draw(_HOLIDAYS)),
        areas=draw(_AREAS),
        privileges=Privileges(first_person=draw(roles), escort=draw(roles), lockdown=tuple(draw(_LOCKDOWNS))),
        cards=0,
    )


def _card(number: int) -> st.SearchStrategy[CardEntry]:
    return st.builds(
        CardEntry,
        card_id=st.just(CARDS[number]),
        uid=st.none() | st.just(UIDS[number]),
        holder=st.just(HOLDERS[number]),
        state=st.just(CardState.ACTIVE) | st.sampled_from(CardState),
        valid_from_ms=st.just(0) | edges_ms,
        valid_to_ms=st.just(2**47 - 1) | edges_ms,
        levels=st.lists(st.sampled_from([*LEVELS, "gone"]), min_size=1, max_size=3).map(tuple),
        traits=st.none()
        | st.builds(
            Traits, roles=roles, escorted=st.booleans(), duress=st.booleans(), uses=st.none() | st.integers(1, 3)
        ),
    )


_CARDS = [_card(number) for number in range(len(CARDS))]
_NUMBER = st.integers(0, len(CARDS) - 1)
_FROM, _TO = st.just(0) | edges_ms, st.just(2**47 - 1) | edges_ms
_GRANT_LEVELS = st.lists(st.integers(1, 4), max_size=3)
_GRANT_AREAS = st.just([]) | st.lists(st.integers(1, 3), max_size=2)
_ASSURANCE = st.just(Assurance.CARD) | st.sampled_from(Assurance)
_FAULT = st.sampled_from([None] * 9) | refusals


@st.composite
def _presentations(draw: st.DrawFn) -> Presentation:
    number = draw(_NUMBER)
    card_id = draw(st.sampled_from([None, CARDS[number], CARDS[number], CARDS[number]]))
    grant = Grant(
        card_id=CARDS[number],
        uid=UIDS[number],
        holder=HOLDERS[number],
        community=COMMUNITY,
        serial=1,
        valid_from_ms=draw(_FROM),
        valid_to_ms=draw(_TO),
        levels=tuple(draw(_GRANT_LEVELS)),
        areas=tuple(draw(_GRANT_AREAS)),
    )
    return Presentation(
        uid=UIDS[number],
        assurance=draw(_ASSURANCE),
        card_id=card_id,
        grant=grant if card_id is not None and draw(st.booleans()) else None,
        fault=draw(_FAULT) if draw(st.booleans()) else None,
        duress=draw(st.booleans()),
    )


situations = st.builds(
    Situation,
    last=st.none() | st.builds(Passage, direction=mostly_in, ago_ms=few_ms),
    inside=st.integers(0, 3),
    open_points=st.frozensets(st.sampled_from([*POINTS, "gone"]), max_size=2),
    first_seen=st.booleans(),
    partner=st.none() | st.builds(Partner, holder=st.sampled_from(HOLDERS), roles=roles, ago_ms=few_ms),
    uses=st.integers(0, 3),
    lockdown=st.just(0) | st.integers(0, 4),
    offline_ms=few_ms,
)

_revocations = st.builds(
    Revocation,
    rev_seq=st.integers(1, 6),
    card_id=st.sampled_from(CARDS),
    state=st.sampled_from(CardState),
    at_ms=st.just(0),
    expires_ms=st.just(1),
)


CALM_SITUATION: tuple[tuple[str, object], ...] = (
    ("lockdown", 0),
    ("offline_ms", 0),
    ("uses", 0),
    ("partner", None),
    ("first_seen", True),
    ("last", None),
    ("inside", 0),
    ("open_points", frozenset()),
)
"""What rules 10, 11, … ask of the situation, as it is when they have nothing to object to."""


def _calm_card(card: CardEntry, depth: int) -> CardEntry:
    """The card without what the first `depth` rules could object to."""
    change: dict[str, object] = {}
    if depth >= 6:
        change["state"] = CardState.ACTIVE
    if depth >= 9:
        change |= {"valid_from_ms": 0, "valid_to_ms": 2**47 - 1}
    if depth >= 11:
        change["levels"] = LEVELS
    if depth >= 13 and card.traits is not None:
        change["traits"] = card.traits.model_copy(update={"escorted": False})
    return card.model_copy(update=change)


def _calm_head(head: PolicyHead, depth: int) -> PolicyHead:
    """The policy without what the first `depth` rules could object to."""
    change: dict[str, object] = {}
    if depth >= 8:
        change["expires_ms"] = NOW_MS + 1
    if depth >= 11:
        served = frozenset(p.id for p in head.points)
        opened = {"points": served, "floors": frozenset({1, 2, 3}), "max_offline_ms": None}
        change["levels"] = tuple(a.model_copy(update=opened) for a in head.levels)
        all_day = tuple(Interval(day=d, start=0, end=1440) for d in range(8))
        change["schedules"] = tuple(s.model_copy(update={"intervals": all_day}) for s in head.schedules)
    return head.model_copy(update=change)


_DEPTH = st.just(0) | st.integers(1, len(CALM_SITUATION) + 9)
_SOME_REVOCATIONS = st.just([]) | st.lists(_revocations, max_size=3, unique_by=lambda r: r.rev_seq)
_CLOCK = st.sampled_from([ClockQuality.NTP, ClockQuality.SERVER, *ClockQuality])
_POINT = st.sampled_from([*POINTS, *POINTS, "nowhere"])
_HAS_HEAD = st.sampled_from([False, True, True, True, True])
_HEAD, _PRESENTATION = heads(), _presentations()


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Any question that a gateway may have to answer. Half of the worlds are calm down to some rule, or no rule
    behind the first few would ever be heard.
    """
    depth = draw(_DEPTH)
    presentation, situation = draw(_PRESENTATION), draw(situations)
    head = draw(_HEAD) if depth >= 2 or draw(_HAS_HEAD) else None
    cards = [_calm_card(draw(card), depth) for card in _CARDS]
    revocations = draw(_SOME_REVOCATIONS)
    clock = draw(_CLOCK)
    point_id = draw(_POINT)
    if depth >= 1:
        presentation = presentation.model_copy(update={"fault": None})
    if depth >= 2 and head is not None:
        point_id = head.points[0].id
    if depth >= 3:
        proven = {"assurance": Assurance.CARD, "card_id": presentation.card_id or CARDS[0]}
        presentation = presentation.model_copy(update=proven)
    calm = dict(CALM_SITUATION[: max(0, depth - 9)])
    situation = situation.model_copy(update=calm)
    return World(
        presentation=presentation,
        point_id=point_id,
        head=_calm_head(head, depth) if head is not None else None,
        cards=tuple(cards if depth >= 5 else draw(st.sampled_from([cards, cards[1:], []]))),
        revocations=() if depth >= 4 else tuple(revocations),
        moment=Moment(wall_ms=NOW_MS, mono_ns=0, boot="b", clock=ClockQuality.NTP if depth >= 7 else clock),
        situation=situation,
    )
