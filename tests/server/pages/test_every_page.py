"""Every page, in both languages, by everybody who may come: what all pages have in common.

The list is checked against the routes of the site, so a new page that is not in it fails here.
"""

import re

import pytest
from fastapi.routing import APIRoute

from server.pages import i18n, render
from server.pages.headers import CONTENT_SECURITY_POLICY
from server.pages.i18n import Language
from server.pages.site import ROUTERS
from server.services.roles import PEOPLE_ROLES, Permission, Role
from tests.server.pages.conftest import Text
from tests.server.pages.page_rights import NEEDED, WITHOUT_A_RIGHT, as_written
from tests.server.pages.test_catalogues import HALF_WIDTH

PAGES = {
    "/login": "/login",
    "/account": "/account",
    "/account/password": "/account/password",
    "/account/app": "/account/app",
    "/account/passkeys/_new": "/account/passkeys/_new",
    "/setup": "/setup",
    "/setup/units": "/setup/units",
    "/setup/keys": "/setup/keys",
    "/live": "/live",
    "/live/panel": "/live/panel",
    "/alarms": "/alarms?everything=true",
    "/shift": "/shift",
    "/incidents": "/incidents",
    "/incidents/_new": "/incidents/_new?house=3-1-502",
    "/incidents/{number}": "/incidents/{incident}",
    "/incidents/{number}/file": "/incidents/{incident}/file",
    "/rosters": "/rosters",
    "/tickets": "/tickets",
    "/tickets/_new": "/tickets/_new?house=3-1-502",
    "/tickets/{number}": "/tickets/{ticket}",
    "/tickets/{number}/resident": "/tickets/{ticket}/resident",
    "/parking": "/parking",
    "/passes": "/passes",
    "/muster": "/muster",
    "/holders": "/holders",
    "/holders/new": "/holders/new",
    "/holders/{holder_id}": "/holders/{holder}",
    "/holders/{holder_id}/edit": "/holders/{holder}/edit",
    "/holders/{holder_id}/leave": "/holders/{holder}/leave",
    "/holders/{holder_id}/more": "/holders/{holder}/more",
    "/holders/{holder_id}/notice": "/holders/{holder}/notice",
    "/holders/{holder_id}/merge": "/holders/{holder}/merge",
    "/holders/{holder_id}/timeline": "/holders/{holder}/timeline?before=9999999999999",
    "/houses": "/houses",
    "/houses/_new": "/houses/_new",
    "/houses/{house_id}": "/houses/{place}",
    "/imports": "/imports",
    "/imports/{import_id}": "/imports/{list}",
    "/imports/{import_id}/lines": "/imports/{list}/lines?show=wrong",
    "/imports/{import_id}/progress": "/imports/{list}/progress",
    "/access": "/access",
    "/access/why": "/access/why?q=1&point=clinic",
    "/access/levels/{level_id}": "/access/levels/residents",
    "/access/hours/{schedule_id}": "/access/hours/always",
    "/access/calendar": "/access/calendar",
    "/cards": "/cards",
    "/cards/{card_id}": "/cards/{lost}",
    "/cards/{card_id}/receipt": "/cards/{lost}/receipt",
    "/cards/{card_id}/explain": "/cards/{active}/explain?point=clinic",
    "/cards/{card_id}/{step}": "/cards/{active}/revoke",
    "/desk": "/desk?holder={holder}",
    "/clinic": "/clinic",
    "/clinic/screen": "/clinic/screen",
    "/clinic/recalls": "/clinic/recalls?q=1",
    "/activities": "/activities",
    "/activities/_new": "/activities/_new",
    "/activities/points": "/activities/points",
    "/activities/{number}": "/activities/{activity}?q=1",
    "/activities/{number}/edit": "/activities/{activity}/edit",
    "/activities/{number}/sign-in": "/activities/{activity}/sign-in",
    "/activities/{number}/absent": "/activities/{activity}/absent",
    "/activities/{number}/certificates/{holder_id}": "/activities/{held}/certificates/{holder}",
    "/party": "/party?q=1",
    "/notices": "/notices",
    "/notices/_new": "/notices/_new",
    "/notices/readers": "/notices/readers",
    "/notices/{number}": "/notices/{notice}",
    "/notices/{number}/paper": "/notices/{notice}/paper",
    "/care": "/care",
    "/care/people/{holder_id}": "/care/people/{holder}",
    "/care/visits": "/care/visits",
    "/care/meals": "/care/meals",
    "/purses/{card_id}": "/purses/{active}",
    "/desk/people": "/desk/people?q=x",
    "/desk/readers": "/desk/readers",
    "/desk/tapped": "/desk/tapped",
    "/gateways": "/gateways",
    "/gateways/_rows": "/gateways/_rows",
    "/gateways/_new": "/gateways/_new",
    "/gateways/{gateway_id}": "/gateways/g-1",
    "/gateways/{gateway_id}/orders": "/gateways/g-1/orders",
    "/points/{point_id}/orders": "/points/south-gate-in/orders",
    "/gateways/{gateway_id}/facts": "/gateways/g-1/facts",
    "/gateways/{gateway_id}/points/_new": "/gateways/g-1/points/_new",
    "/gateways/{gateway_id}/points/{point_id}": "/gateways/g-1/points/south-gate-in",
    "/events": "/events",
    "/audit": "/audit",
    "/audit/check": "/audit/check",
    "/api": "/api",
    "/desk/several": "/desk/several",
    "/desk/pair": "/desk/pair",
    "/visitors": "/visitors",
    "/visitors/_today": "/visitors/_today",
    "/tokens": "/tokens",
    "/webhooks": "/webhooks",
    "/webhooks/{webhook_id}": "/webhooks/{hook}",
    "/users": "/users",
    "/users/_new": "/users/_new",
    "/users/{name}": "/users/admin",
    "/events/{event_id}": "/events/{refused}",
    "/statistics": "/statistics",
    "/statistics/_unused": "/statistics/_unused",
    "/statistics/{field}": "/statistics/gates",
    "/privacy": "/privacy",
    "/privacy/aims/{aim}": "/privacy/aims/clinic",
    "/privacy/nights": "/privacy/nights",
    "/privacy/consents": "/privacy/consents",
    "/privacy/requests": "/privacy/requests",
    "/privacy/requests/_new": "/privacy/requests/_new",
    "/privacy/requests/{number}": "/privacy/requests/{asked}",
}
"""Route -> an address of it that shows something."""

ELSEWHERE = {
    "/": "leads on (test_login)",
    "/visitors/{number}": "needs a visitor (test_visitors)",
    "/visit/{link}": "needs a visitor (test_visitor_page)",
    "/login/provider": "leads elsewhere (test_oidc)",
    "/login/provider/back": "is no page (test_oidc)",
    "/login/second": "needs a password first (test_second_step)",
    "/login/passkey": "is no page (test_second_step)",
    "/account/passkeys/_options": "is no page (test_own_factor)",
    "/live/stream": "is no page (test_live)",
    "/holders/{holder_id}/photo": "is a picture (test_person_more)",
    "/incidents/{number}/photos/{turn}": "is a picture (test_incident_photos)",
    "/imports/_template": "is a file (test_imports)",
    "/activities/points/list.{form}": "is a file (test_merits)",
    "/activities/{number}/absent/list.{form}": "is a file (test_merits)",
    "/care/visits/list.{form}": "is a file (test_care)",
    "/statistics/{field}/{question}/list.{form}": "is a file (test_statistics)",
    "/care/meals/list.{form}": "is a file (test_meals)",
    "/purses/{card_id}/list.{form}": "is a file (test_purses)",
    "/imports/{import_id}/wrong.{form}": "is a file (test_imports)",
    "/desk/several/{run_id}": "needs a desk (test_several)",
    "/desk/several/{run_id}/panel": "needs a desk (test_several)",
    "/desk/several/{run_id}/sheet": "needs a desk (test_several)",
    "/desk/jobs/{job_id}": "needs a desk (test_desk)",
    "/desk/jobs/{job_id}/panel": "needs a desk (test_desk)",
}

THEIRS = {
    "/care": Role.CARE,
    "/clinic": Role.NURSE,
    "/activities": Role.PARTY,
    "/party": Role.PARTY,
    "/privacy/requests": Role.PRIVACY,
    "/privacy/consents": Role.PRIVACY,
}
"""Pages of those who work there, which no administrator sees (PIPL art. 28): how they begin -> whose they are."""

MORE = (
    "/statistics/care",
    "/statistics/clinic?days=7",
    "/statistics/incidents",
    "/statistics/property?days=90",
    "/alarms",
    "/cards/{lost}/receipt?sheet=true",
    "/desk?holder={holder}&instead={lost}",
    "/desk",
    "/holders?q=nobody",
    "/incidents?show=over",
    "/incidents/9",
    "/incidents/_new?event={refused}",
    "/events?reason=revoked",
    "/cards?state=stock",
    "/holders/{holder}/merge?q=1",
    "/houses?q=9",
    "/access/why",
    "/access/levels/_new",
    "/access/hours/_new",
    "/imports/{list}?show=changed",
    "/imports/{list}?show=new",
    "/imports/{list}?show=skipped",
    "/imports/{list}?columns=true",
    "/no-such-page",
    "/cards/NONE",
)
EXTERNAL = re.compile(r"""(?:src|href|action|hx-get|hx-post|data-live)=["'](?:[a-z]+:)?//""")
TECHNICAL = re.compile(r"[A-Za-z]+:[^\s]*")
INLINE = re.compile(r"""<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|hx-on|javascript:""")


def addresses(lived):
    named = ["holder", "active", "lost", "refused", "list", "place", "incident", "ticket", "activity", "held", "notice"]
    named += ["asked", "hook"]
    names = {name: getattr(lived, name) for name in named}
    return [path.format(**names) for path in (*PAGES.values(), *MORE)]


def owner_of(address):
    """The role that sees a page; an administrator sees most."""
    return next((theirs for start, theirs in THEIRS.items() if address.startswith(start)), Role.ADMIN)


def by_whoever_may(lived):
    """(address, a browser of somebody who sees it) of every page."""
    browsers = {role: lived.house.signed_in(role) for role in {Role.ADMIN, *THEIRS.values()}}
    for address in addresses(lived):
        yield address, browsers[owner_of(address)]


def test_what_each_page_asks_of_a_role_is_written():
    assert set(NEEDED) | WITHOUT_A_RIGHT == set(PAGES)


def test_the_list_names_every_page_of_the_site():
    every = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    routes = {route.path for route in every if "GET" in route.methods}
    assert routes == set(PAGES) | set(ELSEWHERE)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("role", [*PEOPLE_ROLES, None])
def test_pages_are_strict_complete_and_in_one_language(lived, language, role):
    house = lived.house
    headers = {"accept-language": language}
    browser = house.signed_in(role, **headers) if role else house.browser(**headers)
    wanted = dict(zip(addresses(lived), PAGES, strict=False))
    for address in addresses(lived):
        answer = browser.get(address)
        assert answer.status_code in {200, 303, 403, 404}, address
        assert role is None or address not in wanted or as_written(role, wanted[address], answer.status_code), address
        owner = owner_of(address)
        must = role is owner and address in wanted and address != "/login"
        assert answer.status_code == 200 or not must, address
        theirs = owner is role or (owner is Role.PARTY and role is Role.ORGANISER and address != "/party?q=1")
        assert answer.status_code != 200 or owner is Role.ADMIN or theirs or address == "/login", address
        assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert not EXTERNAL.search(answer.text), address
        assert not INLINE.search(answer.text), address
        if language == "zh-CN" and role is owner:
            pieces = Text(answer.text).pieces
            assert not [piece for piece in pieces if HALF_WIDTH.search(TECHNICAL.sub("", piece))], address
        if "<html" in answer.text:
            assert f'<html lang="{language}"' in answer.text
            assert answer.text.count("<h1") == 1, address
            assert re.search(r"<title>\s*\S", answer.text), address
            assert 'class="skip-link" href="#main"' in answer.text
            assert answer.text.count('id="main"') == 1, address


def test_no_page_has_an_id_twice(lived):
    for address, browser in by_whoever_may(lived):
        ids = re.findall(r'\sid="([^"]+)"', browser.get(address).text)
        assert len(ids) == len(set(ids)), address


def test_every_form_carries_the_browsers_token(lived):
    for address, browser in by_whoever_may(lived):
        forms = re.findall(r"<form.*?</form>", browser.get(address).text, re.DOTALL)
        token = browser.token() if forms else ""
        for form in forms:
            assert 'method="post"' not in form or f'value="{token}"' in form, address


@pytest.fixture
def pseudo(monkeypatch):
    """A language in which every translated sentence stands in brackets."""

    class Brackets(i18n.gettext.GNUTranslations):
        def __init__(self):
            super().__init__()
            self._catalog = {}
            self.plural = lambda n: int(n != 1)

        def gettext(self, message):
            return f"⟦{message}⟧"

        def ngettext(self, singular, plural, n):
            return f"⟦{singular if n == 1 else plural}⟧"

    real = i18n.catalogue
    monkeypatch.setattr(i18n, "catalogue", lambda language: Brackets())
    render.environment.cache_clear()
    render._module.cache_clear()
    yield
    monkeypatch.setattr(i18n, "catalogue", real)
    render.environment.cache_clear()
    render._module.cache_clear()


NAMES = (
    r"https://[\d.:/]+|^onecard\.[a-z]+$|"
    "onecard|user:[a-z]+|care|nurse|party|privacy|card:01J…|admin|Esc|F2|g-1|South gate, in|South gate|Clinic|English"
)
NAMES += r"|Residents|Always|compound|Shanxian|\btest\b|^clinic$|south-gate-in"
RIGHTS = "|".join(f"^{re.escape(right)}$" for right in Permission)
TOLD = r"https://[\d.:/]+|^onecard\.[a-z]+$|"
DATA = re.compile(
    TOLD + RIGHTS + "|" + NAMES + r"|(?:[0-9A-F]{4}-){3}[0-9A-F]{4}|/?\d[\d:. \-–]*|[0-9A-F]{14}|[0-9a-f]{16}"
)
SENTENCE_OF_THE_WORDS = re.compile(r"^[A-Z][^⟦⟧]*\.$")
"""Sentences that come from card_protocol.words in the language; they end with a full stop."""


def test_no_text_on_any_page_is_outside_the_catalogues(lived, pseudo):
    for address, browser in by_whoever_may(lived):
        # The trail itself is data through and through: a filter that nothing fits leaves the page around it.
        shown = "/audit?actor=1" if address == "/audit" else address
        for piece in Text(browser.get(shown).text).pieces:
            if SENTENCE_OF_THE_WORDS.match(piece):
                continue
            rest = DATA.sub("", re.sub(r"⟦[^⟦⟧]*⟧", "", re.sub(r"⟦[^⟦⟧]*⟧", "", piece)))
            assert not re.search(r"[A-Za-z]{2}", rest), (address, piece)
            assert language_free(rest), (address, piece)


def language_free(rest: str) -> bool:
    return not re.search(
        r"[一-鿿]", rest.replace("善贤社区", "").replace("王秀英", "").replace("单建国", "").replace("中文", "")
    )


def test_the_languages_are_the_catalogues(house):
    assert {language.value for language in Language} == {"zh_CN", "en"}
