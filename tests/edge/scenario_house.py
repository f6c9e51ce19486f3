"""The house of a scenario: what the lines before the first step say of rules, people and the day."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from card_protocol.policy.rules import AccessLevel, Area, CardEntry, Passback, PolicyHead, Privileges, Traits
from card_protocol.words.card import CardState
from card_protocol.words.moment import local_day_and_minute, local_ms
from card_protocol.words.point import Assurance, Direction, Point, PointKind
from card_protocol.words.schedule import HOLIDAY, Calendar, Interval, Schedule, always
from tests.edge.issued import COMMUNITY
from tests.edge.policy import FAR_MS, entry, gate
from tests.edge.words import GATE

EXIT = "south-gate-out"
POINTS = {"gate": GATE, "exit": EXIT}
AREA = "community"
WORKDAYS = range(5)
_CLOCK = r"(\d\d):(\d\d)"


@dataclass
class House:
    """Filled line by line. `start_ms` None: the day does not matter."""

    has_exit: bool = False
    start_ms: int | None = None
    states: dict[str, CardState | None] = field(default_factory=dict)
    traits: dict[str, dict[str, Any]] = field(default_factory=dict)
    without_rights: set[str] = field(default_factory=set)
    gate: dict[str, Any] = field(default_factory=dict)
    exit: dict[str, Any] = field(default_factory=dict)
    area: dict[str, Any] = field(default_factory=dict)
    privileges: dict[str, Any] = field(default_factory=dict)
    hours: tuple[Interval, ...] | None = None
    free: tuple[Interval, ...] | None = None
    holidays: set[str] = field(default_factory=set)
    workdays: set[str] = field(default_factory=set)
    max_offline_ms: int | None = None
    duress_code: str = ""
    lift: tuple[int, ...] = ()
    """The floors that the gate's reader, in the car of a lift, frees the buttons of."""
    opened: frozenset[int] = frozenset()
    """The floors that everybody's rights open."""
    one_door: bool = False
    """The exit's reader is on the inside of the gate."""

    def hear(self, line: str) -> bool:
        """Take a line in; False when it is none of the language."""
        for pattern, act in _LANGUAGE:
            if found := re.fullmatch(pattern, line):
                act(self, *found.groups())
                return True
        return False

    def uid(self, who: str) -> str:
        """The number on somebody's card."""
        return f"04{list(self.states).index(who) + 1:012X}"

    def at(self, *words: str) -> int:
        """`18:05` of the day on which it began, or `2026-10-01 10:00`, as wall time [ms]."""
        assert self.start_ms is not None, "the scenario says at first which day it is"
        day = words[0] if len(words) == 2 else local_day_and_minute(self.start_ms)[0].isoformat()
        return wall_ms(day, *words[-1].split(":"))

    def cards(self) -> list[CardEntry]:
        """As the policy has them."""
        found = []
        for number, (who, state) in enumerate(self.states.items(), 1):
            if state is None:
                continue
            traits = Traits(**self.traits[who]) if who in self.traits else None
            levels = () if who in self.without_rights else ("resident",)
            card = {"card_id": f"01JD00000000000000000000{number:02d}", "holder": f"{number:016X}"}
            found.append(entry(state, **card, uid=self.uid(who), traits=traits, levels=levels))
        return found

    def head(self) -> PolicyHead:
        """The policy of one gate into the community, and an exit where the scenario speaks of one."""
        points = [self._point(gate(), self.gate)]
        if self.has_exit:
            points.append(self._point(gate(id=EXIT, direction=Direction.OUT), self.exit))
        schedules = [always("always")]
        for name, hours in (("hours", self.hours), ("free", self.free)):
            if hours is not None:
                schedules.append(Schedule(id=name, name_zh="时段", name_en="Hours", intervals=hours))
        level = AccessLevel(
            id="resident",
            number=1,
            name_zh="居民",
            name_en="Resident",
            points=frozenset(point.id for point in points),
            schedule="always" if self.hours is None else "hours",
            floors=self.opened,
            max_offline_ms=self.max_offline_ms,
        )
        area = Area(id=AREA, number=7, name_zh="小区", name_en="Community", **self.area)
        return PolicyHead(
            version=3,
            community=COMMUNITY,
            issued_ms=0,
            expires_ms=FAR_MS,
            rev_seq=0,
            points=tuple(points),
            levels=(level,),
            schedules=tuple(schedules),
            calendar=Calendar(holidays=frozenset(self.holidays), workdays=frozenset(self.workdays)),
            areas=(area,) if self.area else (),
            privileges=Privileges(**self.privileges),
        )

    def _point(self, point: Point, more: dict[str, Any]) -> Point:
        return point.model_copy(update={"minimum_assurance": Assurance.READER, **more})

    def _trait(self, who: str, **more: Any) -> None:
        self.traits.setdefault(who, {}).update(more)


def wall_ms(day: str, hour: str, minute: str) -> int:
    """A local time as wall time [ms]."""
    return local_ms(date.fromisoformat(day), int(hour) * 60 + int(minute))


def _hours(days: str, *clock: str) -> tuple[Interval, ...]:
    start, end = int(clock[0]) * 60 + int(clock[1]), int(clock[2]) * 60 + int(clock[3])
    kinds = {"on workdays": WORKDAYS, "every day": range(HOLIDAY + 1)}[days]
    return tuple(Interval(day=day, start=start, end=end) for day in kinds)


def _set(house: House, what: str, value: Any) -> None:
    setattr(house, what, value)


def _floors(text: str) -> tuple[int, ...]:
    return tuple(int(floor) for floor in text.split())


def _lift(house: House, floors: str) -> None:
    house.lift = _floors(floors)
    house.gate.update(kind=PointKind.LIFT, floors=frozenset(house.lift))


def _mantrap(house: House) -> None:
    for point in (house.gate, house.exit):
        point["interlock"] = "trap"


def _lockdown(house: House, role: str, level: str) -> None:
    before = house.privileges.get("lockdown", ())
    assert len(before) == int(level) - 1, "levels in order"
    house.privileges["lockdown"] = (*before, frozenset({role}))


_LANGUAGE: tuple[tuple[str, Callable[..., object]], ...] = (
    (rf"it is (\S+) {_CLOCK}", lambda h, *at: _set(h, "start_ms", wall_ms(*at))),
    (r"(\w+) has an? (\w+) card", lambda h, who, state: h.states.update({who: CardState(state)})),
    (r"(\w+) has no card here", lambda h, who: h.states.update({who: None})),
    (r"(\w+) has no rights", lambda h, who: h.without_rights.add(who)),
    (r"(\w+) is (staff|police)", lambda h, who, role: h._trait(who, roles=frozenset({role}))),
    (r"(\w+) must be escorted", lambda h, who: h._trait(who, escorted=True)),
    (r"(\w+) may come (\d+) times", lambda h, who, times: h._trait(who, uses=int(times))),
    (r"(\w+) carries the card of duress", lambda h, who: h._trait(who, duress=True)),
    (r"the gate is a lift to ([\d -]+)", _lift),
    (r"rights are for floors ([\d -]+)", lambda h, floors: _set(h, "opened", frozenset(_floors(floors)))),
    (r"the code of duress is (\S+)", lambda h, code: _set(h, "duress_code", code)),
    (rf"the gate opens {_CLOCK} to {_CLOCK} (.+)", lambda h, *at: _set(h, "hours", _hours(at[-1], *at[:-1]))),
    (
        rf"the gate is free {_CLOCK} to {_CLOCK} (.+)",
        lambda h, *at: (_set(h, "free", _hours(at[-1], *at[:-1])), h.gate.update(free="free")),
    ),
    (r"(\S+) is a holiday", lambda h, day: h.holidays.add(day)),
    (r"(\S+) is worked", lambda h, day: h.workdays.add(day)),
    (r"the area is (hard|soft|timed)", lambda h, kind: h.area.update(passback=Passback(kind))),
    (r"passages are forgotten after (\d+) s", lambda h, s: h.area.update(passback_ms=1000 * int(s))),
    (r"the area holds (\d+)", lambda h, many: h.area.update(capacity=int(many))),
    (r"gate and exit are a mantrap", _mantrap),
    (r"gate and exit are one door", lambda h: _set(h, "one_door", True)),
    (r"the gate wants two persons", lambda h: h.gate.update(persons=2)),
    (r"the gate wants a first person", lambda h: h.gate.update(first_person=True)),
    (r"(\w+) may be first", lambda h, role: h.privileges.update(first_person=frozenset({role}))),
    (r"(\w+) may escort", lambda h, role: h.privileges.update(escort=frozenset({role}))),
    (r"(\w+) enter at lockdown (\d)", _lockdown),
    (r"rights end after (\d+) s offline", lambda h, s: _set(h, "max_offline_ms", 1000 * int(s))),
)
"""(the form of a line, what it does to the house)."""
