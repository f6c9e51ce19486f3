"""When a page cannot be shown."""

import pytest
from sqlalchemy.exc import DataError

from server.pages import errors
from server.pages.i18n import Language, translator
from server.services.people import holders
from server.services.roles import Role
from server.services.users import sessions
from tests.server.pages.conftest import words_of


@pytest.mark.parametrize(("language", "tag"), [(Language.ZH, "zh-CN"), (Language.EN, "en")])
def test_nothing_here_in_both_languages(house, language, tag):
    say = translator(language)
    answer = house.browser(**{"accept-language": tag}).get("/no/such/page")
    assert answer.status_code == 404
    assert say(errors.TROUBLES[404].title) in words_of(answer)
    assert say(errors.TROUBLES[404].text) in words_of(answer)


def test_not_allowed(house):
    answer = house.signed_in(Role.GUARD).get("/desk")
    assert answer.status_code == 403
    assert "You may not do this" in words_of(answer)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/incidents/{10**30}", 404),
        (f"/tickets/{10**30}", 404),
        ("/incidents?q=²", 200),
        ("/incidents?after=²-²", 200),
        ("/incidents/_new?event=²", 200),
        ("/tickets?after=²", 200),
        (f"/cards?after={10**30}", 200),
    ],
)
def test_what_is_no_number_of_ours_is_no_crash(house, path, status):
    assert house.signed_in().get(path).status_code == status


def test_what_no_data_base_can_hold_is_told_where_it_was_typed(house, monkeypatch):
    def refuse(*_args, **_more):
        raise DataError("insert", {}, ValueError("NUL"))

    browser = house.signed_in()
    monkeypatch.setattr(holders, "add", refuse)
    answer = browser.post("/holders/new", name="王秀英", kind="resident")
    assert answer.status_code == 422
    assert "Something was not filled in correctly" in words_of(answer)


def test_a_method_that_is_none(house):
    assert house.browser().client.put("/login").status_code == 405
    assert "Not this way" in words_of(house.browser().client.put("/login"))


def test_a_crash_is_one_calm_page_and_keeps_its_secret(house, monkeypatch):
    def crash(*_args, **_more):
        raise RuntimeError("the secret inside")

    monkeypatch.setattr(holders, "search", crash)
    browser = house.signed_in()
    browser.client.answer_crashes()
    answer = browser.get("/holders")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in words_of(answer)
    assert "secret" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_refused_page_asks_once_who_visits(house, monkeypatch):
    guard, asked = house.signed_in(Role.GUARD), []
    who = sessions.who
    monkeypatch.setattr(sessions, "who", lambda *words: asked.append(words) or who(*words))
    assert guard.get("/audit").status_code == 403
    assert len(asked) == 1


def test_even_without_a_data_base_there_is_a_sentence_in_both_languages(house, monkeypatch):
    def crash(*_args, **_more):
        raise RuntimeError

    monkeypatch.setattr(errors, "visit_of", crash)
    answer = house.browser().get("/no/such/page")
    assert answer.status_code == 404
    assert "暂时无法显示此页面" in answer.text
    assert "cannot be shown" in answer.text


def test_a_part_is_turned_away_with_401_and_a_page_with_a_way(house):
    browser = house.browser()
    assert browser.get("/gateways/_rows", **{"hx-request": "true"}).status_code == 401
    assert browser.get("/gateways").status_code == 303


def test_every_status_of_a_problem_has_words():
    from server.services.problems import TEXTS

    shown = {text.status for text in TEXTS.values()} - {401, 502}
    assert shown <= set(errors.TROUBLES)
