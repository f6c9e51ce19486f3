"""One presentation at one door, as a sheet of knobs: untouched, the card is let in; each knob can spoil it."""

from dataclasses import dataclass, field
from datetime import date

from card_protocol.policy.book import MemoryBook
from card_protocol.policy.case import Case, case_of
from card_protocol.policy.decider import decide
from card_protocol.policy.rules import AccessLevel, Area, CardEntry, Passback, PolicyHead, Privileges, Traits
from card_protocol.words.card import CardState
from card_protocol.words.grant import Grant
from card_protocol.words.moment import ClockQuality, Moment, local_ms
from card_protocol.words.point import Assurance, Direction, Point, PointKind
from card_protocol.words.reason import Reason
from card_protocol.words.revocation import Revocation
from card_protocol.words.schedule import Calendar, Interval, Schedule
from card_protocol.words.situation import Situation
from card_protocol.words.verdict import Presentation, Verdict

NOW_MS = local_ms(date(2026, 9, 30), 600)
"""A Wednesday, ten in the morning."""

CARD_ID = "01JD0000000000000000000001"
UID = "04112233445566"
HOLDER = "00112233445566AA"
OTHER_HOLDER = "FFEEDDCCBBAA9988"
COMMUNITY = "330105009012"
OFFICE_HOURS = tuple(Interval(day=day, start=480, end=1080) for day in range(5))


@dataclass(frozen=True)
class Scene:
    """The knobs; `ask()` turns them into a question to the decider."""

    fault: Reason | None = None
    has_policy: bool = True
    point_known: bool = True
    assurance: Assurance = Assurance.CARD
    minimum: Assurance = Assurance.CARD
    uid_waived: bool = False
    proven: bool = True
    in_book: bool = True
    has_grant: bool = False
    grant_areas: tuple[int, ...] = ()
    revoked_as: CardState | None = None
    state: CardState = CardState.ACTIVE
    clock: ClockQuality = ClockQuality.NTP
    policy_expires_ms: int = NOW_MS + 1
    valid_from_ms: int = NOW_MS
    valid_to_ms: int = NOW_MS + 1
    level_holds_point: bool = True
    hours: tuple[Interval, ...] = OFFICE_HOURS
    calendar: Calendar = field(default_factory=Calendar)
    max_offline_ms: int | None = None
    served_floors: frozenset[int] = frozenset()
    level_floors: frozenset[int] = frozenset()
    traits: Traits | None = None
    duress_sign: bool = False
    privileges: Privileges = field(default_factory=Privileges)
    direction: Direction = Direction.IN
    passback: Passback = Passback.OFF
    passback_ms: int = 60_000
    capacity: int | None = None
    first_person: bool = False
    persons: int = 1
    interlock: str | None = None
    situation: Situation = field(default_factory=Situation)
    wall_ms: int = NOW_MS

    def points(self) -> tuple[Point, ...]:
        """The door in question, its twin in the mantrap, and one that has nothing to do with them."""
        door = Point(
            id="door",
            kind=PointKind.DOOR,
            name_zh="门",
            name_en="Door",
            area="house",
            direction=self.direction,
            minimum_assurance=self.minimum,
            uid_waived=self.uid_waived,
            floors=self.served_floors,
            interlock=self.interlock,
            first_person=self.first_person,
            persons=self.persons,
        )
        twin = Point(id="twin", kind=PointKind.DOOR, name_zh="门", name_en="Twin", area="lobby", interlock="trap")
        gate = Point(id="gate", kind=PointKind.GATE, name_zh="门", name_en="Gate", area="yard")
        return (door, twin, gate) if self.point_known else (twin, gate)

    def head(self) -> PolicyHead:
        """The policy."""
        points = self.points()
        held = {p.id for p in points} if self.level_holds_point else {"gate"}
        level = AccessLevel(
            id="staff",
            number=7,
            name_zh="员工",
            name_en="Staff",
            points=frozenset(held),
            schedule="hours",
            floors=self.level_floors,
            max_offline_ms=self.max_offline_ms,
        )
        house = Area(
            id="house",
            number=3,
            name_zh="楼",
            name_en="House",
            passback=self.passback,
            passback_ms=self.passback_ms,
            capacity=self.capacity,
        )
        return PolicyHead(
            version=12,
            community=COMMUNITY,
            issued_ms=0,
            expires_ms=self.policy_expires_ms,
            rev_seq=4,
            points=points,
            levels=(level,),
            schedules=(Schedule(id="hours", name_zh="时段", name_en="Hours", intervals=self.hours),),
            calendar=self.calendar,
            areas=(house,),
            privileges=self.privileges,
            cards=1,
        )

    def entry(self) -> CardEntry:
        """The card in the policy."""
        return CardEntry(
            card_id=CARD_ID,
            uid=UID,
            holder=HOLDER,
            state=self.state,
            valid_from_ms=self.valid_from_ms,
            valid_to_ms=self.valid_to_ms,
            levels=("staff",),
            traits=self.traits,
        )

    def grant(self) -> Grant:
        """The grant on the card."""
        return Grant(
            card_id=CARD_ID,
            uid=UID,
            holder=HOLDER,
            community=COMMUNITY,
            serial=1,
            valid_from_ms=self.valid_from_ms,
            valid_to_ms=self.valid_to_ms,
            levels=(7,),
            areas=self.grant_areas,
        )

    def presentation(self) -> Presentation:
        """What the reader saw."""
        return Presentation(
            uid=UID,
            assurance=self.assurance,
            card_id=CARD_ID if self.proven else None,
            grant=self.grant() if self.has_grant and self.proven else None,
            fault=self.fault,
            duress=self.duress_sign,
        )

    def book(self) -> MemoryBook:
        """The policy with its cards and revocations."""
        cards = [self.entry()] if self.in_book else []
        revoked = [
            Revocation(rev_seq=5, card_id=CARD_ID, state=state, at_ms=0, expires_ms=1)
            for state in [self.revoked_as]
            if state is not None
        ]
        return MemoryBook(self.head() if self.has_policy else None, cards, revoked)

    def moment(self) -> Moment:
        """When."""
        return Moment(wall_ms=self.wall_ms, mono_ns=0, boot="b", clock=self.clock)

    def ask(self) -> Verdict:
        """Ask the decider."""
        return decide(self.presentation(), "door", self.book(), self.moment(), self.situation)

    def case(self) -> Case:
        """The case as rules see it."""
        return case_of(self.presentation(), "door", self.book(), self.moment(), self.situation)
