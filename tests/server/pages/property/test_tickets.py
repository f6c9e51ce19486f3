"""Tickets on pages."""

import pytest

from server.services.roles import Role
from tests.server.pages.conftest import words_of

TAP = {"kind": "repair", "title": "Tap drips", "house": "3-1-502", "text": "for three days", "speaker": "resident"}
ALL = ["resident", "community", "property"]


def test_a_repair_with_three_parties(house):
    clerk, company = house.signed_in(Role.CLERK), house.signed_in(Role.PROPERTY)
    assert "Nothing here." in words_of(clerk.get("/tickets"))
    path = clerk.post("/tickets/_new", **TAP, audience=ALL).headers["location"]
    clerk.post(path, text="he owes rent", audience=["community"])
    assert "Not taken up yet" in words_of(company.get(path))
    clerk.post(path, text="please go", step="assign", assignee="Wu", audience=ALL)
    page = words_of(company.get(path))
    assert "for three days" in page
    assert "owes rent" not in page
    company.post(path, text="new washer", step="done", audience=["property"])
    assert "new washer" not in words_of(clerk.get(path))
    shown = words_of(clerk.get(f"{path}/resident"))
    assert "please go" in shown
    assert "owes rent" not in shown
    assert company.get(f"{path}/resident").status_code == 403
    clerk.post(path, text="it is dry", step="confirm", speaker="resident", audience=ALL)
    assert "Tap drips" in words_of(clerk.get("/tickets?over=true"))
    assert "Tap drips" not in words_of(clerk.get("/tickets?house=3-1-502"))
    rows = clerk.client.get("/tickets?over=true", headers={"hx-request": "true"})
    assert "<html" not in rows.text


def test_who_was_not_to_read_it_is_not_ticked_anew_when_it_is_refused(house):
    clerk = house.signed_in(Role.CLERK)
    path = clerk.post("/tickets/_new", **TAP, audience=ALL).headers["location"]
    given = {"text": "", "step": "assign", "assignee": "Master Lin", "speaker": "resident"}
    page = clerk.post(path, **given, audience=["community", "property"]).text
    assert 'value="property" checked' in page
    assert 'value="resident" checked' not in page
    assert 'value="assign" checked' in page
    assert 'value="Master Lin"' in page
    assert 'value="resident" selected' in page


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"text": ""}, 422), ({"text": "x", "step": "eat"}, 422), ({"text": "my words", "step": "confirm"}, 409)],
)
def test_what_cannot_be_said_is_told_and_stays(house, fields, status):
    clerk = house.signed_in(Role.CLERK)
    path = clerk.post("/tickets/_new", **TAP, audience=ALL).headers["location"]
    answer = clerk.post(path, **fields, audience=ALL)
    assert answer.status_code == status
    assert fields["text"] in answer.text
    assert clerk.post("/tickets/_new", **TAP | {"house": ""}, audience=ALL).status_code == 422
    assert clerk.get("/tickets/99").status_code == 404
    assert clerk.post("/tickets/99", text="x").status_code == 404
    assert 'value="3-1-9"' in clerk.get("/tickets/_new?house=3-1-9").text
