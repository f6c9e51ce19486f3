"""The scanner of the gate house: a field on the live page that takes a visitor's code, and what the code comes to."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from card_protocol.words.reason import Reason
from server.pages.answers import part, set_cookie
from server.pages.console import TheConsole
from server.pages.i18n import N_, Language
from server.pages.live.live_views import point_name
from server.pages.visit import Needs, Visit, our_form
from server.services.access import access
from server.services.access.access import PointIn
from server.services.gateways.commands import CommandView
from server.services.problems import Code, Problem
from server.services.property.passes import OPEN_KINDS
from server.services.roles import Permission, require
from server.services.visitors import gate_house, visitor_keeper
from server.services.visitors.gate_house import Scanned
from server.services.visitors.visitor_passes import VisitorView

router = APIRouter(prefix="/visitors")

Guard = Annotated[Visit, Depends(Needs(Permission.VISITORS_WRITE))]
TYPED_MAX_CHARS = 2000
"""What somebody may scan by mistake; a code of ours has 138."""

GATE_COOKIE = "onecard_gate"
"""The gate that this browser stands at."""

WHY = "Visitor's code scanned at the gate house."
"""Kept as it is and told in the reader's words (pages.marks.why)."""

TOO_OLD = (
    N_("This code is too old: on a telephone it changes every few minutes."),
    N_("Let the visitor open the link anew; a picture of it does not do."),
)
ASK_AGAIN = N_("Ask whom they visit; who may let them in makes a new pass.")
SENTENCES: dict[Reason, tuple[str, str]] = {
    Reason.FOREIGN: (N_("This is no visitor's code."), N_("Ask for the code of the visitor's pass and scan that.")),
    Reason.GRANT_FORGED: (
        N_("This code was not made here."),
        N_("Let nobody in by it; ask whom they visit."),
    ),
    Reason.UNKNOWN: (N_("This pass is not known any more."), ASK_AGAIN),
    Reason.REVOKED: (N_("This pass was ended."), ASK_AGAIN),
    Reason.EXPIRED: (N_("This pass is over."), ASK_AGAIN),
    Reason.USED_UP: (N_("This pass is used up: it has let in as often as it may."), ASK_AGAIN),
    Reason.NOT_YET_VALID: (N_("This pass has not begun yet."), N_("Let the visitor wait, or ask whom they visit.")),
    Reason.WRONG_POINT: (N_("This pass is for another gate."), N_("Send the visitor to a gate of the pass.")),
}
"""(what it is, what the guard does) of what a visitor shows; the decider's own sentences speak of cards."""

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
    answer = _answer(visit, found, point, known, code)
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
            found, order = gate_house.let_in(work, house.community, verify, code, point, WHY, speed=house.clock_speed)
    except Problem as problem:
        if problem.code not in (Code.WRONG_STATE, Code.TOO_MANY):
            raise
        said = visit.say(N_("Nothing was opened: the code is used up or over, or the gateway takes no order now."))
        with console.transactions.read() as session:
            found = gate_house.look(session, house.community, verify, code, point, visit.now_ms)
    with console.transactions.read() as session:
        known = gates(visit, access.points(session))
    return _answer(visit, found, point, known, code, order, said)


def _sentences(visit: Visit, found: Scanned) -> tuple[str, str]:
    """What the code is, and what the guard does about it."""
    reason, visitor = found.reason, found.visitor
    if reason in (Reason.REVOKED, Reason.RETURNED, Reason.EXPIRED) and visitor is not None:
        reason = _as_a_pass(visitor, reason, visit.now_ms)
        if reason is Reason.EXPIRED and visit.now_ms < visitor.to_ms:
            return visit.say(TOO_OLD[0]), visit.say(TOO_OLD[1])
    if reason is Reason.WRONG_POINT and visitor is not None and visitor.used >= visitor.uses:
        reason = Reason.USED_UP  # what is left of its rights are the ways out
    if reason in SENTENCES:
        why, todo = SENTENCES[reason]
        return visit.say(why), visit.say(todo)
    told, zh = found.told, visit.language is Language.ZH
    return (told.display_zh, told.guard_zh) if zh else (told.display_en, told.guard_en)


def _as_a_pass(visitor: VisitorView, reason: Reason, now_ms: int) -> Reason:
    """What the decider says of the card behind a pass is what became of the pass."""
    if visitor.ended_ms is not None and visitor.ended_why == visitor_keeper.USED_UP:
        return Reason.USED_UP
    if visitor.ended_ms is not None and visitor.ended_why != visitor_keeper.OVER:
        return Reason.REVOKED
    return Reason.EXPIRED if now_ms >= visitor.to_ms else reason


def _answer(
    visit: Visit,
    found: Scanned,
    point: str,
    known: dict[str, str],
    code: str,
    order: CommandView | None = None,
    problem: str = "",
) -> Response:
    why, todo = _sentences(visit, found)
    return part(
        visit,
        "visitor_scanned.html",
        found=found,
        why=why,
        todo=todo,
        doors=[known.get(one, one) for one in found.visitor.points] if found.visitor else [],
        point=point,
        gate=known.get(point, point),
        code=code,
        order=order,
        problem=problem,
    )
