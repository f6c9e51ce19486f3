"""One's own account: the password, second factors, the browsers that one is signed in with.

The password is chosen after the one-time password and changed whenever one likes; what makes the account safer or less
safe asks for the present password again, and wrong ones count.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from server.pages.answers import go, page, refused, set_cookie
from server.pages.browser import agent_of, short_name
from server.pages.console import Console, TheConsole
from server.pages.i18n import N_
from server.pages.users.beginning import beginning
from server.pages.users.login import Secret
from server.pages.users.second_step import NO_PASSKEYS_HERE
from server.pages.visit import Needs, Visit, our_form, signed_in_visit
from server.services.oidc import links
from server.services.problems import Code, Problem
from server.services.users import second_factor, sessions, signing_in, users
from server.services.users.passwords import PASSWORD_MAX_CHARS, PASSWORD_MIN_CHARS
from server.services.users.webauthn import place_of

router = APIRouter()

SignedInVisit = Annotated[Visit, Depends(signed_in_visit)]
OwnVisit = Annotated[Visit, Depends(Needs())]
"""Somebody with a password of their own."""

PROBLEMS: dict[Code, str] = {
    Code.PASSWORD_WRONG: N_("The present password is wrong."),
    Code.PASSWORD_WEAK: N_(
        "This password is too short, too easy to guess, or the one you have. Please read the rules."
    ),
    Code.INVALID: N_("A passkey needs a name, so that you know it again."),
    Code.TOO_MANY: N_("You have as many passkeys as one can have. Remove one first."),
}
BY: dict[str, str] = {
    "password": N_("Password"),
    "password+app": N_("Password and authenticator app"),
    "password+recovery": N_("Password and recovery code"),
    "password+passkey": N_("Password and passkey"),
    "passkey": N_("Passkey"),
    "oidc": N_("Unified account"),
    "oidc+app": N_("Unified account and authenticator app"),
    "oidc+recovery": N_("Unified account and recovery code"),
    "oidc+passkey": N_("Unified account and passkey"),
}
"""What a session was opened with, in words."""


@router.get("/account")
def account(request: Request, visit: OwnVisit, console: TheConsole) -> Response:
    """Everything at a glance."""
    return overview(request, visit, console, "", 200)


def overview(request: Request, visit: Visit, console: Console, problem: str, status: int) -> Response:
    """The page, with a sentence when something could not be done."""
    assert visit.user is not None
    with console.transactions.read() as session:
        has = second_factor.state(session, visit.user.user_id)
        connections = links.connected(session, visit.user.user_id)
        browsers = sessions.listing(session, visit.user.user_id, console.transactions.real_clock())
    return page(
        visit,
        "account.html",
        status=status,
        problem=problem,
        has=has,
        links=connections,
        provider=console.house.provider.issuer if console.house.provider is not None else "",
        browsers=[(one, short_name(one.agent)) for one in browsers],
        this=sessions.key_of(visit.secret),
        by=BY,
        no_passkeys=NO_PASSKEYS_HERE if place_of(request.headers.get("host", ""), secure=visit.secure) is None else "",
    )


def sentence(visit: Visit, problem: Problem, *, present: str = "password") -> str:
    """A problem with one's own account, in words; `present` is what the form calls the present password."""
    known = PROBLEMS.get(problem.code)
    fields = {Code.PASSWORD_WRONG: present, Code.PASSWORD_WEAK: "password", Code.INVALID: "name"}
    return visit.say(known, fields.get(problem.code, ())) if known else refused(visit, problem.code)


@router.get("/account/password")
def password_page(visit: SignedInVisit) -> Response:
    """The rules and three fields."""
    return _form(visit, "", 200)


@router.post("/account/password", dependencies=[Depends(our_form)])
def change(
    request: Request,
    visit: SignedInVisit,
    console: TheConsole,
    old: Secret = "",
    password: Secret = "",
    again: Secret = "",
) -> Response:
    """Set it; all other browsers of the user are signed out, this one stays."""
    assert visit.user is not None
    if password != again:
        return _form(visit, visit.say(N_("The two new passwords are not the same."), at="again"), 422)
    try:
        signing_in.confirm(console.house, visit.user.user_id, old)
        with console.transactions.work(visit.actor) as work:
            users.change_password(work, console.passwords, visit.user.user_id, old, password)
        opened = signing_in.anew(console.house, visit.user.user_id, agent_of(request))
    except Problem as problem:
        return _form(visit, sentence(visit, problem, present="old"), problem.status)
    console.hub.end_user(visit.user.user_id)
    response = go(beginning(console, visit.user))
    set_cookie(response, visit, console.session_cookie, opened.secret, max_age_s=None)
    return response


@router.post("/account/sessions/end", dependencies=[Depends(our_form)])
def end(visit: OwnVisit, console: TheConsole, key: Annotated[str, Form(max_length=16)] = "") -> Response:
    """Sign out one other browser, or all others when none is named."""
    assert visit.user is not None
    with console.transactions.work(visit.actor) as work:
        if key:
            sessions.end_one(work, visit.user.user_id, key)
        else:
            sessions.end_others(work, visit.user.user_id, visit.secret)
    console.hub.end_user(visit.user.user_id)
    return go("/account")


def _form(visit: Visit, problem: str, status: int) -> Response:
    assert visit.user is not None
    return page(
        visit,
        "password.html",
        status=status,
        problem=problem,
        first=visit.user.must_change,
        at_least=PASSWORD_MIN_CHARS,
        at_most=PASSWORD_MAX_CHARS,
    )
