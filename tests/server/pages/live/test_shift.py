"""The page of shift start and handover."""

import pytest

from server.services.roles import PEOPLE_ROLES, Role
from tests.server.pages.conftest import words_of


def test_a_guard_takes_over_and_hands_over(lived):
    guard = lived.house.signed_in(Role.GUARD)
    before = words_of(guard.get("/shift"))
    assert "3 alarms stand" in before, "the fourth is the clinic's"
    assert "No shift yet." in before
    assert "Take over the shift" in words_of(guard.get("/live"))
    assert guard.post("/shift/begin").headers["location"] == "/live"
    assert "Shift since 08:00" in words_of(guard.get("/live"))
    guard.post("/shift/begin")  # the button was pressed twice
    assert "You have the gates since" in words_of(guard.get("/shift"))
    assert guard.post("/shift/end", note=" The north lock\nsticks ").headers["location"] == "/shift"
    guard.post("/shift/end", note="again")
    after = words_of(lived.house.signed_in(Role.ADMIN).get("/shift"))
    assert "The north lock sticks" in after
    assert "again" not in after
    assert "I have read this and take over" in after


@pytest.mark.parametrize("role", PEOPLE_ROLES)
def test_only_who_watches_gates(lived, role):
    browser = lived.house.signed_in(role)
    wanted = 200 if role in (Role.ADMIN, Role.GUARD) else 403
    assert browser.get("/shift").status_code == wanted
    assert (browser.post("/shift/begin").status_code == 303) is (wanted == 200)
    assert ("/shift" in browser.get("/live").text) is (wanted == 200)
