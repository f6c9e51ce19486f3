"""People to choose from beside a form."""

import pytest

from server.pages.people.found import FOUND_ITEMS, found_by
from server.services.roles import Role
from tests.server.pages.conftest import words_of


def test_as_many_as_fit_and_whether_there_are_more(house):
    for index in range(FOUND_ITEMS):
        house.community.holder("王秀英", house=f"3-1-50{index}")
    with house.transactions.read() as session:
        seen = found_by(session, " 王秀英 ")
        assert (seen["q"], len(seen["found"]), seen["goes_on"]) == ("王秀英", FOUND_ITEMS, False)
        assert found_by(session, "王秀英", limit=FOUND_ITEMS - 1)["goes_on"]
        assert found_by(session, " ") == {"q": "", "found": [], "goes_on": False}


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (Role.PARTY, "/party?q=李建国"),
        (Role.NURSE, "/clinic/recalls?q=李建国"),
        (Role.ADMIN, "/holders/{holder}/merge?q=李建国"),
        (Role.PRIVACY, "/privacy/requests/{asked}?q=李建国"),
        (Role.CLERK, "/desk/people?q=李建国"),
    ],
)
def test_each_of_them_says_that_there_are_more(lived, role, path):
    for _ in range(13):
        lived.house.community.holder("李建国", house="3-1-502")
    browser = lived.house.signed_in(role)
    address = path.format(holder=lived.holder, asked=lived.asked)
    assert "There are more: type more of it." in words_of(browser.get(address, **{"hx-request": "true"}))
    assert "There are more" not in words_of(browser.get(address + "9999", **{"hx-request": "true"}))
