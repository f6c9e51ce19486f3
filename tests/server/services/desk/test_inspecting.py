"""A card looked at on a desk."""

import asyncio

import pytest
from sqlalchemy import Engine

from card_protocol.wire.desk import CardHere
from server.services import audit
from server.services.desk.at_desk import DeskJob
from server.services.desk.inspecting import InspectionView, inspect_on_desk, readable_by_role
from server.services.desk.issuing import issue
from server.services.problems import Code, Problem
from tests.server.build import ADMIN, Community, make_community
from tests.server.desk import DESK, UID, Reader, stock_card
from tests.server.services.desk.test_issuing import order

JOB = DeskJob(desk=DESK, wait_ms=500)


@pytest.fixture
def community(sqlite_engine: Engine) -> Community:
    return make_community(sqlite_engine)


def looked_at(community: Community, *, issue_it: bool) -> InspectionView:
    async def story() -> InspectionView:
        reader = Reader(community).join()
        await reader.put(stock_card())
        if issue_it:
            await issue(community.house, ADMIN, order(community))
        return await inspect_on_desk(community.house, ADMIN, JOB)

    return asyncio.run(story())


def test_an_issued_card(community: Community) -> None:
    found = looked_at(community, issue_it=True)
    assert (found.uid, found.condition, found.generation, found.card_key_version) == (UID, "issued", 2, 1)
    assert [app.name for app in found.applications if app.present and not app.deviations] == [
        "access", "care", "clinic", "activity", "property", "purse",
    ]  # fmt: skip
    assert found.rights is not None
    assert found.card is not None
    assert found.rights.card_id == found.card.id
    assert (found.rights.grant_serial, found.rights.grant_problem) == (1, None)
    assert found.rights.revocations_problem is None
    with community.transactions.read() as session:
        assert audit.trail(session).items[0].subject == f"card:{found.card.id}"


def test_a_blank_card(community: Community) -> None:
    found = looked_at(community, issue_it=False)
    assert (found.condition, found.rights, found.card) == ("stock", None, None)
    assert not any(app.present for app in found.applications)


def test_what_each_role_could_read() -> None:
    readable = readable_by_role()
    assert readable["gateway"] == ["access/header", "access/grant", "access/revocations", "access/events"]
    assert all(file.startswith("clinic/") for file in readable["clinic_point"])
    assert "activity/attendance" not in readable["gateway"]
    assert len(readable["server"]) == max(map(len, readable.values()))


def test_another_kind_of_card_is_told_as_such(community: Community) -> None:
    async def story() -> None:
        reader = Reader(community).join()
        assert reader.desk is not None
        await reader.desk.heard(CardHere(uid="DEADBEEF"))
        await inspect_on_desk(community.house, ADMIN, JOB)

    with pytest.raises(Problem) as told:
        asyncio.run(story())
    assert told.value.code is Code.CARD_UNKNOWN
