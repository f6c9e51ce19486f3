"""Units that are dissolved; what becomes of their incidents is in test_incidents."""

from pathlib import Path

import pytest

from server.services.problems import Code, Problem
from server.services.units import org
from server.services.units.dissolving import dissolve
from server.services.units.org import OrgUnitIn
from tests.server.build import ADMIN, COMMUNITY, Community
from tests.server.incident_town import BESIDE, DISTRICT, STREET, build_town


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'server.db'}"


def test_a_unit_ends_and_may_come_back(community: Community) -> None:
    build_town(community)
    with community.transactions.work(ADMIN) as work:
        org.add(work, OrgUnitIn(code=BESIDE, name_zh="瓜山社区"))
        assert dissolve(work, COMMUNITY, BESIDE) == 0
        assert [unit.code for unit in org.units(work.session)] == [DISTRICT, STREET, COMMUNITY]
        assert org.get(work.session, BESIDE).name_zh == "瓜山社区", "what it did is still told"
        with pytest.raises(Problem):
            org.require_community(work.session, BESIDE)
        with pytest.raises(Problem) as told:
            dissolve(work, COMMUNITY, BESIDE)
        assert told.value.code is Code.NOT_FOUND
        org.add(work, OrgUnitIn(code=BESIDE, name_zh="瓜山社区"))
        org.require_community(work.session, BESIDE)
        org.add(work, OrgUnitIn(code=COMMUNITY, name_zh="善贤社区"))
        for code in (COMMUNITY, STREET):
            with pytest.raises(Problem) as told:
                dissolve(work, COMMUNITY, code)
            assert told.value.code is Code.IN_USE
