"""/occupancy and /muster: for admins and guards, and leaving a trace."""

import pytest
from sqlmodel import select

from server.services.roles import PEOPLE_ROLES, Permission, Role, may
from server.services.work import Actor
from server.tables import AuditRow
from tests.server.api.conftest import Client
from tests.server.build import NOW_MS, Community
from tests.server.inside import MINUTE_MS, Place


@pytest.fixture
def place(community: Community) -> Place:
    place = Place(community)
    place.tap("Li", "yard-in", 1)
    community.now[0] = NOW_MS + 5 * MINUTE_MS
    return place


@pytest.mark.usefixtures("place")
def test_how_many_and_who(client: Client, community: Community) -> None:
    guard = client(Role.GUARD)
    figures = {area["area"]: area for area in guard.get("/occupancy").json()["items"]}
    assert (figures["yard"]["inside"], figures["yard"]["certainty"]) == (1, "exact")
    found = guard.get("/muster", params={"area": "yard"}).json()
    assert [(one["name"], one["areas"]) for one in found["inside"]] == [("Li", ["yard"])]
    with community.transactions.read() as session:
        (entry,) = session.exec(select(AuditRow).where(AuditRow.action == "muster.read"))
        assert (entry.subject, entry.actor) == ("area:yard", "token:guard")


def test_nobody_else_may_know(client: Client) -> None:
    for role in PEOPLE_ROLES:
        allowed = may(Actor("x", role.value), Permission.MUSTER_READ)
        assert allowed == (role in (Role.ADMIN, Role.GUARD))
        for path in ("/occupancy", "/muster"):
            assert client(role).get(path).status_code == (200 if allowed else 403)
