"""The sign-in beside the door."""

import pytest

from server.services.roles import Role
from tests.server.build import NOW_MS
from tests.server.pages.conftest import words_of
from tests.server.services.activities.test_attendance import HOUR, called, carrier, hear, open_room, signs


@pytest.fixture
def room(house):
    open_room(house.community)
    return house


def test_who_has_just_come_how_many_are_needed_and_names(room):
    (wang, card), li = carrier(room.community, "04010203040506"), room.community.holder("李建国").id
    number = called(room.community, wang, li)
    browser = room.signed_in(Role.ORGANISER)
    path = f"/activities/{number}/sign-in"
    first = words_of(browser.get(path))
    assert "0 / 2" in first
    assert "Still needed for the quorum: 2" in first
    hear(room.community, signs(card, NOW_MS + HOUR))
    part = browser.get(path, **{"hx-request": "true"})
    assert "1 / 2" in words_of(part)
    assert "王秀英 09:00:00" in words_of(part)
    assert "<html" not in part.text
    assert part.text.count('name="holder"') == 1, "who is here need not be touched"


def test_by_name_asks_for_the_consent_once(room):
    li = room.community.holder("李建国").id
    number = called(room.community, li)
    browser = room.signed_in(Role.ORGANISER)
    path = f"/activities/{number}/sign-in"
    asked = browser.post(path, holder=li)
    assert asked.status_code == 409
    assert "Do they agree?" in words_of(asked)
    assert browser.post(path, holder=li, agrees="yes").headers["location"] == path
    assert "The quorum is there: 1 of 1" in words_of(browser.get(path))
    other = called(room.community, li)
    assert browser.post(f"/activities/{other}/sign-in", holder=li).status_code == 303
    assert browser.post(path, holder="nobody").status_code == 404


def test_when_it_is_over_nobody_signs_in(room):
    li, _ = carrier(room.community, "04010203040506")
    number = called(room.community, li)
    browser = room.signed_in(Role.ORGANISER)
    assert browser.post(f"/activities/{number}/steps", what="call_off", why="下雨").status_code == 303
    refused = browser.post(f"/activities/{number}/sign-in", holder=li)
    assert (refused.status_code, "It is over" in words_of(refused)) == (409, True)
    assert "Sign in by name" not in words_of(browser.get(f"/activities/{number}/sign-in"))
