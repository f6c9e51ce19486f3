"""Second factors of one's own account: an authenticator app, passkeys, recovery codes."""

from typing import Annotated

import segno
from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import JSONResponse, Response

from server.pages.answers import go, page
from server.pages.browser import place_in
from server.pages.console import Console, TheConsole
from server.pages.i18n import N_
from server.pages.users.account import OwnVisit, overview, sentence
from server.pages.users.login import Secret
from server.pages.users.second_step import CODE_MAX_CHARS, NO_PASSKEYS_HERE, Answer
from server.pages.visit import Visit, our_form
from server.services.problems import Code, Problem
from server.services.users import passkeys, second_factor, signing_in, totp
from server.services.users.passkeys import NAME_MAX_CHARS

router = APIRouter(prefix="/account")

QR_SCALE = 6
"""Pixels for one square of the QR code: some 7 cm on a screen."""
QR_BORDER = 4

Line = Annotated[str, Form(max_length=200)]


@router.get("/app")
def ask(visit: OwnVisit) -> Response:
    """What an authenticator app is, and the present password."""
    return page(visit, "app_begin.html", problem="")


@router.post("/app", dependencies=[Depends(our_form)])
def begin(visit: OwnVisit, console: TheConsole, password: Secret = "") -> Response:
    """The QR code, and a field for the first code."""
    assert visit.user is not None
    try:
        signing_in.confirm(console.house, visit.user.user_id, password)
        with console.transactions.work(visit.actor) as work:
            secret = second_factor.begin_app(work, console.house.keystore, visit.user.user_id)
    except Problem as problem:
        return page(visit, "app_begin.html", status=problem.status, problem=sentence(visit, problem))
    return _show(visit, console, secret, "", 200)


@router.post("/app/confirm", dependencies=[Depends(our_form)])
def confirm(
    visit: OwnVisit, console: TheConsole, code: Annotated[str, Form(max_length=CODE_MAX_CHARS)] = ""
) -> Response:
    """The first code: the app counts from now on. Recovery codes are shown, this once."""
    assert visit.user is not None
    user_id, keystore = visit.user.user_id, console.house.keystore
    try:
        with console.transactions.work(visit.actor) as work:
            codes = second_factor.confirm_app(work, keystore, user_id, "".join(code.split()))
    except Problem as problem:
        with console.transactions.read() as session:
            secret = second_factor.begun_app(session, keystore, user_id)
        if secret is None or problem.code is not Code.CODE_WRONG:
            return go("/account")
        wrong = N_("This is not the code that the app shows now. Check that the telephone's clock is right.")
        return _show(visit, console, secret, visit.say(wrong, at="code"), problem.status)
    return _codes(visit, codes)


@router.post("/app/remove", dependencies=[Depends(our_form)])
def remove(request: Request, visit: OwnVisit, console: TheConsole, password: Secret = "") -> Response:
    """The app counts no more."""
    assert visit.user is not None
    try:
        signing_in.confirm(console.house, visit.user.user_id, password)
        with console.transactions.work(visit.actor) as work:
            second_factor.remove_app(work, visit.user.user_id)
    except Problem as problem:
        return overview(request, visit, console, sentence(visit, problem), problem.status)
    return go("/account")


@router.post("/codes", dependencies=[Depends(our_form)])
def new_codes(request: Request, visit: OwnVisit, console: TheConsole, password: Secret = "") -> Response:
    """Fresh recovery codes, shown this once; the ones before stop working."""
    assert visit.user is not None
    try:
        signing_in.confirm(console.house, visit.user.user_id, password)
        with console.transactions.work(visit.actor) as work:
            codes = second_factor.new_codes(work, console.house.keystore, visit.user.user_id)
    except Problem as problem:
        return overview(request, visit, console, sentence(visit, problem), problem.status)
    return _codes(visit, codes)


@router.get("/passkeys/_options")
def passkey_options(request: Request, visit: OwnVisit, console: TheConsole) -> Response:
    """What the browser's authenticator is asked for a new passkey, as JSON."""
    assert visit.user is not None
    place, house = place_in(request, visit), console.house
    if place is None:
        return JSONResponse({"problem": visit.say(NO_PASSKEYS_HERE)}, 409)
    asked = passkeys.ask_new(house.transactions, house.keystore, place, visit.secret, visit.user.user_id)
    return JSONResponse(asked)


@router.get("/passkeys/_new")
def ask_passkey(request: Request, visit: OwnVisit) -> Response:
    """A name for it, and the present password."""
    return _passkey_form(request, visit, "", "", 200)


@router.post("/passkeys/_new", dependencies=[Depends(our_form)])
def add_passkey(
    request: Request, visit: OwnVisit, console: TheConsole, name: Line = "", password: Secret = "", answer: Answer = ""
) -> Response:
    """Keep what the authenticator made."""
    assert visit.user is not None
    user_id, keystore, place = visit.user.user_id, console.house.keystore, place_in(request, visit)
    try:
        if place is None:
            raise Problem(Code.PASSKEY_REFUSED)
        signing_in.confirm(console.house, user_id, password)
        with console.transactions.work(visit.actor) as work:
            codes = passkeys.add(work, keystore, place, visit.secret, user_id, name, answer)
    except Problem as problem:
        return _passkey_form(request, visit, name, sentence(visit, problem), problem.status)
    return _codes(visit, codes) if codes else go("/account")


@router.post("/passkeys/{passkey_id}/remove", dependencies=[Depends(our_form)])
def remove_passkey(
    request: Request, visit: OwnVisit, console: TheConsole, passkey_id: str, password: Secret = ""
) -> Response:
    """It counts no more."""
    assert visit.user is not None
    try:
        signing_in.confirm(console.house, visit.user.user_id, password)
    except Problem as problem:
        return overview(request, visit, console, sentence(visit, problem), problem.status)
    with console.transactions.work(visit.actor) as work:
        passkeys.remove(work, visit.user.user_id, passkey_id)
    return go("/account")


def _show(visit: Visit, console: Console, secret: bytes, problem: str, status: int) -> Response:
    assert visit.user is not None
    address = totp.address(secret, visit.user.name, console.house.community)
    drawn = segno.make(address, error="m").png_data_uri(scale=QR_SCALE, border=QR_BORDER)
    text = totp.secret_text(secret)
    spelt = " ".join(text[i : i + 4] for i in range(0, len(text), 4))
    return page(visit, "app_confirm.html", status=status, problem=problem, drawn=drawn, spelt=spelt)


def _codes(visit: Visit, codes: list[str]) -> Response:
    return page(visit, "recovery_codes.html", codes=codes) if codes else go("/account")


def _passkey_form(request: Request, visit: Visit, name: str, problem: str, status: int) -> Response:
    here = place_in(request, visit) is not None
    none_here = "" if here else visit.say(NO_PASSKEYS_HERE)
    return page(
        visit,
        "passkey_new.html",
        status=status,
        name=name,
        problem=problem or none_here,
        here=here,
        most=NAME_MAX_CHARS,
    )
