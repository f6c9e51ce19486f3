"""Signing in and out, and the two settings of the frame: language and colours."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from server.pages import i18n
from server.pages.answers import go, page, sentence_of, set_cookie
from server.pages.console import Console, TheConsole
from server.pages.i18n import Language
from server.pages.menu import home
from server.pages.visit import THEME_COOKIE, THEMES, AnyVisit, Visit, our_form, safe_back
from server.services import sessions
from server.services.problems import Problem

router = APIRouter()

NAME_MAX_CHARS = 63
PASSWORD_FORM_MAX_CHARS = 256

Name = Annotated[str, Form(max_length=NAME_MAX_CHARS)]
Secret = Annotated[str, Form(max_length=PASSWORD_FORM_MAX_CHARS)]


@router.get("/")
def begin(visit: AnyVisit) -> Response:
    """To where the visitor's work is."""
    return go(after_sign_in(visit, "/"))


@router.get("/login")
def login_page(visit: AnyVisit, back: str = "/") -> Response:
    """Name and password."""
    if visit.user is not None:
        return go(after_sign_in(visit, back))
    return page(visit, "login.html", back=safe_back(back), name="", problem="")


@router.post("/login", dependencies=[Depends(our_form)])
def login(
    visit: AnyVisit, console: TheConsole, name: Name = "", password: Secret = "", back: str = Form("/")
) -> Response:
    """A session, or the page again with a sentence."""
    try:
        secret, user = sessions.sign_in(console.transactions, console.passwords, name.strip(), password)
    except Problem as problem:
        sentence = sentence_of(visit, problem)
        return page(visit, "login.html", status=problem.status, back=safe_back(back), name=name, problem=sentence)
    target = "/account/password" if user.must_change else safe_back(back)
    response = go(home(user.actor()) if target == "/" else target)
    open_session(response, visit, console, secret)
    return response


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


def after_sign_in(visit: Visit, back: str) -> str:
    """Where a visitor goes on."""
    if visit.user is None:
        return "/login"
    if visit.user.must_change:
        return "/account/password"
    target = safe_back(back)
    return home(visit.actor) if target == "/" else target


def open_session(response: Response, visit: Visit, console: Console, secret: str) -> None:
    """Hand the browser its session; it forgets it when it is closed."""
    set_cookie(response, visit, console.session_cookie, secret, max_age_s=None)
