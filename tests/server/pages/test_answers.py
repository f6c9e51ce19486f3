"""Answers: pages, ways on, cookies."""

import dataclasses

from starlette.responses import Response

from server.pages import answers
from server.pages.i18n import Language
from server.pages.visit import Visit
from server.services.problems import Code, Problem

VISIT = Visit(Language.EN, "light", "/login", "/login", "secret", True, 0, None, "330105008001")


def test_a_browser_that_has_no_secret_gets_one_and_its_forms_are_its_own(house):
    browser = house.browser()
    first = browser.get("/login")
    assert "onecard_browser" in browser.cookies
    token = browser.token()
    assert f'value="{token}"' in first.text
    assert "set-cookie" not in browser.get("/login").headers


def test_cookies_are_for_https_where_there_is_https():
    response = Response()
    answers.set_cookie(response, VISIT, "name", "value")
    cookie = response.headers["set-cookie"]
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
    assert "Max-Age=31536000" in cookie
    plain = Response()
    answers.set_cookie(plain, dataclasses.replace(VISIT, secure=False), "name", "value", max_age_s=None)
    assert "Secure" not in plain.headers["set-cookie"]
    assert "Max-Age" not in plain.headers["set-cookie"]


def test_on_to_another_page_by_get():
    answer = answers.go("/cards/1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/cards/1")


def test_a_problem_in_both_languages():
    problem = Problem(Code.DESK_AWAY, "internal detail")
    assert answers.sentence_of(VISIT, problem) == "This desk is not connected."
    assert answers.refused(dataclasses.replace(VISIT, language=Language.ZH), Code.DESK_AWAY) == "该发卡台未连接。"


def test_a_part_has_no_frame():
    html = answers.part(VISIT, "desk_readers.html", desks=[], chosen="").body.decode()
    assert "No desk is connected." in html
    assert "<html" not in html
