"""The scanner of the gate house: a field on the live page that takes a visitor's code, and what the code comes to."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from server.pages.answers import part, set_cookie
from server.pages.console import TheConsole
from server.pages.i18n import N_
from server.pages.live.live_views import point_name
from server.pages.visit import Needs, Visit, our_form
from server.services.access import access
from server.services.access.access import PointIn
from server.services.gateways.commands import CommandView
from server.services.problems import Code, Problem
from server.services.property.passes import OPEN_KINDS
from server.services.roles import Permission, require
from server.services.visitors import gate_house
from server.services.visitors.gate_house import Scanned

router = APIRouter(prefix="/visitors")

Guard = Annotated[Visit, Depends(Needs(Permission.VISITORS_WRITE))]
TYPED_MAX_CHARS = 2000
"""What somebody may scan by mistake; a code of ours has 138."""

GATE_COOKIE = "onecard_gate"
"""The gate that this browser stands at."""

WHY = N_("Visitor's code scanned at the gate house.")

Typed = Annotated[str, Form(max_length=TYPED_MAX_CHARS)]


def gates(visit: Visit, points: list[PointIn]) -> dict[str, str]:
    """Where visitors come in -> its name."""
    return {point.id: point_name(point, visit.language) for point in points if point.kind in OPEN_KINDS}


@router.post("/_scan", dependencies=[Depends(our_form)])
def scan(visit: Guard, console: TheConsole, point: Typed = "", code: Typed = "") -> Response:
    """Whose code it is, and whether it lets in here."""
    house = console.house
    with console.transactions.read() as session:
        known = gates(visit, access.points(session))
        if point not in known:
            raise Problem(Code.NOT_FOUND, "There is no such gate.")
        verify = house.keystore.grants.verifier.verify
        found = gate_house.look(session, house.community, verify, code, point, visit.now_ms)
    answer = _answer(visit, found, point, known[point], code)
    set_cookie(answer, visit, GATE_COOKIE, point)
    return answer


@router.post("/_let-in", dependencies=[Depends(our_form)])
def let_in(visit: Guard, console: TheConsole, point: Typed = "", code: Typed = "") -> Response:
    """The guard has seen who it is: open once, and count it."""
    require(visit.actor, Permission.COMMANDS_GIVE)
    house, said = console.house, ""
    verify, order = house.keystore.grants.verifier.verify, None
    try:
        with console.transactions.work(visit.actor) as work:
            found, order = gate_house.let_in(
                work, house.community, verify, code, point, visit.say(WHY), speed=house.clock_speed
            )
    except Problem as problem:
        if problem.code not in (Code.WRONG_STATE, Code.TOO_MANY):
            raise
        said = visit.say(N_("Nothing was opened: the code is used up or over, or the gateway takes no order now."))
        with console.transactions.read() as session:
            found = gate_house.look(session, house.community, verify, code, point, visit.now_ms)
    with console.transactions.read() as session:
        name = point_name(access.point_of(session, point), visit.language)
    return _answer(visit, found, point, name, code, order, said)


def _answer(
    visit: Visit, found: Scanned, point: str, gate: str, code: str, order: CommandView | None = None, problem: str = ""
) -> Response:
    zh = visit.language.tag.startswith("zh")
    told = found.told
    return part(
        visit,
        "visitor_scanned.html",
        found=found,
        why=told.display_zh if zh else told.display_en,
        todo=told.guard_zh if zh else told.guard_en,
        point=point,
        gate=gate,
        code=code,
        order=order,
        problem=problem,
    )
