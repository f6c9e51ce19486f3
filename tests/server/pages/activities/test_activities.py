"""Meetings and activities on a screen."""

import pytest

from server.services.activities import activities
from server.services.activities.quorum import Mark
from server.services.roles import Role
from tests.server.build import NOW_MS
from tests.server.pages.conftest import words_of
from tests.server.services.activities.test_attendance import (
    HOUR,
    PARTY,
    called,
    carrier,
    hear,
    open_room,
    person,
    signs,
)

FORM = {"kind": "assembly", "title": "居民会议", "from": "2026-03-01T09:00", "to": "2026-03-01T11:00"}


@pytest.fixture
def room(house):
    open_room(house.community)
    return house


def test_called_invited_signed_in_and_held(room):
    browser = room.signed_in(Role.ORGANISER)
    assert "Nothing has been called yet." in words_of(browser.get("/activities"))
    assert "Activity room" in words_of(browser.get("/activities/_new"))
    answer = browser.post("/activities/_new", rule="more_than_half", point="activity-room", points="0", **FORM)
    path = answer.headers["location"]
    assert path == "/activities/1"
    (wang, card), li = carrier(room.community, "04010203040506"), room.community.holder("李建国", tags=["楼道长"]).id
    assert "王秀英 3-1-502" in words_of(browser.get(f"{path}?q=王秀英"))
    assert browser.post(f"{path}/invite", holder=[wang]).status_code == 303
    assert browser.post(f"{path}/invite", tags="楼道长、志愿者").status_code == 303
    hear(room.community, signs(card, NOW_MS + HOUR))
    shown = words_of(browser.get(path, **{"hx-request": "true"}))
    assert "Here: 1 of 2" in shown
    assert "Quorum: 1 of 2" in shown
    refused = browser.post(f"{path}/steps", what="begin")
    assert refused.status_code == 409
    assert "There is no quorum" in words_of(refused)
    assert "1 more" in words_of(refused)
    assert browser.post(f"{path}/sign-in", holder=li, agrees="yes").status_code == 303
    for what in ("begin", "end"):
        assert browser.post(f"{path}/steps", what=what).status_code == 303
    assert "Certificate" in words_of(browser.get(path))
    assert "2 / 2" in words_of(browser.get("/activities"))


def test_inviting_says_how_many_and_a_tag_that_nobody_has_is_told(room):
    room.community.holder("李建国", tags=["楼道长"])
    path = f"/activities/{called(room.community)}"
    browser = room.signed_in(Role.ORGANISER)
    answer = browser.post(f"{path}/invite", tags="楼栋长")
    assert (answer.status_code, 'data-at="tags"' in answer.text, 'value="楼栋长"' in answer.text) == (422, True, True)
    assert "Nobody has this tag." in words_of(answer)
    answer = browser.post(f"{path}/invite", tags=" ")
    assert (answer.status_code, "Name a tag, or choose somebody." in words_of(answer)) == (422, True)
    assert "1 person invited." in words_of(
        browser.get(browser.post(f"{path}/invite", tags="楼道长").headers["location"])
    )
    again = browser.get(browser.post(f"{path}/invite", tags="楼道长").headers["location"])
    assert "All of them are on the list already." in words_of(again)
    assert "invited." not in words_of(browser.get(path))


def test_two_people_of_one_name_are_told_apart(room):
    for tail in ("0017", "0018"):
        room.community.holder("王秀英", phone_tail=tail)
    page = words_of(room.signed_in(Role.ORGANISER).get(f"/activities/{called(room.community)}?q=王秀英"))
    assert all(f"王秀英 3-1-502 telephone …{tail}, entered on 2026-" in page for tail in ("0017", "0018"))


def test_what_is_over_invites_nobody_to_sign_in(room):
    number = called(room.community)
    browser = room.signed_in(Role.ORGANISER)
    assert "Sign-in, full screen" in words_of(browser.get(f"/activities/{number}"))
    assert "Please tap your card" in words_of(browser.get(f"/activities/{number}/sign-in"))
    browser.post(f"/activities/{number}/steps", what="call_off", why="下雨")
    assert "Sign-in, full screen" not in words_of(browser.get(f"/activities/{number}"))
    screen = words_of(browser.get(f"/activities/{number}/sign-in"))
    assert "Please tap your card" not in screen
    assert "It is over: nobody can sign in any more." in screen
    assert "Change it" not in words_of(browser.get(f"/activities/{number}"))


def test_a_screen_that_was_left_on_asks_for_no_tap_that_would_not_count(room):
    number = called(room.community)
    room.community.now[0] += 4 * HOUR
    screen = words_of(room.signed_in(Role.ORGANISER).get(f"/activities/{number}/sign-in"))
    assert "Its time is over: cards count no more, say your name at the table" in screen
    assert "Please tap" not in screen


def test_a_search_that_found_more_than_it_shows_says_so(room):
    for index in range(9):
        room.community.holder("王秀英", house=f"3-1-50{index}")
    browser = room.signed_in(Role.ORGANISER)
    path = f"/activities/{called(room.community)}"
    assert "There are more: type more of it." in words_of(browser.get(f"{path}?q=王秀英"))
    assert "There are more" not in words_of(browser.get(f"{path}?q=3-1-508"))


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"to": "2026-03-01T08:00"}, "to", "It ends after it begins, and within two days."),
        ({"to": "2026-03-09T08:00"}, "to", "It ends after it begins, and within two days."),
        ({"to": "soon"}, "to", "A time is written like 2026-03-01 08:00."),
        ({"title": " "}, "title", "It needs a title of at most 120 characters."),
        ({"points": "many"}, "points", "Points are a number up to 100."),
        ({"points": "101"}, "points", "Points are a number up to 100."),
    ],
)
def test_each_cause_has_its_sentence_at_its_field(room, wrong, field, said):
    answer = room.signed_in(Role.ORGANISER).post("/activities/_new", **(FORM | {"rule": "none"} | wrong))
    assert (answer.status_code, f'data-at="{field}"' in answer.text, said in words_of(answer)) == (422, True, True)


def test_another_persons_card_is_struck_out_with_a_sentence(room):
    wang, card = carrier(room.community, "04010203040506")
    number = called(room.community, wang)
    hear(room.community, signs(card, NOW_MS + HOUR))
    browser = room.signed_in(Role.ORGANISER)
    path = f"/activities/{number}"
    assert "Another person's card" in words_of(browser.get(path))
    refused = browser.post(f"{path}/marks", holder=wang, what="struck", why=" ")
    assert (refused.status_code, "say why" in words_of(refused)) == (422, True)
    assert browser.post(f"{path}/marks", holder=wang, what="struck", why="李建国持卡").status_code == 303
    assert "Struck out: another person's card 李建国持卡" in words_of(browser.get(path))
    again = browser.post(f"{path}/marks", holder=wang, what="struck", why="李建国持卡")
    assert (again.status_code, "Somebody else has changed it" in words_of(again)) == (409, True)


def test_excused_not_counted_and_expected_again(room):
    wang, _ = carrier(room.community, "04010203040506")
    number = called(room.community, wang)
    browser = room.signed_in(Role.ORGANISER)
    for mark, why in ((Mark.EXCUSED, "出差"), (Mark.EXEMPT, "住院"), (Mark.INVITED, "")):
        assert browser.post(f"/activities/{number}/marks", holder=wang, what=mark, why=why).status_code == 303
        assert person(room.community, number, wang).mark is mark
    assert browser.post(f"/activities/{number}/marks", holder=wang, what="ill").status_code == 422
    assert browser.post(f"/activities/{number}/marks", holder="nobody", what="excused", why="x").status_code == 404


def test_a_form_that_is_wrong_comes_back_with_what_was_typed(room):
    browser = room.signed_in(Role.ORGANISER)
    for wrong in ({"to": "2026-03-01T08:00"}, {"to": "soon"}, {"title": " "}, {"points": "many"}, {"kind": "party"}):
        answer = browser.post("/activities/_new", **(FORM | {"place": "活动室"} | wrong))
        assert (answer.status_code, "活动室" in answer.text) == (422, True), wrong
    assert browser.post("/activities/_new", **(FORM | {"kind": "party_class"})).status_code == 422
    assert "Party" not in words_of(browser.get("/activities/_new"))


def test_changed_and_called_off(room):
    number = called(room.community)
    browser = room.signed_in(Role.ORGANISER)
    path = f"/activities/{number}"
    assert 'value="2026-03-01T09:00"' in browser.get(f"{path}/edit").text
    assert browser.post(f"{path}/edit", rule="none", **FORM).status_code == 303
    assert browser.post(f"{path}/steps", what="call_off").status_code == 422
    assert browser.post(f"{path}/steps", what="call_off", why="下雨").status_code == 303
    assert "Called off" in words_of(browser.get(path))
    assert browser.post(f"{path}/edit", rule="none", **FORM).status_code == 409
    assert browser.post(f"{path}/invite", tags="楼道长").status_code == 409
    assert browser.post("/activities/99/steps", what="open").status_code == 404


def test_a_branch_is_invited_to_party_business_alone(room):
    number = called(room.community)
    secretary = room.signed_in(Role.PARTY)
    assert 'name="branch"' not in secretary.get(f"/activities/{number}").text
    refused = secretary.post(f"/activities/{number}/invite", branch="第一支部")
    assert (refused.status_code, "call a Party day" in words_of(refused)) == (422, True)


def test_who_may_not_know_sees_nothing_of_it(room):
    number = called(room.community, actor=PARTY, kind="party_meeting")
    with room.transactions.read() as session:
        assert activities.listing(session, PARTY).items[0].number == number
    assert words_of(room.signed_in(Role.PARTY).get(f"/activities/{number}")).count("居民代表会议")
    organiser = room.signed_in(Role.ORGANISER)
    assert organiser.get(f"/activities/{number}").status_code == 404
    assert "Nothing has been called yet." in words_of(organiser.get("/activities"))
    for role in (Role.ADMIN, Role.GUARD, Role.CARE, Role.NURSE, Role.CLERK, Role.OFFICIAL, Role.AUDITOR):
        browser = room.signed_in(role)
        for path in ("/activities", f"/activities/{number}", "/party", "/activities/points"):
            assert browser.get(path).status_code == 403, (role, path)
    for path in ("/muster", "/cards", "/care", "/clinic", "/live", "/events"):
        assert organiser.get(path).status_code == 403, path
