"""Signing in by another house's provider, and connecting one's account with the one there."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from server.pages.answers import go, page, sentence_of, set_cookie
from server.pages.browser import agent_of
from server.pages.console import TheConsole
from server.pages.users.account import overview, sentence
from server.pages.users.login import Secret
from server.pages.users.second_step import half_way, login_form, signed_in
from server.pages.visit import AnyVisit, Needs, Visit, our_form, safe_back
from server.services.oidc import links, sign_in
from server.services.oidc.sign_in import Begun
from server.services.problems import Problem
from server.services.users import signing_in
from server.services.users.signing_in import HALF_LIFE_MS, Half

router = APIRouter()

COOKIE = "onecard_oidc"
BACK = "/login/provider/back"

Own = Annotated[Visit, Depends(Needs())]
"""Somebody with a password of their own: a one-time password, which others have seen, connects nothing."""
Said = Annotated[str, Query(max_length=2000)]


@router.get("/login/provider")
def leave(request: Request, visit: AnyVisit, console: TheConsole, back: str = "/") -> Response:
    """Off to the provider."""
    try:
        begun = sign_in.begin(console.house, _back(request, visit), safe_back(back))
    except Problem as problem:
        return login_form(request, visit, back, problem=sentence_of(visit, problem), status=problem.status)
    return _kept(RedirectResponse(begun.address, 303), visit, begun)


@router.get(BACK)
def come_back(
    request: Request, visit: AnyVisit, console: TheConsole, state: Said = "", code: Said = "", error: Said = ""
) -> Response:
    """From the provider: a session, the second step, or a connected account."""
    agent, cookie = agent_of(request), request.cookies.get(COOKIE, "")
    user = visit.user.user_id if visit.user is not None else ""
    try:
        opened, onwards = sign_in.finish(
            console.house, cookie, state, "" if error else code, _back(request, visit), agent, user=user
        )
    except Problem as problem:
        said = sentence_of(visit, problem)
        if visit.user is not None:
            return _bare(overview(request, visit, console, said, problem.status), visit)
        return _bare(login_form(request, visit, "/", problem=said, status=problem.status), visit)
    if opened is None:
        return _bare(go("/account"), visit)
    if isinstance(opened, Half):
        return _bare(half_way(visit, opened.ticket, safe_back(onwards)), visit)
    return _bare(signed_in(visit, console, opened, onwards), visit)


@router.post("/account/provider", dependencies=[Depends(our_form)])
def connect(request: Request, visit: Own, console: TheConsole, password: Secret = "") -> Response:
    """With the present password; then a page with the way on: a form may not lead to another host (CSP)."""
    assert visit.user is not None
    try:
        signing_in.confirm(console.house, visit.user.user_id, password)
        begun = sign_in.begin(console.house, _back(request, visit), "/account", connect=visit.user.user_id)
    except Problem as problem:
        return overview(request, visit, console, sentence(visit, problem), problem.status)
    return _kept(page(visit, "oidc_onwards.html", address=begun.address), visit, begun)


@router.post("/account/provider/remove", dependencies=[Depends(our_form)])
def disconnect(request: Request, visit: Own, console: TheConsole, password: Secret = "") -> Response:
    """Connected no more."""
    assert visit.user is not None
    try:
        signing_in.confirm(console.house, visit.user.user_id, password)
    except Problem as problem:
        return overview(request, visit, console, sentence(visit, problem), problem.status)
    with console.transactions.work(visit.actor) as work:
        links.disconnect(work, visit.user.user_id)
    return go("/account")


def _back(request: Request, visit: Visit) -> str:
    """Our own address as this browser knows it; the provider has a list of those that it allows."""
    return f"{'https' if visit.secure else 'http'}://{request.headers.get('host', '')}{BACK}"


def _kept(response: Response, visit: Visit, begun: Begun) -> Response:
    set_cookie(response, visit, COOKIE, begun.cookie, max_age_s=HALF_LIFE_MS // 1000)
    return response


def _bare(response: Response, visit: Visit) -> Response:
    response.delete_cookie(COOKIE, secure=visit.secure, httponly=True, samesite="lax")
    return response
