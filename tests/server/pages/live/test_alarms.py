"""Alarms on the guard's page: acknowledged, forwarded, listed for the next shift."""

import pytest

from server.pages.i18n import Language
from server.services.events import alarms
from server.services.roles import Role
from server.services.sight import EVERYTHING
from tests.server.build import ADMIN
from tests.server.pages.conftest import words_of


def standing(lived):
    with lived.house.transactions.read() as session:
        return alarms.listing(session, sight=EVERYTHING).items


def ids(found):
    return " ".join(alarm.id for alarm in found)


def test_the_stack_says_how_urgent_how_often_where_and_what_to_do(lived):
    page = words_of(lived.house.signed_in().get("/live"))
    assert "Alarms (4)" in page
    assert "Act now 2 times" in page
    assert "A card that was taken out of use was tried: South gate, in" in page
    assert "Look at who holds it" in page
    assert page.index("Act now") < page.index("Tell the administrator")


def test_acknowledging_takes_it_off_the_stack_with_name_and_note(lived):
    browser = lived.house.signed_in(Role.GUARD)
    two = [alarm for alarm in standing(lived) if alarm.point == "south-gate-in"]
    answer = browser.post("/alarms/answer", how="acknowledge", ids=ids(two), note=" taken in ")
    assert answer.headers["location"] == "/live"
    assert len(standing(lived)) == 2
    page = words_of(browser.get("/alarms?everything=true"))
    assert page.count("Acknowledged by guard") == 2
    assert "taken in" in page
    assert "Acknowledged by" not in words_of(browser.get("/alarms"))


def test_htmx_gets_no_page_and_the_stream_tells_the_rest(lived):
    browser = lived.house.signed_in()
    form = {"how": "forward", "ids": ids(standing(lived)[:1]), "note": "", "csrf": browser.token()}
    answer = browser.client.post("/alarms/answer", data=form, headers={"hx-request": "true"})
    assert (answer.status_code, answer.text) == (204, "")
    assert standing(lived)[0].forwarded_by == "user:admin"
    assert "Forwarded by admin" in words_of(browser.get("/alarms"))


def test_what_somebody_else_acknowledged_meanwhile_is_left_alone(lived):
    both = standing(lived)[:2]
    with lived.house.transactions.work(ADMIN) as work:
        alarms.acknowledge(work, both[0].id, note="mine")
    browser = lived.house.signed_in()
    assert browser.post("/alarms/answer", how="acknowledge", ids=ids(both), note="late").status_code == 303
    with lived.house.transactions.read() as session:
        notes = {alarm.id: alarm.note for alarm in alarms.listing(session, sight=EVERYTHING, standing=False).items}
    assert (notes[both[0].id], notes[both[1].id]) == ("mine", "late")


@pytest.mark.parametrize("fields", [{"how": "eat"}, {"ids": ""}, {"ids": "NONE"}])
def test_nonsense_is_refused(lived, fields):
    good = {"how": "acknowledge", "ids": standing(lived)[0].id}
    assert lived.house.signed_in().post("/alarms/answer", **good | fields).status_code in (404, 422)
    assert len(standing(lived)) == 4


def test_an_empty_list_says_so_twice(house):
    browser = house.signed_in()
    assert "No alarm stands." in words_of(browser.get("/alarms"))
    assert "There has been no alarm yet." in words_of(browser.get("/alarms?everything=true"))
    assert "No alarm stands." in words_of(browser.get("/live"))


def test_the_board_forgets_what_was_acknowledged(lived):
    board = lived.house.console.board
    assert board.view(Language.EN, Role.ADMIN).alarms.standing == 4
    lived.house.signed_in().post("/alarms/answer", how="acknowledge", ids=ids(standing(lived)))
    assert standing(lived) == []


def test_an_alarm_that_names_a_card_is_for_who_sees_that_place(lived):
    clinic = next(alarm for alarm in standing(lived) if alarm.point == "clinic")
    guard = lived.house.signed_in(Role.GUARD)
    assert "Alarms (3)" in words_of(guard.get("/live"))
    assert guard.post("/alarms/answer", how="acknowledge", ids=clinic.id).status_code == 404
    assert len(standing(lived)) == 4
    assert lived.house.signed_in().post("/alarms/answer", how="acknowledge", ids=clinic.id).status_code == 303


def test_who_may_not_answer_is_offered_no_answer(lived):
    installer = lived.house.signed_in(Role.INSTALLER)
    page = installer.get("/live").text
    assert "data-may-answer" not in page
    assert 'id="answer"' not in page
    assert installer.post("/alarms/answer", how="acknowledge", ids=standing(lived)[0].id).status_code == 403
