"""What each gateway is told of places and times."""

from card_protocol.words.schedule import always
from server.services.access import access
from server.services.cards.revocations import POLICY_LIFE_MS
from server.services.policies import heads
from tests.server.build import ADMIN, COMMUNITY, NOW_MS, Community, clinic, residents


def test_every_gateway_gets_its_own_points_and_what_opens_them(community: Community) -> None:
    community.box("g-2")
    with community.transactions.work(ADMIN) as work:
        access.set_point(work, COMMUNITY, clinic().model_copy(update={"gateway_id": "g-2"}))
        access.set_schedule(work, always("nights"))
        both = frozenset({"clinic", "south-gate-in"})
        access.set_level(work, residents().model_copy(update={"id": "staff", "points": both, "schedule": "nights"}))
    with community.transactions.read() as session:
        made = heads.heads(session, COMMUNITY, ["g-1", "g-2", "g-3"], NOW_MS, 7)
    first, second, third = made["g-1"], made["g-2"], made["g-3"]
    assert [point.id for point in first.points] == ["south-gate-in"]
    assert [(level.id, sorted(level.points)) for level in first.levels] == [
        ("residents", ["south-gate-in"]),
        ("staff", ["south-gate-in"]),
    ]
    assert [point.id for point in second.points] == ["clinic"]
    assert [schedule.id for schedule in second.schedules] == ["nights"]
    assert (third.points, third.levels, third.schedules) == ((), (), ())
    assert (first.rev_seq, first.expires_ms) == (7, NOW_MS + POLICY_LIFE_MS)
