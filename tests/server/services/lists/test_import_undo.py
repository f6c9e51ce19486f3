"""Taking a list back."""

import pytest

from server.services import audit
from server.services.cards import cards
from server.services.lists import import_run, import_undo
from server.services.lists.import_columns import Subject
from server.services.lists.imports import UNDO_MS, State
from server.services.people import holders
from server.services.people.holders import HolderIn
from server.services.problems import Code, Problem
from tests.server.build import ADMIN, NOW_MS, Community
from tests.server.services.lists.importing import checked_list, quiet, view


def test_everything_is_as_before(community: Community) -> None:
    before = community.holder("王秀英", house="3-1-502")
    made = checked_list(community, [["王秀英", "3-1-502", "4711"], ["单建国", "5-2-101"]])
    import_run.apply(community.house, ADMIN, made.id, None, quiet)
    assert import_undo.can_undo(view(community, made.id), community.now[0])
    import_undo.undo(community.transactions, ADMIN, made.id, quiet)
    with community.transactions.read() as session:
        (left,) = holders.search(session).items
        assert (left.id, left.phone_tail) == (before.id, "")
        assert holders.search(session, "4711").items == []
        assert [p.id for p in holders.search(session, "wxy").items] == [before.id]
        assert audit.broken_at(session) is None
    undone = view(community, made.id)
    assert (undone.state, undone.counts[import_undo.KEPT]) == (State.UNDONE, 0)


def test_whom_somebody_has_touched_since_stays(community: Community) -> None:
    made = checked_list(community, [["王秀英", "3-1-502"], ["单建国", "5-2-101"], ["赵大勇", "1-1-101"]])
    import_run.apply(community.house, ADMIN, made.id, None, quiet)
    with community.transactions.read() as session:
        people = {person.name: person.id for person in holders.search(session).items}
    community.now[0] += 1000
    with community.transactions.work(ADMIN) as work:
        holders.change(work, people["王秀英"], HolderIn(name="王秀瑛", house="3-1-502"))
        cards.reserve(work, people["单建国"], "04010203040506", ["residents"], valid_to_ms=community.now[0] + 10_000)
    import_undo.undo(community.transactions, ADMIN, made.id, quiet)
    with community.transactions.read() as session:
        assert {person.name for person in holders.search(session).items} == {"王秀瑛", "单建国"}
    assert view(community, made.id).counts[import_undo.KEPT] == 2


def test_houses_go_as_well(community: Community) -> None:
    made = checked_list(community, [["3-1-502"]], Subject.HOUSES, ["房号"])
    import_run.apply(community.house, ADMIN, made.id, None, quiet)
    import_undo.undo(community.transactions, ADMIN, made.id, quiet)
    assert checked_list(community, [["3-1-502"]], Subject.HOUSES, ["房号"]).counts == {"new": 1}


def test_after_a_day_it_is_too_late(community: Community) -> None:
    made = checked_list(community, [["王秀英", "3-1-502"]])
    import_run.apply(community.house, ADMIN, made.id, None, quiet)
    community.now[0] = NOW_MS + UNDO_MS
    with pytest.raises(Problem) as told:
        import_undo.undo(community.transactions, ADMIN, made.id, quiet)
    assert told.value.code is Code.WRONG_STATE
