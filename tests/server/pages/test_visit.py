"""A visit: who, in which language and colours, and what they may do."""

import dataclasses
import re

import pytest
from fastapi.routing import APIRoute
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from card_protocol.words.division import lineage
from server.pages.i18n import Language
from server.pages.site import ROUTERS
from server.pages.visit import Visit, safe_back
from server.services.roles import Role
from server.services.units import org
from server.services.units.org import OrgUnitIn
from server.services.users import users
from server.services.users.sessions import SignedIn
from server.services.users.users import UserIn
from server.services.work import SYSTEM
from server.tables import OrgUnitRow, SessionRow
from tests.server.build import COMMUNITY
from tests.server.pages.conftest import OWN_PASSWORD, words_of
from tests.server.pages.test_every_page import addresses

GUARD = SignedIn(user_id="u", name="li", role=Role.GUARD, org="330105008001", must_change=False)
HERE = "http://testserver"
VISIT = Visit(Language.EN, "light", "/live", "/live", "the secret", False, 0, GUARD, COMMUNITY)


def test_the_secret_does_not_print():
    assert "the secret" not in repr(VISIT)
    assert "the secret" not in str(VISIT)
    assert repr(VISIT) == "Visit('/live', user='li')"


def test_a_refused_form_tells_of_each_field_by_its_own_sentence():
    known = {"why": "Say why.", "to": "It is over."}
    assert VISIT.tell(("why",), known, "All are needed.") == "Say why."
    both = VISIT.tell(("why", "to"), known, "All are needed.")
    assert (both, both.at) == ("Say why. It is over.", ("why", "to"))
    assert VISIT.tell(("why", "from"), known, "All are needed.") == "All are needed."
    assert VISIT.tell((), known, "All are needed.").at == ()


def test_what_a_role_may():
    assert VISIT.may("cards.revoke")
    assert not VISIT.may("cards.issue")
    assert not dataclasses.replace(VISIT, user=None).may("live.read")
    with pytest.raises(ValueError, match=r"cards\.eat"):
        VISIT.may("cards.eat")
    assert VISIT.role_name == "Guard"
    assert dataclasses.replace(VISIT, language=Language.ZH).role_name == "门卫"


def test_the_stream_has_another_name_for_another_session_or_language():
    names = {
        VISIT.stream_name,
        dataclasses.replace(VISIT, language=Language.ZH).stream_name,
        dataclasses.replace(VISIT, secret="another").stream_name,
    }
    assert len(names) == 3
    assert not any("secret" in name for name in names)


def back_of(answer):
    """Where the switches of language and colours would lead."""
    return re.search(r'name="back" value="([^"]*)"', answer.text)[1]


def posted(browser, path, referer, **fields):
    """A form as a browser sends it that says where the form was."""
    return browser.client.post(path, data=fields, headers={"referer": referer})


def test_an_answer_to_a_form_leads_back_to_a_page_that_can_be_asked_for(lived):
    browser = lived.house.signed_in()
    asked = browser.get("/events?kind=tap")
    assert back_of(asked) == "/events?kind=tap"
    refused = browser.post("/holders/new")
    assert (refused.status_code, back_of(refused)) == (422, "/holders/new")
    for referer, back in (
        (f"{HERE}/audit?after=7", "/audit?after=7"),
        ("https://evil.example/audit", "/"),
        (f"{HERE}/audit/export", "/"),
        ("", "/"),
        ("http://[", "/"),
    ):
        refused = posted(browser, "/audit/export", referer, csrf=browser.token())
        assert (refused.status_code, back_of(refused)) == (422, back)


def test_a_form_of_a_session_that_has_ended_leads_to_the_sign_in_and_back(lived):
    browser = lived.house.signed_in()
    token = browser.token()
    with lived.house.transactions.work(SYSTEM) as work:
        for session in work.session.exec(select(SessionRow)):
            work.session.delete(session)
    answer = posted(browser, "/holders/new", f"{HERE}/holders/new", csrf=token, name="王小锤")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?back=/holders/new&ended=1")
    assert "Your session had ended: nothing was saved." in words_of(browser.get("/login?back=/holders/new&ended=1"))


@pytest.mark.parametrize(
    "bad",
    ["//evil.example", "https://evil.example", "/\\evil.example", "live", "", "/" + "a" * 600, "/a\r\nb", "/中"],
)
def test_a_way_back_never_leaves_the_site(bad):
    assert safe_back(bad) == "/"


@given(st.text())
def test_a_way_back_is_always_one_of_ours(text):
    back = safe_back(text)
    assert back.startswith("/")
    assert not back.startswith("//")
    assert back in (text, "/")
    assert "\n" not in back


def test_a_good_way_back_stays():
    assert safe_back("/events?point=a&since=2026-03-01T08:00") == "/events?point=a&since=2026-03-01T08:00"


ABOVE = ("330105008001", "330105008000", "330105000000", "330100000000")
"""The community's own line: whoever belongs there sees it."""
ELSEWHERE = ("330105008002", "330105009000", "330106000000")
OWN = ("/account", "/login", "/logout", "/settings")
"""What everybody has, wherever they belong."""


def of_unit(house, unit):
    """A browser of an administrator of a unit."""
    name = f"admin-{unit}"
    with house.transactions.work(SYSTEM) as work:
        for code in lineage(unit):
            if work.session.get(OrgUnitRow, code) is None:
                org.add(work, OrgUnitIn(code=code, name_zh="单位"))
        passwords = house.console.passwords
        made, one_time = users.add(work, passwords, UserIn(name=name, role=Role.ADMIN, org=unit))
        users.change_password(work, passwords, made.id, one_time, OWN_PASSWORD)
    browser = house.browser()
    signed = browser.post("/login", name=name, password=OWN_PASSWORD)
    return browser, signed.headers["location"]


def test_a_unit_sees_what_lies_in_it_and_no_page_of_anything_else(lived):
    for unit in ABOVE:
        browser, start = of_unit(lived.house, unit)
        assert start == "/live"
        assert "王秀英" in browser.get("/holders").text
    for unit in ELSEWHERE:
        browser, start = of_unit(lived.house, unit)
        assert start == "/account"
        assert browser.get("/").headers["location"] == "/account"
        for address in addresses(lived):
            answer = browser.get(address)
            # What the API offers is the same for everybody and tells of nobody.
            mine = address.startswith(OWN) or address in ("/no-such-page", "/api")
            assert mine or answer.status_code == 403, (unit, address)
            assert "王秀英" not in answer.text
            assert "console-link" not in answer.text, "no way in the bar leads anywhere"


def test_no_form_of_a_community_takes_anything_from_another_unit(lived):
    browser, _ = of_unit(lived.house, ELSEWHERE[0])
    token = browser.token()
    every = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    paths = [route.path for route in every if "POST" in route.methods and not route.path.startswith(OWN)]
    assert len(paths) > 30
    for path in paths:
        answer = browser.client.post(re.sub(r"\{[^}]+\}", "x", path), data={"csrf": token})
        assert answer.status_code == 403, path
