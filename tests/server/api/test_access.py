"""/points, /schedules, /calendar, /levels"""

import pytest
from fastapi.testclient import TestClient

from tests.server.api.conftest import on_both
from tests.server.build import clinic, residents

KNOWN = {"If-Match": "*"}
ALWAYS = {"id": "night", "name_zh": "夜", "name_en": "Night", "intervals": [{"day": 0, "start": 0, "end": 60}]}


def test_a_point_is_set_and_listed(admin: TestClient) -> None:
    body = clinic().model_dump(mode="json") | {"name_en": "Health"}
    assert admin.put("/points/clinic", json=body, headers=KNOWN).status_code == 200
    assert body in admin.get("/points").json()["items"]


def test_a_schedule_is_set_and_listed(admin: TestClient) -> None:
    assert admin.put("/schedules/night", json=ALWAYS).json() == ALWAYS
    assert ALWAYS in admin.get("/schedules").json()["items"]


@pytest.mark.parametrize("interval", [{"day": 8, "start": 0, "end": 60}, {"day": 0, "start": 60, "end": 60}, {}])
def test_an_interval_that_cannot_be_is_refused(admin: TestClient, interval: dict[str, int]) -> None:
    assert admin.put("/schedules/night", json=ALWAYS | {"intervals": [interval]}).status_code == 422


def test_hours_that_overlap_are_refused_with_their_times(admin: TestClient) -> None:
    intervals = [{"day": 0, "start": 480, "end": 600}, {"day": 0, "start": 540, "end": 720}]
    refused = admin.put("/schedules/night", json=ALWAYS | {"intervals": intervals})
    assert refused.status_code == 422
    assert "08:00–10:00 and 09:00–12:00" in refused.text


def test_the_calendar_is_replaced(admin: TestClient) -> None:
    days = {"holidays": ["2026-10-01"], "workdays": ["2026-10-10"]}
    assert admin.put("/calendar", json=days, headers=KNOWN).json() == days
    assert admin.get("/calendar").json() == days


def test_official_holidays_are_taken_over_for_a_year(admin: TestClient) -> None:
    assert "2026-10-01" in admin.post("/calendar/official/2026").json()["holidays"]
    assert admin.post("/calendar/official/2099").status_code == 404


@on_both
def test_a_level_is_set_listed_and_removed(admin: TestClient) -> None:
    body = residents().model_dump(mode="json") | {"id": "staff"}
    made = admin.put("/levels/staff", json=body).json()
    assert made["number"] == 2
    assert made in admin.get("/levels").json()["items"]
    assert admin.delete("/levels/staff").status_code == 204
    assert admin.delete("/levels/staff").status_code == 404


@pytest.mark.parametrize("path", ["/points/other", "/schedules/other", "/levels/other"])
def test_address_and_body_must_agree(admin: TestClient, path: str) -> None:
    bodies = {"points": clinic().model_dump(mode="json"), "schedules": ALWAYS}
    body = bodies.get(path.split("/")[1], residents().model_dump(mode="json"))
    answer = admin.put(path, json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "id")
