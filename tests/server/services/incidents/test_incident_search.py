"""Lists of incidents, on both data bases."""

import pytest

from server.services.incidents import incident_search, incident_views
from server.services.incidents.incident_asked import ReportIn
from server.services.incidents.incident_search import IncidentFilter
from server.services.incidents.incident_views import IncidentView
from server.services.incidents.incident_words import Action, Matter, State, Urgency
from server.services.roles import Role
from server.services.work import Actor
from tests.server.build import COMMUNITY, Community
from tests.server.incident_town import BESIDE, DOOR, STREET, build_town, do, report, somebody

NOISE = ReportIn(matter=Matter.ORDER, title="楼上半夜噪音", house="3-1-502")
URGENT = DOOR.model_copy(update={"urgency": Urgency.URGENT, "title": "单元门被撬"})
CARE = ReportIn(matter=Matter.CARE, title="王奶奶今天没有出门")


@pytest.fixture
def people(community: Community) -> dict[Role, Actor]:
    build_town(community)
    return {role: somebody(community, role.value, role) for role in (Role.GUARD, Role.ADMIN, Role.CARE, Role.AUDITOR)}


def found(community: Community, actor: Actor, after: str | None = None, limit: int = 50, **which: object) -> list[int]:
    return [view.number for view in page(community, actor, after, limit, **which)]


def page(community: Community, actor: Actor, after: str | None, limit: int, **which: object) -> list[IncidentView]:
    with community.transactions.read() as session:
        viewer = incident_views.viewer_of(session, actor, COMMUNITY)
        chosen = IncidentFilter.model_validate(which)
        now = community.now[0]
        items = incident_search.listing(session, viewer, chosen, now, after=after, limit=limit)
        more: list[IncidentView] = []
        if items.next is not None and len(items.items) == limit:
            more = page(community, actor, items.next, limit, **which)
        return [*items.items, *more]


def test_lists_counts_and_likeness(community: Community, people: dict[Role, Actor]) -> None:
    guard, admin = people[Role.GUARD], people[Role.ADMIN]
    door, noise, urgent = (report(community, guard, given).number for given in (DOOR, NOISE, URGENT))
    care = report(community, people[Role.CARE], CARE).number
    assert found(community, guard) == [urgent, door, noise], "by the clock"
    assert found(community, guard, limit=1) == [urgent, door, noise], "in pages too"
    assert set(found(community, admin)) == {door, noise, urgent, care}
    assert found(community, people[Role.CARE]) == [care]
    assert found(community, guard, matter="order") == [noise]
    assert found(community, guard, q="噪音") == [noise]
    assert found(community, guard, q=str(door)) == [door]
    assert found(community, guard, q="%") == []
    assert found(community, admin, q="王奶奶") == [], "what is veiled is not found by its words"
    assert found(community, people[Role.AUDITOR], q="噪音") == []
    do(community, guard, noise, Action.HAND_OVER, unit=BESIDE)
    assert found(community, guard, unit=BESIDE) == [noise]
    community.now[0] += 15 * 60_000
    assert found(community, guard, overdue=True) == [urgent]
    do(community, guard, urgent, Action.MERGE, into=door)
    assert found(community, guard, over=True) == [urgent]
    assert found(community, guard, state="merged") == [urgent]
    assert found(community, guard, state="filed") == []
    with community.transactions.read() as session:
        viewer = incident_views.viewer_of(session, admin, COMMUNITY)
        counts = incident_search.counts(session, viewer, community.now[0])
        assert counts.states[State.REPORTED] == 3
        assert counts.states[State.FILED] == 0
        assert counts.units == {COMMUNITY: 2, BESIDE: 1}
        assert counts.overdue == 0
        later = community.now[0] + 10**9
        assert incident_search.counts(session, viewer, later).overdue == 3

        def same(title: str, point: str | None = None, house: str = "", but: int | None = None) -> list[int]:
            alike = incident_search.likely_same(session, viewer, title, point, house, community.now[0], but=but)
            return [view.number for view in alike]

        assert same("什么都不像", "south-gate-in") == [door]
        assert same("南门一直开着!") == [door]
        assert same("半夜楼上噪音大", house="3-1-502") == [noise]
        assert same("半夜楼上噪音大", house="3幢1单元502室") == [noise]
        assert same("王奶奶今天没有出门") == [], "the administrator does not read of care"
        assert same("南门一直开着", but=door) == []
    community.now[0] += incident_search.SAME_WITHIN_MS
    with community.transactions.read() as session:
        assert incident_search.likely_same(session, viewer, "南门一直开着", None, "", community.now[0]) == []


def test_a_place_that_is_none_is_the_beginning(community: Community, people: dict[Role, Actor]) -> None:
    number = report(community, people[Role.GUARD]).number
    for after in ("x", "1", "1-x", "9" * 50 + "-1"):
        assert found(community, people[Role.GUARD], after=after) == [number]
    do(community, people[Role.GUARD], number, Action.ESCALATE)
    assert found(community, people[Role.GUARD], unit=STREET) == [number]
