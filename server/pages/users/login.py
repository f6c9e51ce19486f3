"""Signing in and out, and the two settings of the frame: language and colours."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from server.pages import i18n
from server.pages.answers import go, sentence_of, set_cookie
from server.pages.browser import agent_of
from server.pages.console import Console, TheConsole
from server.pages.i18n import N_, Language
from server.pages.users.beginning import beginning
from server.pages.users.second_step import half_way, login_form, signed_in
from server.pages.visit import THEME_COOKIE, THEMES, AnyVisit, Visit, our_form, safe_back
from server.services.problems import Problem
from server.services.users import sessions, signing_in
from server.services.users.signing_in import Half

router = APIRouter()

ENDED = N_("Your session had ended: nothing was saved. Sign in, and enter it once more.")

NAME_MAX_CHARS = 63
PASSWORD_FORM_MAX_CHARS = 256

Name = Annotated[str, Form(max_length=NAME_MAX_CHARS)]
Secret = Annotated[str, Form(max_length=PASSWORD_FORM_MAX_CHARS)]


@router.get("/")
def begin(visit: AnyVisit, console: TheConsole) -> Response:
    """To where the visitor's work is."""
    return go(after_sign_in(visit, console, "/"))


@router.get("/login")
def login_page(request: Request, visit: AnyVisit, console: TheConsole, back: str = "/", ended: str = "") -> Response:
    """Name and password, or a passkey. `ended`: a form was sent after the session had."""
    if visit.user is not None:
        return go(after_sign_in(visit, console, back))
    return login_form(request, visit, back, problem=visit.say(ENDED) if ended else "")


@router.post("/login", dependencies=[Depends(our_form)])
def login(
    request: Request,
    visit: AnyVisit,
    console: TheConsole,
    name: Name = "",
    password: Secret = "",
    back: str = Form("/"),
) -> Response:
    """A session, the second step, or the page again with a sentence."""
    try:
        passed = signing_in.by_password(console.house, name.strip(), password, agent_of(request))
    except Problem as problem:
        sentence = sentence_of(visit, problem)
        return login_form(request, visit, back, name=name, problem=sentence, status=problem.status)
    if isinstance(passed, Half):
        return half_way(visit, passed.ticket, safe_back(back))
    return signed_in(visit, console, passed, back)


@router.post("/logout", dependencies=[Depends(our_form)])
def logout(request: Request, visit: AnyVisit, console: TheConsole) -> Response:
    """End the session and every live stream of it."""
    sessions.sign_out(console.transactions, request.cookies.get(console.session_cookie, ""))
    console.hub.end_session(visit.session_key)
    response = go("/login")
    response.delete_cookie(console.session_cookie, secure=visit.secure, httponly=True, samesite="lax")
    return response


@router.post("/settings", dependencies=[Depends(our_form)])
def settings(
    visit: AnyVisit,
    back: Annotated[str, Form()] = "/",
    language: Annotated[str, Form()] = "",
    theme: Annotated[str, Form()] = "",
) -> Response:
    """Language and colours, kept for a year in this browser."""
    response = go(safe_back(back))
    if language in set(Language):
        set_cookie(response, visit, i18n.COOKIE, language)
    if theme in THEMES:
        set_cookie(response, visit, THEME_COOKIE, theme)
    return response


def after_sign_in(visit: Visit, console: Console, back: str) -> str:
    """Where a visitor goes on."""
    if visit.user is None:
        return "/login"
    if visit.user.must_change:
        return "/account/password"
    target = safe_back(back)
    return beginning(console, visit.user) if target == "/" else target
