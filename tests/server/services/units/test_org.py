"""The org tree."""

import pytest
from pydantic import ValidationError

from server.services.problems import Code, Problem
from server.services.units import org
from server.services.units.org import OrgUnitIn
from tests.server.build import ADMIN, COMMUNITY, Community


def test_units_are_linked_to_the_parents_that_are_known(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        city = org.add(work, OrgUnitIn(code="330100000000", name_zh="杭州市", name_en="Hangzhou"))
        district = org.add(work, OrgUnitIn(code="330105000000", name_zh="拱墅区"))
        assert (city.level, city.parent) == ("city", None)
        assert (district.parent, district.name_en) == ("330100000000", "拱墅区")
        assert [unit.code for unit in org.units(work.session)] == ["330100000000", "330105000000", COMMUNITY]
        assert org.get(work.session, COMMUNITY).parent is None, "its street is not known here"


def test_a_unit_can_be_renamed(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        org.add(work, OrgUnitIn(code=COMMUNITY, name_zh="新名", name_en="New"))
        assert org.get(work.session, COMMUNITY).name_en == "New"


def test_codes_are_checked() -> None:
    with pytest.raises(ValidationError):
        OrgUnitIn(code="330100009000", name_zh="街道")


def test_only_a_community_of_ours_will_do(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        org.require_community(work.session, COMMUNITY)
        org.add(work, OrgUnitIn(code="330100000000", name_zh="杭州市"))
        for code in ("330100000000", "330105008002"):
            with pytest.raises(Problem) as told:
                org.require_community(work.session, code)
            assert told.value.code is Code.INVALID
        with pytest.raises(Problem, match="no org unit"):
            org.get(work.session, "330105008002")
