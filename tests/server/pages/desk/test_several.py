"""Many cards one after the other, as the clerk sees them."""

import pytest
from fastapi.testclient import TestClient

from server.pages.desk.several import OWN_SENTENCES
from server.services.desk.runs import Line
from server.services.problems import Code
from server.services.roles import Role
from tests.server.pages.conftest import words_of
from tests.server.pages.desk.test_desk import UNTIL, Bench


@pytest.fixture
def bench(house):
    with TestClient(house.site, follow_redirects=False, headers={"accept-language": "en"}) as client:
        yield Bench(house, client)


def begin(bench, **fields):
    return bench.browser.post("/desk/several", **{"desk": "desk-1", "kind": "issue", "until": UNTIL} | fields)


def test_a_list_of_people_is_chosen_by_house_and_each_is_called_in_turn(bench, person):
    other = bench.house.community.holder("李建国", house="4-1-101")
    page = words_of(bench.browser.get("/desk/several"))
    assert "2 people without a card" in page
    assert "李建国" not in words_of(bench.browser.get("/desk/several?house=3-1"))
    path = begin(bench, holders=[person.id, other.id], levels=["residents"]).headers["location"]
    assert "单秀英" in words_of(bench.browser.get(path))
    assert "0 done, 2 to come" in words_of(bench.browser.get(path + "/panel"))
    bench.browser.post(path + "/skip")
    assert "李建国 Put a blank card" in words_of(bench.browser.get(path + "/panel"))
    assert "still going on" in words_of(bench.browser.get("/desk/several"))
    bench.browser.post(path + "/stop")
    assert "2 people are still without a card." in words_of(bench.browser.get(path + "/panel"))
    assert "Received (signature)" in words_of(bench.browser.get(path + "/sheet"))


def test_what_is_missing_is_said(bench, person):
    for fields, said in (
        ({"holders": []}, "Tick the people"),
        ({"holders": [person.id]}, "Tick the people"),
        ({"holders": [person.id], "levels": ["residents"], "until": ""}, "Choose the last day"),
        ({"kind": "look", "desk": "desk-9"}, "This desk is not connected"),
    ):
        answer = begin(bench, **fields)
        assert answer.status_code in (409, 422)
        assert said in words_of(answer)


def test_what_was_ticked_stays_when_it_cannot_begin(bench, person):
    page = begin(bench, holders=[], levels=["residents"], until="2026-09-01").text
    assert f'value="{person.id}" >' in page
    assert 'value="residents" checked' in page
    assert 'value="2026-09-01"' in page
    assert f'value="{person.id}" checked' in bench.browser.get("/desk/several").text
    assert 'value="count" checked' in begin(bench, kind="count", desk="desk-9").text


def test_a_count_shows_what_is_missing_and_goes_into_the_record(bench):
    path = begin(bench, kind="count").headers["location"]
    (run,) = bench.house.console.runs._shelf
    card = bench.house.community.active_card("04010203040506")
    run.lines += [Line("04FF", None), Line(card.uid, card), Line(card.uid, problem=Code.EXISTS)]
    page = words_of(bench.browser.get(path + "/panel"))
    assert "Never given out 1" in page
    assert f"Do not belong in the drawer No. {card.number} Active" in page
    assert OWN_SENTENCES[Code.EXISTS] in page
    bench.browser.post(path + "/stop")
    assert "Stock of blank cards counted" in words_of(bench.browser.get("/audit"))


def test_a_run_is_nobody_elses_business_and_a_guard_has_none(bench, person):
    path = begin(bench, holders=[person.id], levels=["residents"]).headers["location"]
    clerk = bench.house.signed_in(Role.CLERK)
    assert clerk.get(path + "/panel").status_code == 404
    assert bench.house.signed_in(Role.GUARD).get("/desk/several").status_code == 403
    bench.browser.post(path + "/stop")
