"""Who is to come again."""

from datetime import date

import pytest
from sqlalchemy import Engine

from server.services.clinic import recalls
from server.services.clinic.recalls import RecallIn, RecallKind
from server.services.people import consents
from server.services.people.consents import Purpose
from server.services.problems import Code, Problem
from server.tables import ClinicRecallRow
from tests.server.build import ADMIN, Community, make_community

TODAY = date(2026, 3, 1)


@pytest.fixture
def community(sqlite_engine: Engine) -> Community:
    return make_community(sqlite_engine)


def patient(community: Community, *, consent: bool = True) -> str:
    person = community.holder()
    with community.transactions.work(ADMIN) as work:
        consents.say(work, person.id, Purpose.CLINIC, consent)
    return person.id


def wanted(holder: str, due: date = date(2026, 2, 20), every: int | None = 30) -> RecallIn:
    return RecallIn(holder_id=holder, kind=RecallKind.FOLLOW_UP, due=due, every_days=every)


def test_whoever_comes_is_due_again_after_so_many_days(community: Community) -> None:
    holder = patient(community)
    with community.transactions.work(ADMIN) as work:
        recalls.add(work, wanted(holder, date(2026, 6, 1)))
        first = recalls.add(work, wanted(holder))
        (due,) = recalls.due(work.session, TODAY)
        assert (due.id, due.overdue) == (first, True)
        assert len(recalls.due(work.session, TODAY, within_days=None)) == 2
        assert list(recalls.of_holders(work.session, TODAY, {holder})) == [holder]
        recalls.came(work, first, TODAY)
        assert recalls.due(work.session, TODAY) == []
        assert [one.due for one in recalls.due(work.session, date(2026, 3, 25))] == [date(2026, 3, 31)]
        for recall, code in ((first, Code.WRONG_STATE), ("01ARZ3NDEKTSV4RRFFQ69G5FAV", Code.NOT_FOUND)):
            with pytest.raises(Problem) as told:
                recalls.came(work, recall, TODAY)
            assert told.value.code is code


def test_nobody_is_on_the_list_without_consent(community: Community) -> None:
    holder = patient(community)
    with community.transactions.work(ADMIN) as work:
        recalls.add(work, wanted(holder))
        consents.say(work, holder, Purpose.CLINIC, False)
        assert recalls.due(work.session, TODAY) == []
        with pytest.raises(Problem) as told:
            recalls.add(work, wanted(holder))
        assert told.value.code is Code.WRONG_STATE


def test_there_is_no_place_for_a_diagnosis() -> None:
    texts = {name for name, column in ClinicRecallRow.__table__.columns.items() if "VARCHAR" in str(column.type)}  # type: ignore[attr-defined]
    assert texts == {"id", "holder_id", "kind", "due", "done", "entered_by"}
