"""Rosters on the data base."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from server.services.incidents.incident_words import Matter
from server.services.problems import Code, Problem
from server.services.units import rosters
from server.services.units.roster_words import Body, Term
from server.services.units.rosters import PostIn
from tests.server.build import ADMIN, Community

WANG = {"body": "group", "title": "组长", "name": "王秀英", "area": "3幢", "from_day": "2025-01-01"}


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'server.db'}"


def test_entered_asked_for_an_incident_and_ended(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        made = rosters.add(work, PostIn.model_validate(WANG))
        chair = rosters.add(
            work, PostIn.model_validate(WANG | {"body": "residents", "area": "", "to_day": "2026-04-01"})
        )
        assert (made.area, made.term, chair.term) == ("3", Term.RUNS, Term.ENDS_SOON)
        for house in ("3-1-502", "3幢1单元502室", "3幢", "3幢1单元"):
            asked = rosters.for_incident(work.session, Matter.ORDER, house, work.now_ms)
            assert [one.id for one in asked] == [made.id, chair.id], house
        for house in ("31-1-502", "31幢", "东门旁", ""):
            asked = rosters.for_incident(work.session, Matter.ORDER, house, work.now_ms)
            assert [one.id for one in asked] == [chair.id], house
        assert [one.body for one in rosters.listing(work.session, work.now_ms)] == [Body.RESIDENTS, Body.GROUP]
        assert rosters.end(work, made.id, "2026-02-28").term is Term.OVER
        assert [one.id for one in rosters.listing(work.session, work.now_ms)] == [chair.id]
        assert len(rosters.listing(work.session, work.now_ms, past=True)) == 2
        assert [one.id for one in rosters.for_incident(work.session, Matter.ORDER, "3-1-502", work.now_ms)] == [
            chair.id
        ]
        for post_id, day, code in ((made.id, "2024-12-31", Code.INVALID), ("NONE", "2026-01-01", Code.NOT_FOUND)):
            with pytest.raises(Problem) as told:
                rosters.end(work, post_id, day)
            assert told.value.code is code


@pytest.mark.parametrize(
    "bad", [{"to_day": "2024-12-31"}, {"user_name": "nobody"}, {"area": "东边"}, {"area": "3-1-502"}]
)
def test_what_is_wrong_is_said(community: Community, bad: dict[str, str]) -> None:
    with community.transactions.work(ADMIN) as work, pytest.raises(Problem) as told:
        rosters.add(work, PostIn.model_validate(WANG | bad))
    assert list(told.value.fields) == list(bad)


@pytest.mark.parametrize("bad", [{"from_day": "soon"}, {"body": "club"}, {"name": " "}, {"from_day": "2026-02-30"}])
def test_what_is_no_post_is_refused(bad: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        PostIn.model_validate(WANG | bad)
