"""Notices on a screen."""

from sqlmodel import select

from server.services.notices import mails
from server.services.roles import Role
from server.services.work import SYSTEM
from server.tables import NoticeMailRow
from tests.server.build import NOW_MS
from tests.server.pages.conftest import words_of

FORM = {"zh": "明日停水", "en": "No water tomorrow", "from": "2026-03-01T08:00", "to": "2026-03-02T08:00"}


def test_written_looked_at_printed_and_withdrawn(house):
    browser = house.signed_in(Role.CLERK)
    assert "No notice yet." in words_of(browser.get("/notices"))
    assert "South gate" in words_of(browser.get("/notices/_new"))
    answer = browser.post("/notices/_new", points=["south-gate-in"], **FORM)
    path = answer.headers["location"]
    page = words_of(browser.get(path))
    assert "Shown now" in page
    assert "Not there: cut off" in page
    assert "明日停水 No water tomorrow 2026-03-01 08:00 – 2026-03-02 08:00" in words_of(browser.get(f"{path}/paper"))
    assert f'href="{path}/paper"' in browser.get(path).text
    refused = browser.post(f"{path}/withdraw", why=" ")
    assert (refused.status_code, "say why" in words_of(refused)) == (422, True)
    assert browser.post(f"{path}/withdraw", why="改期").status_code == 303
    assert "Withdrawn because 改期" in words_of(browser.get(path))
    assert f'href="{path}/paper"' not in browser.get(path).text, "nobody hangs up what does not hold any more"
    again = browser.post(f"{path}/withdraw", why="改期")
    assert (again.status_code, "over or withdrawn" in words_of(again)) == (409, True)
    assert "Withdrawn" in words_of(browser.get("/notices"))
    assert browser.post("/notices/99/withdraw", why="x").status_code == 404


def test_a_form_that_is_wrong_comes_back_with_what_was_typed(house):
    browser = house.signed_in(Role.CLERK)
    for wrong, said in (
        ({"zh": ""}, "Write it in Chinese, in 60 characters at most."),
        ({"en": " "}, "Write it in English, in 120 characters at most."),
        ({"to": "2026-03-01T07:00"}, "It ends after it begins, within ninety days, and in the future."),
        ({"from": "2026-02-01T07:00", "to": "2026-02-02T07:00"}, "It ends after it begins, within ninety days"),
        ({"to": "soon"}, "A time is written like 2026-03-01 08:00."),
        ({"points": ["nowhere"]}, "One of these points is not there any more: choose anew."),
        ({"zh": "", "to": "soon"}, "in 60 characters at most. A time is written like"),
    ):
        answer = browser.post("/notices/_new", **(FORM | {"points": ["south-gate-in"]} | wrong))
        assert answer.status_code == 422, wrong
        assert said in words_of(answer)
        assert f'data-at="{" ".join(name for name in wrong if name != "from")}"' in answer.text
        assert FORM["zh"] in answer.text or "zh" in wrong


def test_one_without_a_screen_and_without_mail_is_for_printing(house):
    browser = house.signed_in(Role.CLERK)
    assert "Without a screen and without mail it is for printing only." in words_of(browser.get("/notices/_new"))
    path = browser.post("/notices/_new", **FORM).headers["location"]
    for page in (path, "/notices"):
        words = words_of(browser.get(page))
        assert ("For printing only" in words, "Shown now" in words) == (True, False)
    browser.post(f"{path}/withdraw", why="改期")
    assert "For printing only" not in words_of(browser.get(path))
    mailed = browser.post("/notices/_new", by_mail="yes", **FORM).headers["location"]
    assert "For printing only" not in words_of(browser.get(mailed))


def test_readers_come_and_go(house):
    browser = house.signed_in(Role.CLERK)
    assert browser.post("/notices/readers", address="wang@example.org", name="王秀英").status_code == 303
    assert "wang@example.org 王秀英 2026-03-01" in words_of(browser.get("/notices/readers"))
    assert "By mail too, to 1 reader" in words_of(browser.get("/notices/_new"))
    assert "1 readers" not in words_of(browser.get("/notices/_new"))
    for address, status in (("wang@example.org", 409), ("wang", 422)):
        answer = browser.post("/notices/readers", address=address)
        assert (answer.status_code, "no mail address" in words_of(answer)) == (status, True)
    path = browser.post("/notices/_new", by_mail="yes", **FORM).headers["location"]
    assert "0 sent, 1 waiting, 0 given up" in words_of(browser.get(path))
    with house.transactions.work(SYSTEM) as work:
        (mail,) = work.session.exec(select(NoticeMailRow))
        mails.failed(work, mail.id, "answered 550 no such mailbox", for_good=True)
    assert "1 given up wang@example.org answered 550 no such mailbox" in words_of(browser.get(path))
    assert browser.post("/notices/readers/remove", address="wang@example.org").status_code == 303
    assert browser.post("/notices/readers/remove", address="wang@example.org").status_code == 404
    assert "0 sent, 0 waiting" in words_of(browser.get(path))


def test_who_may(house):
    for role in (Role.GUARD, Role.NURSE, Role.CARE, Role.OFFICIAL, Role.AUDITOR, Role.PARTY):
        assert house.signed_in(role).get("/notices").status_code == 403
    assert house.community.now[0] == NOW_MS
