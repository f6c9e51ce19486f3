"""Rosters on their page, and on an incident's."""

import pytest

from server.services.roles import Role
from tests.server.pages.conftest import words_of

WANG = {"body": "group", "title": "组长", "name": "王秀英", "area": "3-1", "from_day": "2025-01-01", "to_day": ""}


def test_the_nearest_one_is_proposed_for_an_incident(house):
    admin = house.signed_in()
    assert admin.post("/rosters", **WANG).headers["location"] == "/rosters"
    assert "In office" in words_of(admin.get("/rosters"))
    made = admin.post("/incidents/_new", matter="order", title="Noise", house="3-1-502").headers["location"]
    admin.post(f"{made}/accept")
    page = admin.get(made)
    assert "王秀英" in words_of(page)
    assert '<option value="王秀英">' in page.text
    assert "End" not in words_of(house.signed_in(Role.GUARD).get("/rosters"))
    address = admin.get("/rosters").text.split('action="/rosters/')[1].split('"')[0]
    assert admin.post(f"/rosters/{address}").headers["location"] == "/rosters"
    assert "2026-03-01" in words_of(admin.get("/rosters?past=true"))


def test_a_term_that_is_over_is_shown_when_it_is_entered(house):
    admin = house.signed_in()
    shown = admin.post("/rosters", **WANG | {"from_day": "2020-01-01", "to_day": "2025-01-01"}).headers["location"]
    assert "Term is over" in words_of(admin.get(shown))


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"name": ""}, "A post needs"),
        ({"from_day": "soon"}, "A post needs"),
        ({"to_day": "2024-01-01"}, "cannot end before"),
        ({"user_name": "nobody"}, "no user of this name"),
        ({"area": "东边"}, "building or entrance"),
    ],
)
def test_what_is_wrong_is_told_and_stays_typed(house, bad, said):
    answer = house.signed_in().post("/rosters", **WANG | bad | {"title": "my words", "matters": ["facility"]})
    assert answer.status_code == 422
    assert said in words_of(answer)
    assert "my words" in answer.text
    assert 'value="facility" checked' in answer.text
