"""Answers to a browser: a page, a part of one, a way on; and the cookies that go with them."""

from dataclasses import replace
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from server.pages import csrf
from server.pages.render import render
from server.pages.visit import Visit
from server.services.problems import TEXTS, Code, Problem

YEAR_S = 31_536_000
SEE_OTHER = 303


def page(visit: Visit, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A whole page. A browser that has no secret yet gets one, so that the forms on the page can be its own."""
    fresh = not visit.secret
    if fresh:
        visit = replace(visit, secret=csrf.new_browser_secret())
    response = HTMLResponse(render(template, visit.language, visit=visit, **context), status)
    if fresh:
        set_cookie(response, visit, csrf.BROWSER_COOKIE, visit.secret)
    return response


def part(visit: Visit, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A part of a page, as htmx asks for it."""
    return HTMLResponse(render(template, visit.language, visit=visit, **context), status)


def go(to: str) -> RedirectResponse:
    """On to another page, by GET (RFC 9110 § 15.4.4)."""
    return RedirectResponse(to, SEE_OTHER)


def set_cookie(response: Response, visit: Visit, name: str, value: str, max_age_s: int | None = YEAR_S) -> None:
    """A cookie that scripts cannot read and other sites' forms do not send."""
    response.set_cookie(name, value, max_age=max_age_s, path="/", secure=visit.secure, httponly=True, samesite="lax")


def sentence_of(visit: Visit, problem: Problem) -> str:
    """A problem in the visit's language; the weak-password rules are told by the page itself."""
    text = TEXTS[problem.code]
    return text.en if visit.language == "en" else text.zh


def is_part(request: Request) -> bool:
    """Whether htmx asks, that wants no whole page."""
    return request.headers.get("hx-request") == "true"


def refused(visit: Visit, code: Code) -> str:
    """The sentence of a code."""
    return sentence_of(visit, Problem(code))
