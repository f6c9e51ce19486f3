"""Points, schedules, calendar and levels: every change is written down and wishes for a new policy."""

import pytest
from pydantic import ValidationError

from card_protocol.words.schedule import Calendar, Interval, Schedule, always
from server.services import audit
from server.services.access import access
from server.services.access.access import PointIn
from server.services.problems import Code, Problem
from server.services.signals import Wish
from server.services.work import Work
from tests.server.build import ADMIN, COMMUNITY, Community, clinic, gate, residents


def problem(call: object, *args: object) -> Code:
    with pytest.raises(Problem) as told:
        call(*args)  # type: ignore[operator]
    return told.value.code


def wishes_of(work: Work) -> set[Wish]:
    return work.wishes


def test_what_was_entered_stands(community: Community) -> None:
    with community.transactions.read() as session:
        assert access.points(session) == [clinic(), gate()]
        assert [word.id for word in access.point_words(session, "g-1")] == ["clinic", "south-gate-in"]
        assert access.point_words(session, "g-2") == []
        assert access.point_names(session)["clinic"] == ("卫生站", "Clinic")
        assert access.schedules(session) == [always("always")]
        (level,) = access.levels(session)
        assert level == access.level_of(session, "residents")
        assert (level.number, level.points) == (1, frozenset({"south-gate-in"}))


def test_every_change_wishes_for_a_policy_and_is_in_the_trail(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        access.set_point(work, COMMUNITY, gate().model_copy(update={"uid_waived": True}))
        assert wishes_of(work) == {Wish.PUBLISH}
        line = audit.trail(work.session, subject="point:south-gate-in").items[0]
        assert '"uid_waived":false' in line.before
        assert '"uid_waived":true' in line.after
    with community.transactions.read() as session:
        assert access.points(session)[1].uid_waived


def test_a_level_keeps_its_number_when_it_changes(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        changed = access.set_level(work, residents().model_copy(update={"points": frozenset({"clinic"})}))
        fresh = access.set_level(work, residents().model_copy(update={"id": "staff"}))
    assert (changed.number, fresh.number) == (1, 2)
    assert changed.points == frozenset({"clinic"})


def test_a_number_is_never_used_twice(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        access.set_level(work, residents().model_copy(update={"id": "staff"}))
        access.remove_level(work, "staff")
        assert access.set_level(work, residents().model_copy(update={"id": "staff"})).number == 3


def test_a_schedule_and_the_calendar_can_be_changed(community: Community) -> None:
    closed = always("always").model_copy(update={"intervals": ()})
    days = Calendar(holidays=frozenset({"2026-10-01"}), workdays=frozenset({"2026-10-10"}))
    with community.transactions.work(ADMIN) as work:
        access.set_schedule(work, closed)
        access.set_calendar(work, Calendar(holidays=frozenset({"2026-05-01"})))
        access.set_calendar(work, days)
    with community.transactions.read() as session:
        assert access.schedules(session) == [closed]
        assert access.calendar_of(session) == days


def test_hours_that_overlap_are_refused_with_both_and_change_nothing(community: Community) -> None:
    twice = (Interval(day=0, start=480, end=720), Interval(day=0, start=660, end=1080))
    with community.transactions.work(ADMIN) as work:
        before = access.schedules(work.session)
        with pytest.raises(Problem, match=r"On day 0 overlap .*08:00.*11:00") as told:
            access.set_schedule(work, Schedule(id="office", name_zh="班", name_en="Office", intervals=twice))
        assert (told.value.code, told.value.fields) == (Code.INVALID, {"intervals": "overlap"})
        assert access.schedules(work.session) == before


def test_what_is_not_there_cannot_be_named(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        for level in ({"schedule": "never"}, {"points": frozenset({"moon"})}):
            assert problem(access.set_level, work, residents().model_copy(update=level)) is Code.INVALID
        elsewhere = gate().model_copy(update={"gateway_id": "g-9"})
        assert problem(access.set_point, work, COMMUNITY, elsewhere) is Code.INVALID
        assert problem(access.remove_level, work, "nothing") is Code.NOT_FOUND
        assert problem(access.level_of, work.session, "nothing") is Code.NOT_FOUND


def test_a_level_that_cards_have_stays(community: Community) -> None:
    community.active_card()
    with community.transactions.work(ADMIN) as work:
        assert problem(access.remove_level, work, "residents") is Code.IN_USE


def test_names_are_what_a_screen_can_show() -> None:
    for name in ("", "x" * 81, "two\nlines"):
        with pytest.raises(ValidationError):
            PointIn.model_validate(gate().model_dump() | {"name_zh": name})
