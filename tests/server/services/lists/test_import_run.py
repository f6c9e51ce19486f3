"""Taking a list over: all of it in one transaction, or nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from server.services import audit
from server.services.lists import import_run
from server.services.lists.import_columns import Subject
from server.services.lists.import_match import Status
from server.services.lists.imports import State
from server.services.people import finding, holders, houses
from server.services.people.id_number import check_character
from server.services.problems import Code, Problem
from tests.server.build import ADMIN, COMMUNITY, Community
from tests.server.services.lists.importing import checked_list, quiet, view
from tests.support.patience import eventually

ID = "11010519491231002X"
ROWS = [["单秀英", "3幢1单元502室", "13812344711", ID], ["王建国", "5-2-101", "", ""], ["错", "错", "错", ""]]


def apply(community: Community, import_id: str, expected: dict[str, int] | None = None) -> None:
    import_run.apply(community.house, ADMIN, import_id, expected, quiet)


def found(community: Community, text: str) -> list[str]:
    with community.transactions.read() as session:
        return [person.name for person in holders.search(session, text).items]


def test_new_people_are_found_by_every_key_and_the_wrong_row_is_left(community: Community) -> None:
    made = checked_list(community, ROWS)
    assert made.counts == {"new": 2, "wrong": 1}
    apply(community, made.id, {"new": 2, "changed": 0})
    for text in ("单秀英", "sxy", "shanxiu", "3-1-502", "4711"):
        assert found(community, text) == ["单秀英"]
    done = view(community, made.id)
    assert (done.state, done.counts) == (State.DONE, {"new": 2, "wrong": 1})
    with community.transactions.read() as session:
        (person,) = holders.search(session, "sxy").items
        assert (person.id_known, person.house) == (True, "3-1-502")
        assert ID not in holders.row_of(session, person.id).model_dump_json()
        trail = audit.trail(session, subject=f"holder:{person.id}").items
        assert (trail[0].action, trail[0].why) == ("holder.add", f"import:{made.id}")
        assert audit.broken_at(session) is None


def test_the_same_list_again_changes_nothing_and_a_changed_one_what_it_says(community: Community) -> None:
    apply(community, checked_list(community, ROWS).id)
    assert checked_list(community, ROWS).counts == {"same": 2, "wrong": 1}
    moved = checked_list(community, [["单秀英", "9-9-901", "", ID]])
    assert moved.counts == {"changed": 1}
    apply(community, moved.id)
    assert found(community, "9-9-901") == ["单秀英"]
    assert found(community, "3-1-502") == []
    assert found(community, "4711") == ["单秀英"]


def test_what_is_not_what_stood_on_the_screen_is_not_taken_over(community: Community) -> None:
    made = checked_list(community, ROWS)
    community.holder("王建国", house="5-2-101")
    with pytest.raises(Problem) as told:
        apply(community, made.id, {"new": 2, "changed": 0})
    assert told.value.code is Code.WRONG_STATE
    again = view(community, made.id)
    assert (again.state, again.counts) == (State.CHECKED, {"new": 1, "same": 1, "wrong": 1})


def test_nothing_is_left_of_a_list_that_fails_half_way(community: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    made = checked_list(community, ROWS)
    monkeypatch.setattr(import_run, "_tell", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        apply(community, made.id)
    assert found(community, "") == []
    assert view(community, made.id).state is State.CHECKED


def test_a_list_is_taken_over_once(community: Community) -> None:
    made = checked_list(community, ROWS)
    apply(community, made.id)
    with pytest.raises(Problem):
        apply(community, made.id)


def test_houses_are_taken_over_before_people(community: Community) -> None:
    apply(community, checked_list(community, [["3幢", "1", "502"], ["3", "2", "101"]], Subject.HOUSES,
                                  ["幢号", "单元", "室号"]).id)  # fmt: skip
    with community.transactions.read() as session:
        assert [house.code for house in houses.listing(session, COMMUNITY).items] == ["3-1-502", "3-2-101"]
    assert checked_list(community, [["王秀英", "3-1-502"], ["单建国", "9-9-9"]]).counts == {"new": 1, "wrong": 1}


def test_whoever_writes_may_write_while_a_list_is_made_ready(
    community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite nobody else could in an open transaction: what is told of the list's people is told outside of it."""
    made, wrote = checked_list(community, ROWS), []

    def meanwhile(real: Callable[..., Any]) -> Callable[..., Any]:
        def first(*words: Any) -> Any:
            with community.transactions.work(ADMIN) as work:
                wrote.append(work.next_number("taps"))
            return real(*words)

        return first

    for place, name in ((import_run, "keys_of"), (import_run, "_new_row"), (import_run, "_lines_of")):
        monkeypatch.setattr(place, name, meanwhile(getattr(place, name)))
    monkeypatch.setattr(audit, "written", meanwhile(audit.written))
    monkeypatch.setattr(finding, "key_rows", meanwhile(finding.key_rows))
    apply(community, made.id)
    assert wrote == list(range(1, 9)), "three for each of two people, and two for the list"


def test_what_a_list_does_while_nobody_else_can_write_is_a_few_statements(community: Community) -> None:
    counted: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        counted.append(statement)

    def statements(people: int, flat: str) -> int:
        made = checked_list(
            community, [[f"张{chr(0x4E00 + number)}", f"3-1-{flat}", "", ""] for number in range(people)]
        )
        assert made.counts == {"new": people}
        counted.clear()
        apply(community, made.id)
        return len(counted) - next(place for place, one in enumerate(counted) if one.startswith("INSERT INTO holder "))

    flats = [["3幢", "1", "502"], ["3", "1", "503"]]
    apply(community, checked_list(community, flats, Subject.HOUSES, ["幢号", "单元", "室号"]).id)
    event.listen(community.transactions.engine, "before_cursor_execute", note)
    assert statements(4, "502") == statements(90, "503")


def test_it_runs_as_a_job(community: Community) -> None:
    made = checked_list(community, ROWS)
    for start in (import_run.start_check, lambda *a: import_run.start_apply(*a, None), import_run.start_undo):
        start(community.house, ADMIN, made.id)
        eventually(lambda: community.house.jobs.progress(import_run.job_name(made.id)) is None)
    community.house.jobs.close()
    assert view(community, made.id).state is State.UNDONE
    assert community.house.jobs.failure(import_run.job_name(made.id)) is None


def test_many_rows_keep_their_order_and_their_numbers(community: Community) -> None:
    def person(number: int) -> list[str]:
        digits = f"3301061950{1 + number % 12:02}{1 + number // 12 % 28:02}{number % 1000:03}"
        return [f"张{chr(0x4E00 + number)}", f"1-1-{100 + number}", "", digits + check_character(digits)]

    rows = [row for row in map(person, range(1500)) if not row[3].endswith("000")]
    made = checked_list(community, rows)
    assert made.counts == {"new": len(rows)}
    apply(community, made.id, {Status.NEW: len(rows), Status.CHANGED: 0})
    assert found(community, "1-1-1599") == [rows[-1][0]]
    assert checked_list(community, rows).counts == {"same": len(rows)}
