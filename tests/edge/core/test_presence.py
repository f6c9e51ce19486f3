"""What the rules learn of the past: events go in, situations come out, and the one decider judges by them."""

import random
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from card_protocol.policy.book import Book, MemoryBook
from card_protocol.policy.decider import decide
from card_protocol.policy.rules import AccessLevel, Area, CardEntry, Passback, PolicyHead, Privileges, Traits
from card_protocol.profiles.card_records import AccessEvent
from card_protocol.profiles.card_records import Passage as CardPassage
from card_protocol.wire.passages import Forgiven, Mustered, Passages, Passed
from card_protocol.words.event import Event, EventKind, note_event, tap_event
from card_protocol.words.moment import DAY_MS, ClockQuality, Moment
from card_protocol.words.point import Assurance, Direction, Point, PointKind
from card_protocol.words.reason import Reason
from card_protocol.words.schedule import always
from card_protocol.words.situation import NOTHING_KNOWN, Passage
from card_protocol.words.verdict import Presentation
from edge.core.presence import FORGIVEN, Around, Mark, Presence, Roll
from tests.edge.issued import COMMUNITY
from tests.edge.policy import FAR_MS, entry

START_MS = 1_780_000_000_000
HOUR_MS = 3_600_000
NAMES = ("lin", "wu", "mei")
IDS = {name: f"01JD00000000000000000000{number:02d}" for number, name in enumerate(NAMES, 1)}
HOLDERS = {name: f"{number:016X}" for number, name in enumerate(NAMES, 1)}


def point(name: str, direction: Direction, **more: object) -> Point:
    made = Point(id=name, kind=PointKind.DOOR, name_zh="门", name_en="Door", area="house", direction=direction)
    return made.model_copy(update=more)


LAWN = point("lawn", Direction.NONE, kind=PointKind.MUSTER, area="lawn")


class Play:
    """A house with a door in and a door out, and a day that goes on by hand."""

    def __init__(self, *, traits: dict[str, Traits] | None = None, area: Area | None = None, **door: object) -> None:
        self.presence = Presence()
        self.around = Around()
        self.now_ms = 0
        self.boot = "b1"
        points = (point("in", Direction.IN, **door), point("out", Direction.OUT), point("hall", Direction.NONE), LAWN)
        level = AccessLevel(
            id="all",
            number=1,
            name_zh="居民",
            name_en="All",
            points=frozenset({"in", "out", "hall"}),
            schedule="always",
        )
        head = PolicyHead(
            version=3, community=COMMUNITY, issued_ms=0, expires_ms=FAR_MS, rev_seq=0, points=points, levels=(level,),
            schedules=(always("always"),), areas=(area,) if area else (),
            privileges=Privileges(first_person=frozenset({"staff"}), escort=frozenset({"staff"})),
        )  # fmt: skip
        self.book: Book = MemoryBook(head, self.cards(traits or {}))

    def cards(self, traits: dict[str, Traits]) -> Iterable[CardEntry]:
        for number, name in enumerate(NAMES, 1):
            more = {"card_id": IDS[name], "holder": HOLDERS[name], "uid": f"04{number:012X}", "levels": ("all",)}
            yield entry(traits=traits.get(name), **more)

    def moment(self) -> Moment:
        return Moment(
            wall_ms=START_MS + self.now_ms, mono_ns=self.now_ms * 1_000_000, boot=self.boot, clock=ClockQuality.NTP
        )

    def tap(self, who: str, where: str = "in", carried: AccessEvent | None = None) -> Reason:
        self.now_ms += 1000
        shown = Presentation(uid="00000000", assurance=Assurance.CARD, card_id=IDS[who])
        moment = self.moment()
        situation = self.presence.situation(shown, where, self.book, moment, self.around, carried)
        verdict = decide(shown, where, self.book, moment, situation)
        self.presence.hear(tap_event(shown, verdict, moment, situation), self.book)
        return verdict.reason


def house(passback: Passback = Passback.OFF, capacity: int | None = None) -> Area:
    return Area(id="house", number=7, name_zh="楼", name_en="House", passback=passback, capacity=capacity)


def test_an_ordinary_gate_needs_to_know_nothing() -> None:
    play = Play()
    shown = Presentation(uid="00000000", assurance=Assurance.CARD, card_id=IDS["lin"])
    play.tap("lin")
    assert play.presence.situation(shown, "in", play.book, play.moment(), play.around) is NOTHING_KNOWN
    assert play.presence.situation(shown, "nowhere", play.book, play.moment(), play.around) is NOTHING_KNOWN


def test_who_is_inside_cannot_enter_again_and_who_went_out_can() -> None:
    play = Play(area=house(Passback.HARD))
    assert [play.tap("lin"), play.tap("lin"), play.tap("wu")] == [Reason.GRANTED, Reason.PASSED_BACK, Reason.GRANTED]
    assert [play.tap("lin", "out"), play.tap("lin", "out"), play.tap("lin")] == [Reason.GRANTED] * 3


def test_a_passage_is_forgiven_after_a_while_and_by_the_guard() -> None:
    play = Play(area=house(Passback.HARD))
    play.tap("lin")
    play.now_ms += 12 * HOUR_MS
    assert play.tap("lin") is Reason.GRANTED
    assert play.tap("lin") is Reason.PASSED_BACK
    inside = AccessEvent(CardPassage.IN, 7, 1, START_MS + play.now_ms, 1, 3)
    detail: dict[str, str | int] = {"number": 1, "action": "forgive"}
    done = Event(kind=EventKind.COMMAND_DONE, **play.moment().model_dump(), point="in", detail=detail)
    assert FORGIVEN in done.to_bytes()
    play.presence.hear(done, play.book)
    assert play.tap("lin", carried=inside) is Reason.GRANTED
    assert play.tap("lin") is Reason.PASSED_BACK


def test_what_the_card_tells_of_another_gateway_counts_if_it_is_younger() -> None:
    play = Play(area=house(Passback.HARD))

    def record(way: CardPassage, ago_ms: int, area: int = 7) -> AccessEvent:
        return AccessEvent(way, area, 1, START_MS + play.now_ms - ago_ms, 1, 3)

    assert play.tap("lin", carried=record(CardPassage.IN, 60_000)) is Reason.PASSED_BACK
    assert play.tap("lin", carried=record(CardPassage.IN, 60_000, area=8)) is Reason.GRANTED
    assert play.tap("lin", carried=record(CardPassage.OUT, -500)) is Reason.GRANTED
    assert play.tap("lin", carried=record(CardPassage.OUT, 60_000)) is Reason.PASSED_BACK
    assert play.tap("lin", carried=record(CardPassage.NONE, 0)) is Reason.PASSED_BACK


def test_an_area_holds_so_many_people() -> None:
    play = Play(area=house(capacity=2))
    assert [play.tap(who) for who in NAMES] == [Reason.GRANTED, Reason.GRANTED, Reason.AREA_FULL]
    assert [play.tap("lin", "out"), play.tap("mei")] == [Reason.GRANTED, Reason.GRANTED]


def test_two_persons_and_then_two_others() -> None:
    play = Play(persons=2)
    assert [play.tap("lin"), play.tap("lin")] == [Reason.SECOND_PERSON_AWAITED] * 2
    assert play.tap("wu") is Reason.GRANTED
    assert play.tap("mei") is Reason.SECOND_PERSON_AWAITED
    play.now_ms += 60_000
    assert play.tap("lin") is Reason.SECOND_PERSON_AWAITED


def test_of_a_pair_both_are_inside() -> None:
    play = Play(persons=2, area=house(capacity=9))
    play.tap("lin")
    play.tap("wu")
    assert play.presence.inside("house", play.moment(), DAY_MS) == 2


def test_an_escort_leads_several_people() -> None:
    visitor = Traits(escorted=True)
    play = Play(traits={"lin": Traits(roles=frozenset({"staff"})), "wu": visitor, "mei": visitor})
    assert play.tap("wu") is Reason.ESCORT_AWAITED
    assert [play.tap("lin"), play.tap("wu"), play.tap("mei")] == [Reason.GRANTED] * 3
    play.now_ms += 60_000
    assert play.tap("wu") is Reason.ESCORT_AWAITED


def test_a_room_opens_when_the_first_person_has_come_and_the_next_day_anew() -> None:
    play = Play(traits={"lin": Traits(roles=frozenset({"staff"}))}, first_person=True)
    assert play.tap("wu") is Reason.FIRST_PERSON_AWAITED
    assert [play.tap("lin"), play.tap("wu")] == [Reason.GRANTED, Reason.GRANTED]
    play.now_ms += DAY_MS
    assert play.tap("wu") is Reason.FIRST_PERSON_AWAITED


def test_a_visitor_s_pass_is_used_up() -> None:
    play = Play(traits={"mei": Traits(uses=2)})
    assert [play.tap("mei"), play.tap("mei", "out"), play.tap("mei"), play.tap("mei")] == [
        Reason.GRANTED, Reason.GRANTED, Reason.GRANTED, Reason.USED_UP,
    ]  # fmt: skip


def test_a_mantrap_s_other_door_a_lockdown_and_being_offline_are_of_now() -> None:
    play = Play(interlock="trap")
    play.around = Around(open_points=frozenset({"in", "hall"}), lockdown={"house": 2, "yard": 1}, offline_ms=5)
    shown = Presentation(uid="00000000", assurance=Assurance.CARD, card_id=IDS["lin"])
    found = play.presence.situation(shown, "in", play.book, play.moment(), play.around)
    assert (found.open_points, found.lockdown, found.offline_ms) == (frozenset({"hall"}), 2, 0)
    assert play.tap("lin") is Reason.LOCKED_DOWN


def test_the_monotonic_clock_counts_within_a_boot_and_the_wall_clock_across() -> None:
    mark = Mark("b1", 0, START_MS)
    moment = Moment(wall_ms=START_MS + 50, mono_ns=7_000_000_000, boot="b1", clock=ClockQuality.NTP)
    assert mark.ago_ms(moment) == 7000
    assert mark.ago_ms(moment.model_copy(update={"boot": "b2"})) == 50
    assert mark.ago_ms(moment.model_copy(update={"boot": "b2", "wall_ms": 0})) == 0


def test_what_is_no_tap_of_somebody_somewhere_is_not_heard() -> None:
    play = Play(area=house(Passback.HARD, capacity=1))
    nobody = Event(kind=EventKind.TAP, **play.moment().model_dump(), point="in", reason=Reason.GRANTED)
    elsewhere = nobody.model_copy(update={"holder": HOLDERS["lin"], "point": "moon"})
    for event in (nobody, elsewhere, note_event(EventKind.EGRESS, play.moment(), "in")):
        play.presence.hear(event, play.book)
    assert play.presence.inside("house", play.moment(), DAY_MS) == 0


MOVES = st.tuples(st.sampled_from(NAMES), st.sampled_from(["in", "out", "hall"]), st.integers(0, 20 * HOUR_MS))


@given(st.lists(MOVES, max_size=30), st.sampled_from(Passback), st.none() | st.integers(0, 3))
def test_whatever_happened_everybody_gets_out_and_the_journal_alone_is_the_memory(
    moves: list[tuple[str, str, int]], passback: Passback, capacity: int | None
) -> None:
    play = Play(area=house(passback, capacity))
    events: list[Event] = []
    hear = play.presence.hear
    play.presence.hear = lambda event, book: (events.append(event), hear(event, book))[1]  # type: ignore[method-assign]
    for who, where, later_ms in moves:
        play.now_ms += later_ms
        reason = play.tap(who, where)
        assert where == "in" or reason is Reason.GRANTED
        if capacity is not None:
            assert play.presence.inside("house", play.moment(), play.book.area("house").passback_ms) <= capacity  # type: ignore[union-attr]
    again = Presence()
    for event in events:
        again.hear(Event.from_bytes(event.to_bytes()), play.book)
    for who in NAMES:
        shown = Presentation(uid="00000000", assurance=Assurance.CARD, card_id=IDS[who])
        asked = (shown, "in", play.book, play.moment(), play.around)
        assert again.situation(*asked) == play.presence.situation(*asked)


def test_the_last_passage_is_told_with_its_age() -> None:
    play = Play(area=house(Passback.SOFT))
    play.tap("lin")
    play.now_ms += 500
    shown = Presentation(uid="00000000", assurance=Assurance.CARD, card_id=IDS["lin"])
    found = play.presence.situation(shown, "in", play.book, play.moment(), play.around)
    assert found.last == Passage(direction=Direction.IN, ago_ms=500)


def test_a_muster_point_ticks_off_whoever_taps_there() -> None:
    play = Play(area=Area(id="house", number=1, name_zh="楼", name_en="House", capacity=5))
    play.tap("lin")
    play.tap("wu")
    assert play.presence.rolls(play.book, play.moment()) == (Roll("house", 2, 5, 0),)
    assert play.tap("lin", "lawn") is Reason.WRONG_POINT
    assert play.presence.rolls(play.book, play.moment()) == (Roll("house", 1, 5, 1),)
    assert play.presence.still_inside(play.book, play.moment()) == 1
    play.tap("lin")
    assert play.presence.rolls(play.book, play.moment()) == (Roll("house", 2, 5, 0),)
    play.now_ms += 12 * HOUR_MS
    assert play.presence.still_inside(play.book, play.moment()) == 0, "an old entry is forgiven"


steps = st.tuples(st.sampled_from(NAMES), st.sampled_from([Direction.IN, Direction.OUT]), st.booleans())


@given(st.lists(steps, max_size=12), st.randoms(use_true_random=False))
def test_two_gateways_that_hear_of_one_another_agree_in_whatever_order_they_hear(
    taken: list[tuple[str, Direction, bool]], dice: random.Random
) -> None:
    here, there = Presence(), Presence()
    told: list[tuple[Presence, Passages]] = []
    newest: dict[str, Direction] = {}
    for at_ms, (name, direction, is_here) in enumerate(taken, START_MS):
        ours, other = (here, there) if is_here else (there, here)
        ours.passed("house", HOLDERS[name], direction, Mark("b1", at_ms, at_ms))
        one = Passed(area="house", holder=HOLDERS[name], direction=direction, at_ms=at_ms)
        told.append((other, Passages(gateway="g-1", passed=(one,))))
        newest[HOLDERS[name]] = direction
    told += told[::2]
    dice.shuffle(told)
    for presence, passages in told:
        presence.hear_elsewhere(passages)
    now = Moment(wall_ms=START_MS + 100, mono_ns=0, boot="b2", clock=ClockQuality.NTP)
    count = sum(direction is Direction.IN for direction in newest.values())
    assert (here.inside("house", now, HOUR_MS), there.inside("house", now, HOUR_MS)) == (count, count)


def test_who_was_mustered_elsewhere_is_out_until_they_go_in_again() -> None:
    presence, lin = Presence(), HOLDERS["lin"]
    presence.passed("house", lin, Direction.IN, Mark("b1", 5, START_MS + 5))
    now = Moment(wall_ms=START_MS + 100, mono_ns=0, boot="b2", clock=ClockQuality.NTP)
    for at_ms, inside in ((START_MS + 4, 1), (START_MS + 6, 0)):
        presence.hear_elsewhere(Passages(gateway="g-1", mustered=(Mustered(holder=lin, at_ms=at_ms),)))
        assert presence.inside("house", now, HOUR_MS) == inside
    for at_ms, inside in ((START_MS + 5, 0), (START_MS + 7, 1)):
        gone_in = Passed(area="house", holder=lin, direction=Direction.IN, at_ms=at_ms)
        presence.hear_elsewhere(Passages(gateway="g-1", passed=(gone_in,)))
        assert presence.inside("house", now, HOUR_MS) == inside


def test_an_older_forgiveness_from_elsewhere_takes_nothing_back() -> None:
    play = Play(area=Area(id="house", number=7, name_zh="楼", name_en="House", passback=Passback.HARD))
    play.presence.forgive("house", Mark("b1", 0, START_MS + 9))
    older = Passages(gateway="g-1", forgiven=(Forgiven(area="house", at_ms=START_MS + 8),))
    play.presence.hear_elsewhere(older)
    assert play.presence._forgiven["house"].wall_ms == START_MS + 9
