"""The second step of the sign-in: a code, or a passkey; and the sign-in by passkey alone."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import JSONResponse, Response

from server.pages.answers import go, page, sentence_of, set_cookie
from server.pages.browser import agent_of, place_in
from server.pages.console import Console, TheConsole, console_of
from server.pages.i18n import N_
from server.pages.users.beginning import beginning
from server.pages.visit import AnyVisit, Visit, our_form, safe_back
from server.services.problems import Code, Problem
from server.services.users import passkeys, second_factor, signing_in
from server.services.users.signing_in import HALF_LIFE_MS, Opened
from server.services.users.webauthn import ANSWER_MAX_CHARS

router = APIRouter()

HALF_COOKIE = "onecard_half"
CODE_MAX_CHARS = 64
NO_PASSKEYS_HERE = N_(
    "Passkeys need this console under a name with HTTPS, for example https://onecard.example; "
    "an address in numbers has none."
)

Answer = Annotated[str, Form(max_length=ANSWER_MAX_CHARS)]


def half_way(visit: Visit, ticket: str, back: str) -> Response:
    """On to the second step; the ticket travels in a cookie that scripts cannot read."""
    response = go("/login/second" if back == "/" else f"/login/second?back={quote(back, safe='/')}")
    set_cookie(response, visit, HALF_COOKIE, ticket, max_age_s=HALF_LIFE_MS // 1000)
    return response


def signed_in(visit: Visit, console: Console, opened: Opened, back: str) -> Response:
    """Hand the browser its session, which it forgets when it is closed, and let the visitor go on."""
    target = "/account/password" if opened.user.must_change else safe_back(back)
    response = go(beginning(console, opened.user) if target == "/" else target)
    set_cookie(response, visit, console.session_cookie, opened.secret, max_age_s=None)
    return response


def _whole(visit: Visit, console: Console, opened: Opened, back: str) -> Response:
    response = signed_in(visit, console, opened, back)
    response.delete_cookie(HALF_COOKIE, secure=visit.secure, httponly=True, samesite="lax")
    return response


@router.get("/login/second")
def ask(request: Request, visit: AnyVisit, console: TheConsole, back: str = "/") -> Response:
    """A field for a code, and a button for who has a passkey here."""
    return _form(request, visit, console, back, "", 200)


@router.post("/login/second", dependencies=[Depends(our_form)])
def second(
    request: Request,
    visit: AnyVisit,
    console: TheConsole,
    code: Annotated[str, Form(max_length=CODE_MAX_CHARS)] = "",
    back: Annotated[str, Form()] = "/",
) -> Response:
    """A session, or the page again with a sentence."""
    ticket = request.cookies.get(HALF_COOKIE, "")
    try:
        opened = signing_in.by_code(console.house, ticket, code, agent_of(request))
    except Problem as problem:
        return _again(request, visit, console, back, problem)
    return _whole(visit, console, opened, back)


@router.get("/login/passkey")
def passkey_options(request: Request, visit: AnyVisit, console: TheConsole) -> Response:
    """What the browser's authenticator is asked, as JSON."""
    place = place_in(request, visit)
    if place is None or not visit.secret:
        return JSONResponse({"problem": visit.say(NO_PASSKEYS_HERE)}, 409)
    ticket = request.cookies.get(HALF_COOKIE, "")
    try:
        user_id = signing_in.owner(console.house, ticket).id if ticket else None
    except Problem:
        user_id = None
    house = console.house
    return JSONResponse(passkeys.ask(house.transactions, house.keystore, place, visit.secret, user_id))


@router.post("/login/passkey", dependencies=[Depends(our_form)])
def passkey(
    request: Request,
    visit: AnyVisit,
    console: TheConsole,
    answer: Answer = "",
    back: Annotated[str, Form()] = "/",
    step: Annotated[str, Form()] = "",
) -> Response:
    """What the authenticator signed; alone, or as the second step."""
    ticket = request.cookies.get(HALF_COOKIE, "") if step == "second" else ""
    try:
        place = place_in(request, visit)
        if place is None:
            raise Problem(Code.PASSKEY_REFUSED)
        opened = signing_in.by_passkey(console.house, place, visit.secret, answer, ticket, agent_of(request))
    except Problem as problem:
        if step == "second":
            return _again(request, visit, console, back, problem)
        return login_form(request, visit, back, problem=sentence_of(visit, problem), status=problem.status)
    return _whole(visit, console, opened, back)


def login_form(
    request: Request, visit: Visit, back: str, *, name: str = "", problem: str = "", status: int = 200
) -> Response:
    """Name and password, or a passkey where browsers have them."""
    here = place_in(request, visit) is not None
    other = console_of(request).house.provider is not None
    shown = {"back": safe_back(back), "name": name, "problem": problem, "passkeys": here, "provider": other}
    return page(visit, "login.html", status=status, **shown)


def _again(request: Request, visit: Visit, console: Console, back: str, problem: Problem) -> Response:
    if problem.code in (Code.SIGN_IN_OLD, Code.LOCKED):
        return login_form(request, visit, back, problem=sentence_of(visit, problem), status=problem.status)
    return _form(request, visit, console, back, sentence_of(visit, problem), problem.status)


def _form(request: Request, visit: Visit, console: Console, back: str, problem: str, status: int) -> Response:
    try:
        user = signing_in.owner(console.house, request.cookies.get(HALF_COOKIE, ""))
    except Problem:
        return go("/login")
    place = place_in(request, visit)
    with console.transactions.read() as session:
        has = second_factor.state(session, user.id)
    here = [one for one in has.passkeys if place is not None and one.rp_id == place.rp_id]
    return page(
        visit,
        "second_step.html",
        status=status,
        back=safe_back(back),
        problem=problem,
        app=has.app_since_ms is not None,
        codes=has.codes_left,
        passkeys=bool(here),
    )
