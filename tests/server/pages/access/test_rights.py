"""Access levels, and why somebody cannot enter."""

import pytest

from server.pages.access import rights
from server.pages.access.rights import free_name
from server.services.access import access
from server.services.roles import Role
from tests.server.pages.conftest import words_of

LEVEL = {"name_zh": "居民", "name_en": "Residents", "schedule": "always"}


def test_the_matrix_shows_who_where_and_when(lived):
    page = words_of(lived.house.signed_in().get("/access"))
    assert "Residents 1 — Always" in page
    assert "0 holidays, 0 make-up workdays" in page


def test_a_level_is_saved_after_its_effect_was_seen(lived):
    browser = lived.house.signed_in()
    preview = browser.post("/access/levels/residents", **LEVEL, points=["clinic"])
    page = words_of(preview)
    assert "1 person loses South gate, in" in page
    assert "1 person gains Clinic" in page
    with lived.house.transactions.read() as session:
        assert access.level_of(session, "residents").points == frozenset({"south-gate-in"})
    assert browser.post("/access/levels/residents", **LEVEL, points=["clinic"], sure="true").status_code == 303
    with lived.house.transactions.read() as session:
        assert access.level_of(session, "residents").points == frozenset({"clinic"})


def test_a_level_without_hours_to_choose_from_says_what_comes_first(lived, monkeypatch):
    browser = lived.house.signed_in()
    assert "/access/hours/_new" not in browser.get("/access/levels/_new").text
    monkeypatch.setattr(rights, "names_of", lambda *_: {})
    assert '<a href="/access/hours/_new">Add hours first</a>' in browser.get("/access/levels/_new").text


def test_a_new_level_has_a_name_of_its_own_and_is_removed_while_nobody_has_it(lived):
    browser = lived.house.signed_in()
    staff = LEVEL | {"name_en": "Staff", "offline_hours": "12", "sure": "true"}
    assert browser.post("/access/levels/_new", **staff, points=["clinic"]).status_code == 303
    with lived.house.transactions.read() as session:
        assert access.level_of(session, "level-1").max_offline_ms == 12 * 3_600_000
    assert 'value="12"' in browser.get("/access/levels/level-1").text
    assert browser.post("/access/levels/level-1/remove").status_code == 303
    assert "Cards still have this access level." in words_of(browser.post("/access/levels/residents/remove"))
    assert browser.get("/access/levels/level-1").status_code == 404


@pytest.mark.parametrize(
    "wrong", [{"name_en": ""}, {"schedule": "never"}, {"offline_hours": "x"}, {"points": ["moon"]}]
)
def test_what_is_no_level_is_told_in_the_form(lived, wrong):
    fields = LEVEL | {"points": ["clinic"]} | wrong
    answer = lived.house.signed_in().post("/access/levels/residents", **fields)
    assert answer.status_code == 422
    assert "Give it a name in both languages" in words_of(answer)


def test_why_somebody_cannot_enter_is_told_by_card(lived):
    guard = lived.house.signed_in(Role.GUARD)
    page = words_of(guard.get("/access/why?q=秀英&point=clinic"))
    assert "No right at this point" in page
    assert "Granted" in words_of(guard.get("/access/why?q=秀英&point=south-gate-in"))
    assert "Nobody found for" in words_of(guard.get("/access/why?q=nobody&point=clinic"))
    assert "A time is written like" in words_of(guard.get("/access/why?q=x&point=clinic&at=soon"))


def test_a_guard_changes_no_rights(lived):
    guard = lived.house.signed_in(Role.GUARD)
    assert guard.get("/access").status_code == 200
    assert guard.post("/access/levels/residents", **LEVEL, sure="true").status_code == 403


def test_names_are_never_taken_twice():
    assert free_name("level", ["level-1", "level-7", "residents"]) == "level-8"
    assert free_name("level", []) == "level-1"
