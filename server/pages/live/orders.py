"""Orders from afar: the question before one, with what it brings about; given by guards, admins and installers."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from card_protocol.wire.command import Action
from card_protocol.words.situation import LOCKDOWN_MAX_LEVEL
from server.pages.answers import go, page
from server.pages.console import TheConsole
from server.pages.i18n import N_, Language, translator
from server.pages.live.live_views import point_name
from server.pages.said import WHY_PROBLEM
from server.pages.visit import Needs, Visit, our_form
from server.services.access import access, areas
from server.services.access.access import PointIn
from server.services.gateways import commands, gateways
from server.services.gateways.commands import WHY_MAX_CHARS, CommandIn
from server.services.gateways.gateways import GatewayView
from server.services.problems import Code, Problem, not_found
from server.services.roles import Permission

router = APIRouter()

Giver = Annotated[Visit, Depends(Needs(Permission.COMMANDS_GIVE))]
WhyField = Annotated[str, Form(max_length=2000)]
KeyField = Annotated[str, Form(max_length=64, pattern=r"^[!-~]*$")]
KEY_BYTES = 16


@dataclass(frozen=True)
class Order:
    """One thing that can be ordered, as a person is asked for it."""

    icon: str
    label: str
    consequence: str
    tone: str = "primary"


AT_POINT: dict[Action, Order] = {
    Action.OPEN_ONCE: Order(
        "door-enter",
        N_("Open once"),
        N_("The door opens as it does for a card, and locks again by itself."),
    ),
    Action.HOLD_OPEN: Order(
        "lock-open",
        N_("Hold open"),
        N_("The door stands unlocked for everybody until somebody ends it, also over a restart."),
        "danger",
    ),
    Action.LOCK_DOWN: Order(
        "lock",
        N_("Lock down the area"),
        N_("At every door of the area only exempt people enter until somebody ends it. Everybody may leave."),
        "danger",
    ),
    Action.RELEASE: Order(
        "check",
        N_("Back to normal"),
        N_("A hold of this door and a lockdown of its area end; cards and schedules count again."),
    ),
    Action.RESTART_READER: Order(
        "refresh",
        N_("Restart the reader"),
        N_("The reader is closed and opened anew; for a few seconds no card is read here."),
        "secondary",
    ),
    Action.FORGIVE: Order(
        "users",
        N_("Let everybody in again"),
        N_("Anti-passback starts anew here: nobody is refused any more because they have not tapped out."),
        "secondary",
    ),
}

OUTCOMES: dict[str, str] = {
    "expired": N_("It came too late."),
    "overtaken": N_("A later order came first."),
    "clock_unsure": N_("The gateway does not know the time and opens nothing from afar."),
    "too_many": N_("The gateway keeps no more holds or lockdowns."),
    "no_lock": N_("There is no lock at this point."),
    "no_such_point": N_("The gateway has no reader or door for this point."),
}
"""What was in the way, in words; anything else is shown as the gateway said it."""

LOG_WHY = "Asked for on the gateway's page."
"""Kept as it is and told in the reader's words (pages.marks.why)."""


@router.get("/points/{point_id}/orders")
def ask(visit: Giver, console: TheConsole, point_id: str) -> Response:
    """What can be ordered at a point."""
    return _question(visit, console, point_id, "", 200)


@router.post("/points/{point_id}/orders", dependencies=[Depends(our_form)])
def give(
    visit: Giver,
    console: TheConsole,
    point_id: str,
    action: Annotated[str, Form(max_length=16)] = "",
    level: Annotated[int, Form(ge=1, le=LOCKDOWN_MAX_LEVEL)] = 1,
    why: WhyField = "",
    key: KeyField = "",
) -> Response:
    """Order it, and go back to the gates, which say what was ordered. A form that is sent twice is one order."""
    if action not in {known.value for known in AT_POINT}:
        raise not_found("order", action)
    why = why.strip()
    if not why or len(why) > WHY_MAX_CHARS or not why.isprintable():
        sentence = visit.say(WHY_PROBLEM, at="why")
        return _question(visit, console, point_id, sentence, 422)
    try:
        _give(visit, console, point_id, Action(action), level, why, key)
    except Problem as problem:
        if problem.code not in (Code.WRONG_STATE, Code.TOO_MANY, Code.EXISTS):
            raise
        sentence = visit.say(N_("The gateway of this point takes no order now. Look at its page."))
        return _question(visit, console, point_id, sentence, 409)
    return go(f"/live?ordered={action}&at={point_id}")


@dataclass(frozen=True)
class Ordered:
    """What the gates' page says after an order."""

    label: str
    place: str
    gateway: str | None
    """Whose page tells what became of it."""


def ordered(points: Iterable[PointIn], action: str, point_id: str, language: Language) -> Ordered | None:
    """What an address says was ordered where, in words; None for what cannot have been."""
    point = next((point for point in points if point.id == point_id), None)
    order = next((order for known, order in AT_POINT.items() if known.value == action), None)
    if point is None or order is None:
        return None
    return Ordered(translator(language)(order.label), point_name(point, language), point.gateway_id)


@router.post("/gateways/{gateway_id}/log", dependencies=[Depends(our_form)])
def read_log(visit: Giver, console: TheConsole, gateway_id: str, key: KeyField = "") -> Response:
    """Ask the box for the newest lines of its logs."""
    asked = CommandIn(action=Action.READ_LOG, why=LOG_WHY)
    with console.transactions.work(visit.actor) as work:
        commands.give(work, gateway_id, asked, key=key, speed=console.house.clock_speed)
    return go(f"/gateways/{gateway_id}#orders")


def _give(visit: Visit, console: TheConsole, point_id: str, action: Action, level: int, why: str, key: str) -> None:
    with console.transactions.work(visit.actor) as work:
        point, box = _place(console, point_id)
        if box is None:
            raise Problem(Code.WRONG_STATE, f"No gateway serves {point_id}.")
        if action is Action.LOCK_DOWN:
            commands.lock_down_area(work, point.area, level, why)
            return
        if action is not Action.RELEASE or point.id in box.held or point.area not in box.lockdowns:
            asked = CommandIn(action=action, point=point.id, why=why)
            commands.give(work, box.id, asked, key=key, speed=console.house.clock_speed)
        if action is Action.RELEASE:
            commands.lock_down_area(work, point.area, 0, why)


def _place(console: TheConsole, point_id: str) -> tuple[PointIn, GatewayView | None]:
    with console.transactions.read() as session:
        point = next((point for point in access.points(session) if point.id == point_id), None)
        if point is None:
            raise not_found("point", point_id)
        return point, gateways.get(session, point.gateway_id) if point.gateway_id else None


def _levels(console: TheConsole) -> dict[int, list[str]]:
    """Each level of a lockdown, with the roles of cards that still let in at it."""
    with console.transactions.read() as session:
        named = areas.privileges(session, console.house.community).lockdown
    return {
        level: sorted(named[level - 1]) if level <= len(named) else [] for level in range(1, LOCKDOWN_MAX_LEVEL + 1)
    }


def _question(visit: Visit, console: TheConsole, point_id: str, problem: str, status: int) -> Response:
    point, box = _place(console, point_id)
    return page(
        visit,
        "orders.html",
        status=status,
        point=point,
        name=point_name(point, visit.language),
        box=box,
        orders=AT_POINT,
        levels=_levels(console),
        key=console.transactions.entropy(KEY_BYTES).hex(),
        problem=problem,
    )
