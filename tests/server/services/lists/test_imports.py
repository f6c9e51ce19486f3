"""Lists on their way: columns remembered, rows mended, everything forgotten in time."""

import pytest

from server.services.lists import imports
from server.services.lists.import_columns import Column, Subject
from server.services.lists.import_match import Status
from server.services.lists.imports import LINES_LIVE_MS, State
from server.services.problems import Code, Problem
from tests.server.build import ADMIN, NOW_MS, Community
from tests.server.services.lists.importing import checked_list, read_list, view

MARK = str.lower


def test_a_list_is_kept_as_it_was_read_with_its_columns_guessed(community: Community) -> None:
    made = read_list(community, [["王秀英", "3-1-502"]])
    assert (made.state, made.rows, made.counts) == (State.COLUMNS, 1, {"unread": 1})
    assert made.mapped == {Column.NAME: 0, Column.HOUSE: 1, Column.PHONE: 2, Column.ID_NUMBER: 3}
    with community.transactions.read() as session:
        assert imports.listing(session) == [made]
        assert imports.lines(session, made.id, Status.UNREAD).items[0].number == 2


def test_what_somebody_said_of_the_columns_is_remembered(community: Community) -> None:
    titles = ["甲", "乙"]
    made = read_list(community, [["3-1-502", "王秀英"]], titles=titles)
    assert made.mapped == {}
    with community.transactions.work(ADMIN) as work:
        imports.set_columns(work, made.id, {Column.NAME: 1, Column.HOUSE: 0})
    again = read_list(community, [["3-1-503", "单建国"]], titles=titles)
    assert again.mapped == {Column.NAME: 1, Column.HOUSE: 0}
    assert read_list(community, [["x"]], Subject.HOUSES, titles).mapped == {}


@pytest.mark.parametrize("mapped", [{}, {Column.HOUSE: 1}, {Column.NAME: 9}])
def test_columns_that_make_no_list_are_refused(community: Community, mapped: dict[Column, int]) -> None:
    made = read_list(community, [["王秀英"]])
    with community.transactions.work(ADMIN) as work, pytest.raises(Problem) as told:
        imports.set_columns(work, made.id, mapped)
    assert told.value.code is Code.INVALID


def test_a_wrong_row_is_mended_in_place_or_left_out(community: Community) -> None:
    made = checked_list(community, [["王秀英", "3-1-502", "12"], ["单建国", "x"], ["赵大勇", "1-1-101"]])
    assert made.counts == {"wrong": 2, "new": 1}
    with community.transactions.work(ADMIN) as work:
        still = imports.mend(work, made.id, 2, {1: "3-1-502", 2: "123"}, MARK)
        assert (still.status, still.flaws) == (Status.WRONG, {"phone": "phone-form"})
        assert imports.mend(work, made.id, 2, {2: "4711"}, MARK).status is Status.NEW
        out = imports.leave_out(work, made.id, 3, True, MARK)
        assert out.status is Status.SKIPPED
        assert imports.leave_out(work, made.id, 3, False, MARK).status is Status.WRONG
        imports.leave_out(work, made.id, 3, True, MARK)
    assert view(community, made.id).counts == {"new": 2, "skipped": 1}


def test_a_mended_row_may_not_become_another_row(community: Community) -> None:
    made = checked_list(community, [["王秀英", "3-1-502"], ["王秀英", "x"]])
    with community.transactions.work(ADMIN) as work:
        assert imports.mend(work, made.id, 3, {1: "3-1-502"}, MARK).flaws == {"name": "twice 2"}
        with pytest.raises(Problem):
            imports.mend(work, made.id, 99, {}, MARK)


def test_what_is_thrown_away_is_gone(community: Community) -> None:
    made = checked_list(community, [["王秀英", "3-1-502"]])
    with community.transactions.work(ADMIN) as work:
        imports.drop(work, made.id)
        assert imports.counts_of(work.session, made.id) == {}
        with pytest.raises(Problem) as told:
            imports.drop(work, made.id)
    assert told.value.code is Code.WRONG_STATE
    assert view(community, made.id).state is State.DROPPED


def test_rows_are_forgotten_after_a_day_and_the_list_stays(community: Community) -> None:
    made = checked_list(community, [["王秀英", "3-1-502"]])
    community.now[0] = NOW_MS + LINES_LIVE_MS
    with community.transactions.work(ADMIN) as work:
        assert imports.forget_old(work) == 0
    community.now[0] += 1
    with community.transactions.work(ADMIN) as work:
        assert imports.forget_old(work) == 1
        assert imports.counts_of(work.session, made.id) == {}
    assert view(community, made.id).state is State.DROPPED


def test_titles_without_rows_are_no_list(community: Community) -> None:
    with pytest.raises(Problem) as told:
        read_list(community, [])
    assert told.value.code is Code.INVALID
    with community.transactions.read() as session, pytest.raises(Problem):
        imports.get(session, "nothing")
