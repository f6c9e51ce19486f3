"""Who joins and who is shut out: an operator confirms the fingerprint of a box, refuses it, or revokes a gateway."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from server.pages.answers import go
from server.pages.console import TheConsole
from server.pages.gateways.boxes import box_page
from server.pages.said import WHY_PROBLEM
from server.pages.visit import Needs, Visit, our_form
from server.services.gateways import gateways
from server.services.gateways.gateways import GatewayView
from server.services.problems import Code, Problem
from server.services.roles import Permission

router = APIRouter()

WHY_MAX_CHARS = 200

Writer = Annotated[Visit, Depends(Needs(Permission.GATEWAYS_WRITE))]
Text = Annotated[str, Form(max_length=500)]


@router.post("/gateways/{gateway_id}/confirm", dependencies=[Depends(our_form)])
def confirm(visit: Writer, console: TheConsole, gateway_id: str, mark: Text = "") -> Response:
    """The box that asks shows this fingerprint; another one that asked meanwhile is not let in by it."""
    _unless_it_is_over(lambda: _confirm(visit, console, gateway_id, mark))
    return go(f"/gateways/{gateway_id}")


@router.post("/gateways/{gateway_id}/refuse", dependencies=[Depends(our_form)])
def refuse(visit: Writer, console: TheConsole, gateway_id: str) -> Response:
    """It is none of ours; its claim is void."""
    _unless_it_is_over(lambda: _refuse(visit, console, gateway_id))
    return go(f"/gateways/{gateway_id}")


@router.post("/gateways/{gateway_id}/revoke", dependencies=[Depends(our_form)])
def revoke(visit: Writer, console: TheConsole, gateway_id: str, why: Text = "") -> Response:
    """Stolen or broken: nothing of it counts any more."""
    if not why.strip():
        return _asked_why(visit, console, gateway_id)
    with console.transactions.work(visit.actor) as work:
        gateways.revoke(work, gateway_id, why=why.strip()[:WHY_MAX_CHARS])
    return go(f"/gateways/{gateway_id}")


@router.post("/gateways/{gateway_id}/take-down", dependencies=[Depends(our_form)])
def take_down(visit: Writer, console: TheConsole, gateway_id: str, why: Text = "") -> Response:
    """Somebody saw that it hangs there no more; joined again meanwhile, it does."""
    return _said(visit, console, gateway_id, gateways.take_down, why)


@router.post("/gateways/{gateway_id}/hang-again", dependencies=[Depends(our_form)])
def hang_again(visit: Writer, console: TheConsole, gateway_id: str, why: Text = "") -> Response:
    """That was said in error."""
    return _said(visit, console, gateway_id, gateways.hang_again, why)


def _said(visit: Visit, console: TheConsole, gateway_id: str, act: Callable[..., GatewayView], why: str) -> Response:
    if not why.strip():
        return _asked_why(visit, console, gateway_id)

    def do() -> None:
        with console.transactions.work(visit.actor) as work:
            act(work, gateway_id, why=why.strip()[:WHY_MAX_CHARS])

    _unless_it_is_over(do)
    return go(f"/gateways/{gateway_id}")


def _asked_why(visit: Visit, console: TheConsole, gateway_id: str) -> Response:
    return box_page(visit, console, gateway_id, visit.say(WHY_PROBLEM, at="why"), 422)


def _unless_it_is_over(act: Callable[[], None]) -> None:
    """Somebody else was quicker, or another box asks now: the page that is shown next tells how it stands."""
    try:
        act()
    except Problem as problem:
        if problem.code not in (Code.WRONG_STATE, Code.INVALID):
            raise


def _confirm(visit: Visit, console: TheConsole, gateway_id: str, mark: str) -> None:
    with console.transactions.work(visit.actor) as work:
        gateways.confirm(work, gateway_id, mark)


def _refuse(visit: Visit, console: TheConsole, gateway_id: str) -> None:
    with console.transactions.work(visit.actor) as work:
        gateways.refuse(work, gateway_id)
