"""Requests on the data base."""

import pytest

from card_protocol.words.moment import DAY_MS
from server.services.privacy import about, requests
from server.services.privacy.aims import Aim
from server.services.privacy.request_life import Clock, Kind, State, Step, Way
from server.services.privacy.requests import RequestIn, StepIn
from server.services.problems import Code, Problem
from tests.server.build import ADMIN, Community
from tests.server.services.privacy.lives import lived


def ask(community: Community, kind: Kind, holder: str | None = None) -> int:
    with community.transactions.work(ADMIN) as work:
        given = RequestIn(kind=kind, name="王秀英", holder_id=holder, way=Way.LETTER, text="请告知")
        return requests.ask(work, given).number


def take(community: Community, number: int, step: Step, **fields: object) -> State:
    with community.transactions.work(ADMIN) as work:
        return requests.take(work, number, StepIn.model_validate({"step": step, "note": "身份证"} | fields)).state


def test_asked_checked_deleted_and_the_request_stays(community: Community) -> None:
    life = lived(community)
    number = ask(community, Kind.DELETION)
    with pytest.raises(Problem) as told:
        take(community, number, Step.CHECK)
    assert told.value.code is Code.INVALID
    with pytest.raises(Problem) as told:
        take(community, number, Step.DO)
    assert told.value.code is Code.WRONG_STATE
    assert take(community, number, Step.CHECK, holder_id=life.holder) is State.CHECKED
    assert take(community, number, Step.DO) is State.DONE
    with community.transactions.read() as session:
        assert about.counts(session, life.holder) == {}
        found = requests.get(session, number, community.now[0])
        assert (found.request.name, found.request.holder_id, found.steps) == ("王秀英", None, [])
        assert [one.step for one in found.history] == [None, Step.CHECK, Step.DO]
        assert [one.number for one in requests.listing(session, 0, over=True)] == [number]


def test_one_purpose_alone_is_deleted(community: Community) -> None:
    life = lived(community)
    number = ask(community, Kind.DELETION, life.holder)
    take(community, number, Step.CHECK)
    take(community, number, Step.DO, aim=Aim.PHOTO)
    with community.transactions.read() as session:
        left = about.counts(session, life.holder)
    assert "holder_photo" not in left
    assert left["holder"] == 1


def test_who_waits_too_long_is_shown(community: Community) -> None:
    number = ask(community, Kind.ACCESS)
    community.now[0] += 31 * DAY_MS
    with community.transactions.read() as session:
        assert requests.overdue(session, community.now[0]) == 1
        assert requests.listing(session, community.now[0])[0].clock is Clock.OVERDUE
    take(community, number, Step.REFUSE)
    with community.transactions.read() as session:
        assert requests.get(session, number, community.now[0]).request.clock is Clock.LATE
        assert requests.overdue(session, community.now[0]) == 0


def test_there_is_no_such_request(community: Community) -> None:
    with community.transactions.read() as session, pytest.raises(Problem):
        requests.get(session, 9, 0)
    with pytest.raises(Problem):
        ask(community, Kind.ACCESS, "nobody")
