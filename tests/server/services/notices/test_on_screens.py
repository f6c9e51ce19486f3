"""Notices on their way to screens."""

import pytest
from sqlalchemy import Engine

from server.services.access import access
from server.services.access.access import PointIn
from server.services.notices import notices, on_screens
from server.services.policies import heads, policy
from tests.server.build import ADMIN, COMMUNITY, NOW_MS, Community, make_community
from tests.server.services.notices.test_notices import GATE, written


@pytest.fixture
def community(sqlite_engine: Engine) -> Community:
    made = make_community(sqlite_engine)
    made.box("g-1")
    with made.transactions.work(ADMIN) as work:
        for point in access.points(work.session):
            gateway = "g-1" if point.id == GATE else None
            access.set_point(work, COMMUNITY, PointIn.model_validate(point.model_dump() | {"gateway_id": gateway}))
    return made


def test_a_gateway_is_told_of_its_own_points_alone(community: Community) -> None:
    both = written(community, points=[GATE, "clinic"])
    written(community, points=["clinic"])
    with community.transactions.read() as session:
        (mine,) = heads.heads(session, COMMUNITY, ["g-1"], NOW_MS, 0)["g-1"].notices
    assert (mine.number, mine.points) == (both, frozenset({GATE}))


def test_it_hangs_where_a_policy_has_come_that_was_made_since(community: Community) -> None:
    box_policy = lambda: policy.publish(community.transactions, community.house.keystore, ["g-1"])[0]  # noqa: E731
    box_policy()
    number = written(community)
    for deed in (None, "改期"):
        if deed is not None:
            community.now[0] += 1000
            with community.transactions.work(ADMIN) as work:
                notices.withdraw(work, number, deed)
        assert not reached(community, number)
        community.now[0] += 1000
        published = box_policy()
        assert published.fresh
        apply(community, published.version)
        assert reached(community, number)


def apply(community: Community, version: int) -> None:
    from server.services.gateways import gateways
    from tests.server.build import Box

    with community.transactions.work(ADMIN) as work:
        gateways.note_state(work, Box("g-1").state(policy_version=version, at_ms=community.now[0]))


def reached(community: Community, number: int) -> bool:
    with community.transactions.read() as session:
        (place,) = on_screens.reach(session, number)
    return place.reached
