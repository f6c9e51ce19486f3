"""The life of an incident: the literal table, what each deed comes to, and what always holds whatever happens."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from server.services.incidents import incident_life
from server.services.incidents.incident_life import (
    NEEDS_REASON,
    PATH_MAX_UNITS,
    RETURNS_MAX,
    TABLE,
    TEXT_MAX_CHARS,
    Deed,
    Incident,
    Units,
    act,
    is_overdue,
    is_whole,
    report,
)
from server.services.incidents.incident_words import LIMITS, OPEN, Action, No, State, Tier, Urgency

COMMUNITY, BESIDE, STREET, OTHER_STREET = "330105008001", "330105008002", "330105008000", "330105009000"
DISTRICT, CITY = "330105000000", "330100000000"
ALL = frozenset({COMMUNITY, BESIDE, STREET, OTHER_STREET, DISTRICT, CITY})
UNITS = Units(COMMUNITY, ALL)
T0 = 1_772_323_200_000
A, S = Action, State


def fresh(urgency: Urgency = Urgency.NORMAL) -> Incident:
    return report(COMMUNITY, urgency, "user:guard", T0)


def done(incident: Incident, action: Action, actor: str = "user:li", units: Units = UNITS, **more: object) -> Incident:
    """The deed, which must be possible."""
    after = act(incident, Deed(action, actor, more.pop("at_ms", T0 + 1), **({"why": "so"} | more)), units)  # type: ignore[arg-type]
    assert isinstance(after, Incident), after
    return after


def refused(incident: Incident, action: Action, actor: str = "user:li", units: Units = UNITS, **more: object) -> No:
    after = act(incident, Deed(action, actor, more.pop("at_ms", T0 + 1), **({"why": "so"} | more)), units)  # type: ignore[arg-type]
    assert isinstance(after, No), after
    return after


def handled() -> Incident:
    """Taken on, somebody sent, done: it waits for its check."""
    sent = done(done(fresh(), A.ACCEPT), A.DISPATCH, person="老张", person_actor="user:zhang")
    return done(done(sent, A.BEGIN, "user:zhang"), A.FINISH, "user:zhang")


def test_the_whole_way() -> None:
    incident = fresh()
    assert (incident.state, incident.unit, incident.due_ms) == (S.REPORTED, COMMUNITY, T0 + 4 * 3_600_000)
    incident = done(incident, A.ACCEPT)
    assert (incident.state, incident.due_ms) == (S.FILED, T0 + 1 + 24 * 3_600_000)
    incident = done(incident, A.DISPATCH, person=" 老张 ", person_actor="user:zhang")
    assert (incident.state, incident.person) == (S.DISPATCHED, "老张")
    incident = done(incident, A.BEGIN, "user:zhang")
    assert incident.state is S.HANDLING
    incident = done(incident, A.FINISH, "user:zhang", why="the closer is replaced")
    assert (incident.state, incident.due_ms) == (S.CHECKING, T0 + 1 + 24 * 3_600_000)
    incident = done(incident, A.CLOSE, "user:li", why="seen at 9:00, it shuts")
    assert (incident.state, incident.due_ms, incident.closed_by, incident.turn) == (S.CLOSED, None, "user:li", 6)


def test_who_handled_it_does_not_close_it_nor_does_who_was_sent() -> None:
    assert refused(handled(), A.CLOSE, "user:zhang") is No.SAME_PERSON
    sent = done(done(fresh(), A.ACCEPT), A.DISPATCH, person="老张", person_actor="user:zhang")
    by_another = done(done(sent, A.BEGIN, "user:guard"), A.FINISH, "user:guard")
    assert refused(by_another, A.CLOSE, "user:zhang") is No.SAME_PERSON
    assert refused(by_another, A.CLOSE, "user:guard") is No.SAME_PERSON
    assert done(by_another, A.CLOSE, "user:li").state is S.CLOSED


def test_without_evidence_nothing_is_closed() -> None:
    assert refused(handled(), A.CLOSE, why="  ") is No.NO_EVIDENCE
    assert refused(fresh(), A.ESCALATE, why="") is No.NO_REASON


def test_two_people_who_close_at_once_close_once() -> None:
    before = handled()
    first = done(before, A.CLOSE, "user:li", turn=before.turn)
    assert refused(first, A.CLOSE, "user:wu", turn=before.turn) is No.CLOSED_ALREADY
    assert refused(first, A.NOTE, "user:wu", turn=before.turn) is No.CHANGED


def test_a_check_that_is_not_content_sends_it_back_to_work() -> None:
    again = done(handled(), A.REJECT, why="it still sticks")
    assert again.state is S.HANDLING
    assert refused(done(again, A.FINISH, "user:wu"), A.CLOSE, "user:zhang") is No.SAME_PERSON, "they were at it too"


def test_up_to_the_district_and_back_the_same_way() -> None:
    street = done(done(fresh(), A.ACCEPT), A.ESCALATE)
    assert (street.state, street.unit, street.path) == (S.REPORTED, STREET, (COMMUNITY,))
    district = done(street, A.ESCALATE)
    assert (district.unit, district.path) == (DISTRICT, (COMMUNITY, STREET))
    assert refused(district, A.ESCALATE) is No.NOBODY_ABOVE, "the city has no part in it"
    back = done(district, A.RETURN)
    assert (back.state, back.unit, back.path) == (S.FILED, STREET, (COMMUNITY,))
    home = done(back, A.RETURN)
    assert (home.state, home.unit, home.path) == (S.FILED, COMMUNITY, ())
    terminal = done(home, A.RETURN)
    assert (terminal.state, terminal.unit, terminal.returns) == (S.RETURNED, COMMUNITY, 3)
    assert refused(done(terminal, A.RESUBMIT), A.RETURN) is No.RETURNED_TOO_OFTEN


def test_what_is_withdrawn_is_looked_at_by_a_second_person() -> None:
    withdrawn = done(done(fresh(), A.RETURN), A.WITHDRAW, "user:guard", why="it was the wind")
    assert withdrawn.state is S.CHECKING
    assert refused(withdrawn, A.CLOSE, "user:guard") is No.SAME_PERSON
    assert done(withdrawn, A.CLOSE, "user:li").state is S.CLOSED


def test_sideways_is_to_the_same_level_and_there_it_has_to_be_taken_on() -> None:
    filed = done(fresh(), A.ACCEPT)
    beside = done(filed, A.HAND_OVER, unit=BESIDE)
    assert (beside.state, beside.unit, beside.path) == (S.REPORTED, BESIDE, (COMMUNITY,))
    assert done(beside, A.RETURN).unit == COMMUNITY
    for unit, no in (
        (COMMUNITY, No.NOT_SIDEWAYS),
        (STREET, No.NOT_SIDEWAYS),
        (CITY, No.NO_SUCH_UNIT),
        ("330105008077", No.NO_SUCH_UNIT),
        ("nonsense", No.NO_SUCH_UNIT),
        ("", No.NO_SUCH_UNIT),
    ):
        assert refused(filed, A.HAND_OVER, unit=unit) is no, unit


def test_what_was_sent_by_a_unit_that_is_gone_goes_back_past_it() -> None:
    district = done(done(fresh(), A.ESCALATE), A.ESCALATE)
    without_street = Units(COMMUNITY, ALL - {STREET})
    assert done(district, A.RETURN, units=without_street).unit == COMMUNITY


def test_a_unit_that_is_dissolved_leaves_its_incidents_to_the_next_above() -> None:
    beside = done(done(fresh(), A.ACCEPT), A.HAND_OVER, unit=BESIDE)
    gone = Units(COMMUNITY, ALL - {BESIDE, STREET})
    moved = done(beside, A.UNIT_GONE, "system", units=gone)
    assert (moved.state, moved.unit, moved.path) == (S.REPORTED, DISTRICT, (COMMUNITY, BESIDE))
    alone = Units(COMMUNITY, frozenset())
    assert done(beside, A.UNIT_GONE, "system", units=alone).unit == COMMUNITY
    assert refused(fresh(), A.UNIT_GONE, "system", units=alone) is No.NOT_NOW, "the community is the server's own"


def test_a_clock_that_runs_out_sends_it_up_and_at_the_top_it_stays_marked() -> None:
    incident = fresh(Urgency.URGENT)
    assert incident.due_ms == T0 + 15 * 60_000
    assert refused(incident, A.OVERDUE, "system", at_ms=incident.due_ms - 1) is No.NOT_NOW
    units_seen = []
    for _ in range(3):
        assert incident.due_ms is not None
        incident = done(incident, A.OVERDUE, "system", at_ms=incident.due_ms)
        units_seen.append((incident.unit, incident.overdue))
    assert units_seen == [(STREET, 1), (DISTRICT, 2), (DISTRICT, 3)]
    assert incident.due_ms == T0 + (15 + 30 + 60) * 60_000, "it has been waited for since then"


def test_at_the_top_it_is_told_once_that_time_ran_out() -> None:
    days = 86_400_000
    late = done(fresh(), A.OVERDUE, "system", at_ms=T0 + 10 * days, units=Units(COMMUNITY, frozenset({COMMUNITY})))
    assert (late.unit, late.overdue, late.late) == (COMMUNITY, 1, True)
    alone = Units(COMMUNITY, frozenset({COMMUNITY}))
    assert refused(late, A.OVERDUE, "system", at_ms=T0 + 20 * days, units=alone) is No.NOT_NOW
    assert is_overdue(late, T0 + 20 * days)
    taken_on = done(late, A.ACCEPT, at_ms=T0 + 20 * days)
    assert not taken_on.late, "with a new clock it can run out anew"
    assert done(late, A.OVERDUE, "system", at_ms=T0 + 20 * days).unit == STREET, "a unit above was founded since"


def test_a_check_that_nobody_makes_waits_for_its_check_a_level_higher() -> None:
    late = done(handled(), A.OVERDUE, "system", at_ms=T0 + 10 * 86_400_000)
    assert (late.state, late.unit) == (S.CHECKING, STREET)
    assert refused(late, A.CLOSE, "user:zhang") is No.SAME_PERSON


def test_the_terminal_s_silence_sends_it_to_the_community_again() -> None:
    late = done(done(fresh(), A.RETURN), A.OVERDUE, "system", at_ms=T0 + 10 * 86_400_000)
    assert (late.state, late.unit, late.overdue) == (S.REPORTED, COMMUNITY, 1)


def test_merged_is_into_one_that_is_open() -> None:
    assert refused(fresh(), A.MERGE) is No.NO_TARGET
    assert refused(fresh(), A.MERGE, into=2, into_is_open=False) is No.NO_TARGET
    merged = done(fresh(), A.MERGE, into=2, into_is_open=True)
    assert (merged.state, merged.merged_into, merged.due_ms) == (S.MERGED, 2, None)
    again = done(merged, A.REOPEN)
    assert (again.state, again.merged_into, again.due_ms) == (S.FILED, None, T0 + 1 + 24 * 3_600_000)


def test_reopened_it_is_on_the_books_of_who_had_it_last_or_of_who_is_left() -> None:
    closed = done(done(handled(), A.ESCALATE), A.CLOSE)
    assert done(closed, A.REOPEN).unit == STREET
    assert done(closed, A.REOPEN, units=Units(COMMUNITY, ALL - {STREET})).unit == DISTRICT
    assert refused(done(closed, A.REOPEN), A.CLOSE) is No.NOT_NOW


@pytest.mark.parametrize("person", ["", "   "])
def test_somebody_is_sent_by_name(person: str) -> None:
    assert refused(done(fresh(), A.ACCEPT), A.DISPATCH, person=person) is No.NO_PERSON


def test_who_was_sent_may_send_it_back_and_the_clock_goes_on() -> None:
    sent = done(done(fresh(), A.ACCEPT), A.DISPATCH, person="老张")
    back = done(sent, A.RETURN, why="not my trade", at_ms=T0 + 999)
    assert (back.state, back.person, back.due_ms, back.returns) == (S.FILED, "", sent.due_ms, 0)


def test_texts_have_an_end() -> None:
    assert refused(fresh(), A.NOTE, why="x" * (TEXT_MAX_CHARS + 1)) is No.TOO_LONG
    assert done(fresh(), A.NOTE, why="x" * TEXT_MAX_CHARS).turn == 2


def test_every_state_has_a_way_on_and_every_action_a_place() -> None:
    assert {action for _, action in TABLE} == set(Action)
    for state in OPEN:
        assert (state, A.OVERDUE) in TABLE, "a clock that runs out always moves something"
        assert (state, A.UNIT_GONE) in TABLE
    for state in set(State) - OPEN:
        assert (state, A.REOPEN) in TABLE
        assert (state, A.OVERDUE) not in TABLE


units_st = st.builds(Units, st.just(COMMUNITY), st.frozensets(st.sampled_from(sorted(ALL))))
deeds = st.builds(
    Deed,
    st.sampled_from(Action),
    st.sampled_from(["user:li", "user:zhang", "user:guard", "system"]),
    st.integers(T0, T0 + 10**10),
    why=st.sampled_from(["", "so", "x" * 1001]),
    unit=st.sampled_from([*sorted(ALL), "", "nonsense"]),
    person=st.sampled_from(["", "老张"]),
    person_actor=st.sampled_from(["", "user:zhang"]),
    into=st.sampled_from([None, 2]),
    into_is_open=st.booleans(),
    turn=st.one_of(st.none(), st.integers(1, 12)),
)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(Urgency), st.lists(st.tuples(deeds, units_st), max_size=15))
def test_whatever_is_done_an_incident_has_an_owner_and_an_open_one_a_clock(
    urgency: Urgency, history: list[tuple[Deed, Units]]
) -> None:
    incident = fresh(urgency)
    for deed, units in history:
        after = act(incident, deed, units)
        if isinstance(after, No):
            continue
        assert is_whole(after), (incident, deed, after)
        assert after.turn == incident.turn + 1
        assert after.reported_by == incident.reported_by
        assert set(incident.done_by) <= set(after.done_by), "who was at it is never forgotten"
        assert len(after.path) <= PATH_MAX_UNITS
        assert after.returns <= RETURNS_MAX
        assert after.overdue >= incident.overdue
        assert deed.why.strip() or deed.action not in NEEDS_REASON
        if after.state in (S.REPORTED, S.RETURNED) and after.due_ms != incident.due_ms:
            assert after.due_ms is not None
            assert after.due_ms - deed.at_ms in {limit.take_ms for limit in LIMITS.values()}
        incident = after


class OneIncident(RuleBasedStateMachine):
    """An incident among units that come and go, with a clock that only rises; the system does what is due."""

    def __init__(self) -> None:
        super().__init__()
        self.now = T0
        self.alive = set(ALL)
        self.incident = fresh()
        self.owners = [self.incident.unit]

    @property
    def units(self) -> Units:
        return Units(COMMUNITY, frozenset(self.alive))

    def do(self, action: Action, **more: object) -> None:
        deed = Deed(action, more.pop("actor", "user:li"), self.now, why="so", **more)  # type: ignore[arg-type]
        after = act(self.incident, deed, self.units)
        if isinstance(after, Incident):
            self.incident = after
            self.owners.append(after.unit)

    @rule(action=st.sampled_from(sorted(set(Action) - {A.OVERDUE, A.UNIT_GONE})), who=st.sampled_from("abc"))
    def somebody_does(self, action: Action, who: str) -> None:
        self.do(action, actor=f"user:{who}", unit=BESIDE, person="x", person_actor="user:a", into=2, into_is_open=True)

    @rule(hours=st.integers(1, 200))
    def time_passes(self, hours: int) -> None:
        self.now += hours * 3_600_000
        for _ in range(10):
            if not is_overdue(self.incident, self.now):
                break
            self.do(A.OVERDUE, actor="system")

    @precondition(lambda self: self.alive)
    @rule(unit=st.sampled_from(sorted(ALL - {COMMUNITY})))
    def a_unit_is_dissolved(self, unit: str) -> None:
        self.alive.discard(unit)
        if self.incident.state in OPEN and not self.units.exists(self.incident.unit):
            self.do(A.UNIT_GONE, actor="system")

    @rule(unit=st.sampled_from(sorted(ALL)))
    def a_unit_is_founded(self, unit: str) -> None:
        self.alive.add(unit)

    @invariant()
    def it_is_whole_and_somebody_who_exists_has_it(self) -> None:
        assert is_whole(self.incident)
        moved = not is_overdue(self.incident, self.now) or self.incident.late
        assert moved, "a clock that ran out has moved it, or was told of where nobody is above"
        if self.incident.state in OPEN:
            assert self.units.exists(self.incident.unit)


TestOneIncident = OneIncident.TestCase
TestOneIncident.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


def test_the_level_s_clock_is_the_table_s() -> None:
    limit = LIMITS[Tier.STREET, Urgency.NORMAL]
    street = done(fresh(), A.ESCALATE, at_ms=T0 + 5)
    assert street.due_ms == T0 + 5 + limit.take_ms
    assert done(street, A.ACCEPT, at_ms=T0 + 9).due_ms == T0 + 9 + limit.settle_ms


def test_a_broken_incident_is_seen_as_broken() -> None:
    good = fresh()
    for bad in (
        replace(good, unit=""),
        replace(good, due_ms=None),
        replace(good, merged_into=2),
        replace(good, state=S.MERGED),
        replace(good, state=S.CLOSED, due_ms=None),
        replace(good, state=S.CLOSED, due_ms=None, closed_by="a", done_by=("a",)),
    ):
        assert not is_whole(bad)
    assert incident_life.is_whole(good)
