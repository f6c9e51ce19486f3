"""The keeper of the incidents' clocks."""

from pathlib import Path

import pytest

from server.services.incidents import incident_keeper
from server.services.incidents.incident_keeper import IncidentKeeper, look
from server.services.incidents.incident_views import incident_of
from server.services.roles import Role
from server.tables import IncidentRow
from tests.server.build import COMMUNITY, Community
from tests.server.incident_town import DISTRICT, STREET, build_town, report, somebody
from tests.support.patience import eventually


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'server.db'}"


def unit(community: Community, number: int) -> str:
    with community.transactions.read() as session:
        return incident_of(session.get_one(IncidentRow, number)).unit


def test_what_is_overdue_goes_up_by_itself(community: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    build_town(community)
    number = report(community, somebody(community, "guard", Role.GUARD)).number
    assert look(community.transactions, COMMUNITY) == []
    community.now[0] += 86_400_000
    assert look(community.transactions, COMMUNITY) == [number]
    assert unit(community, number) == STREET
    monkeypatch.setattr(incident_keeper, "LOOK_EVERY_S", 0.01)
    keeper = IncidentKeeper(community.transactions, COMMUNITY)
    keeper.start()
    try:
        community.now[0] += 86_400_000
        eventually(lambda: unit(community, number) == DISTRICT)
    finally:
        keeper.stop()
