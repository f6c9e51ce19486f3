"""Which houses are in the list."""

from server.services.people import houses, listed
from tests.server.build import ADMIN, COMMUNITY, Community


def test_codes_that_are_houses(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        assert not listed.is_listed(work.session, COMMUNITY)
        houses.add(work, COMMUNITY, "3-1-99")
        assert listed.is_listed(work.session, COMMUNITY)
        assert set(listed.of_codes(work.session, COMMUNITY, ["3-1-99", "9-9-9"])) == {"3-1-99"}
