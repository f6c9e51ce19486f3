"""Parking permits and passes on pages."""

import pytest

from server.services.roles import Role
from tests.server.pages.conftest import words_of

CAR = {"plate": "浙a12345", "house": "3-1-502", "place": "B-7", "from_day": "2026-01-01", "to_day": "2026-12-31"}
LIN = {"name": "林师傅", "company": "维保", "schedule": "always", "from_day": "2026-03-01", "to_day": "2026-03-04"}


def test_a_guard_asks_whose_car_it_is(house):
    admin = house.signed_in()
    assert admin.post("/parking", **CAR).headers["location"] == "/parking"
    guard = house.signed_in(Role.GUARD)
    page = words_of(guard.get("/parking?plate=2345"))
    assert "浙A12345 3-1-502 B-7" in page
    assert "Valid now" in page
    assert "New permit" not in page
    assert admin.post("/parking/1/end").status_code == 303
    assert "Not valid today" in words_of(guard.get("/parking?plate=浙A12345"))
    assert "No permit yet." in words_of(guard.get("/parking"))
    assert "No permit is found." in words_of(guard.get("/parking?plate=9999"))


@pytest.mark.parametrize(
    ("bad", "status", "said"),
    [
        ({"plate": "car"}, 422, "A plate has its province"),
        ({"to_day": "2025-01-01"}, 422, "cannot end before"),
        ({"from_day": ""}, 422, "needs a plate"),
    ],
)
def test_what_is_no_permit_is_told_and_stays(house, bad, status, said):
    answer = house.signed_in().post("/parking", **CAR | bad)
    assert answer.status_code == status
    assert said in words_of(answer)
    assert 'value="3-1-502"' in answer.text


def test_a_plate_that_has_a_permit_already_is_told_its_days(house):
    admin = house.signed_in()
    admin.post("/parking", **CAR)
    answer = admin.post("/parking", **CAR | {"place": "B-8"})
    assert answer.status_code == 409
    assert "This plate already has a permit, from 2026-01-01 to 2026-12-31." in words_of(answer)
    assert "looks like" not in words_of(answer)
    answer = admin.post("/parking", **CAR | {"plate": "浙A99999"})
    assert "This place is given to another car in these days." in words_of(answer)


def test_a_permit_that_begins_later_says_so_and_can_be_ended(house):
    admin = house.signed_in()
    admin.post("/parking", **CAR | {"from_day": "2026-04-01"})
    page = admin.get("/parking")
    assert "Begins later" in words_of(page)
    assert "Not valid today" not in words_of(page)
    assert 'action="/parking/1/end"' in page.text
    admin.post("/parking/1/end")
    page = admin.get("/parking?plate=12345")
    assert "Not valid today" in words_of(page)
    assert 'action="/parking/1/end"' not in page.text
    assert admin.post("/parking", **CAR).status_code == 303


def test_a_pass_leads_to_the_desk_with_its_doors_and_days(house):
    admin = house.signed_in()
    assert "Which doors it opens (needed)" in words_of(admin.get("/passes"))
    made = admin.post("/passes", **LIN, points=["south-gate-in"]).headers["location"]
    assert made.endswith("&pass=1")
    form = admin.get(made).text
    assert 'value="pass-1" checked' in form
    assert 'value="2026-03-04"' in form
    assert "林师傅" in words_of(admin.get("/passes"))
    admin.post("/passes", **LIN | {"from_day": "2026-03-03"}, points=["south-gate-in"])
    assert "Begins later" in words_of(admin.get("/passes"))
    long = "A pass is for at most a year and ends today or later."
    doors = "Choose the doors and gates that the pass opens."
    for bad, at, said in (
        ({"points": []}, "points", doors),
        ({"points": ["clinic"]}, "points", doors),
        ({"points": [], "to_day": "2026-02-20"}, "points to_day", f"{doors} {long}"),
        ({"points": ["south-gate-in"], "to_day": "2026-02-20"}, "to_day", long),
        ({"points": ["south-gate-in"], "schedule": ""}, "schedule", "Choose the hours."),
        ({"points": ["south-gate-in"], "name": ""}, "name", "A pass needs the name of whoever carries it."),
    ):
        answer = admin.post("/passes", **LIN | bad)
        assert (answer.status_code, f'data-at="{at}"' in answer.text) == (422, True)
        assert said in words_of(answer)
    form = admin.get("/passes").text
    assert '<option value="">' in form, "whoever does not look has chosen no hours"
    assert 'value="south-gate-in" checked' in admin.post("/passes", **LIN | {"name": ""}, points=["south-gate-in"]).text
    assert house.signed_in(Role.PROPERTY).get("/passes").status_code == 403
