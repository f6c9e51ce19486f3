"""A password of one's own: chosen after the one-time password, changed whenever one likes."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from server.pages.answers import go, page, refused
from server.pages.console import TheConsole
from server.pages.i18n import N_
from server.pages.login import Secret, open_session
from server.pages.menu import home
from server.pages.visit import Visit, our_form, signed_in_visit
from server.services import sessions, users
from server.services.passwords import PASSWORD_MAX_CHARS, PASSWORD_MIN_CHARS
from server.services.problems import Code, Problem

router = APIRouter()

SignedInVisit = Annotated[Visit, Depends(signed_in_visit)]

PROBLEMS: dict[Code, str] = {
    Code.PASSWORD_WRONG: N_("The present password is wrong."),
    Code.PASSWORD_WEAK: N_(
        "This password is too short, too easy to guess, or the one you have. Please read the rules."
    ),
}


@router.get("/account/password")
def password_page(visit: SignedInVisit) -> Response:
    """The rules and three fields."""
    return _form(visit, "", 200)


@router.post("/account/password", dependencies=[Depends(our_form)])
def change(
    visit: SignedInVisit, console: TheConsole, old: Secret = "", password: Secret = "", again: Secret = ""
) -> Response:
    """Set it; all other browsers of the user are signed out, this one stays."""
    assert visit.user is not None
    if password != again:
        return _form(visit, visit.say(N_("The two new passwords are not the same.")), 422)
    try:
        with console.transactions.work(visit.actor) as work:
            users.change_password(work, console.passwords, visit.user.user_id, old, password)
        secret, user = sessions.sign_in(console.transactions, console.passwords, visit.user.name, password)
    except Problem as problem:
        known = PROBLEMS.get(problem.code)
        return _form(visit, visit.say(known) if known else refused(visit, problem.code), problem.status)
    console.hub.end_user(visit.user.user_id)
    response = go(home(user.actor()))
    open_session(response, visit, console, secret)
    return response


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
