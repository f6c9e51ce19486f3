"""The closed list of what services say."""

import pytest

from card_protocol.words.service import Service

BAD = {
    Service.MEMBERS_ONLY,
    Service.PURSE_EMPTY,
    Service.DAY_LIMIT,
    Service.TAP_AGAIN,
    Service.UNAVAILABLE,
    Service.CARD_UNFIT,
}


@pytest.mark.parametrize("service", Service)
def test_a_person_has_what_they_came_for_or_not(service: Service) -> None:
    assert service.is_good == (service not in BAD)
