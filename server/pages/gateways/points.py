"""The points of a gateway: entered and renamed by whoever sets its readers up."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response
from pydantic import ValidationError
from sqlmodel import Session

from card_protocol.words.point import Direction, PointKind
from server.pages.answers import go, page
from server.pages.console import TheConsole
from server.pages.i18n import N_
from server.pages.money import fen_of, yuan
from server.pages.visit import Needs, Visit, our_form
from server.pages.words import DIRECTIONS, POINT_KINDS
from server.services.access import access
from server.services.access.access import PointIn
from server.services.gateways import gateways
from server.services.problems import not_found
from server.services.roles import Permission

router = APIRouter()

AT_A_BOX: dict[str, tuple[str, str]] = {
    kind: words for kind, words in POINT_KINDS.items() if kind is not PointKind.DESK
}
"""Desks have their own program."""

EMPTY = {"point_id": "", "kind": PointKind.GATE.value, "name_zh": "", "name_en": "", "area": "", "direction": "none"}
EMPTY |= {"price": "", "day_limit": ""}
MONEY = {"price": "price_fen", "day_limit": "day_limit_fen"}
"""Fields in yuan -> what the point has in fen."""

TAKEN = N_("A point of this name is there already. Choose another, or change that one.")
FIELD_PROBLEMS = {
    "id": N_("A name has 1 to 63 lower-case letters, digits and dashes, for example south-gate-in."),
    "area": N_("An area has 1 to 63 lower-case letters, digits and dashes, for example compound."),
    "name_zh": N_("A point has a Chinese name of up to 80 characters."),
    "name_en": N_("An English name has up to 80 characters."),
    "kind": N_("Choose one of the kinds."),
    "direction": N_("Choose one of the directions."),
    "price_fen": N_("Yuan up to 1000, such as 12 or 12.50."),
    "day_limit_fen": N_("Yuan up to 1000, and no less than one meal costs."),
}

Writer = Annotated[Visit, Depends(Needs(Permission.GATEWAYS_WRITE))]
Line = Annotated[str, Form(max_length=200)]


@router.get("/gateways/{gateway_id}/points/_new")
def ask(visit: Writer, console: TheConsole, gateway_id: str) -> Response:
    """An empty form."""
    return _form(visit, console, gateway_id, EMPTY, {}, 200, new=True)


@router.post("/gateways/{gateway_id}/points/_new", dependencies=[Depends(our_form)])
def add(
    visit: Writer,
    console: TheConsole,
    gateway_id: str,
    point_id: Line = "",
    kind: Line = "",
    name_zh: Line = "",
    name_en: Line = "",
    area: Line = "",
    direction: Line = "",
    price: Line = "",
    day_limit: Line = "",
) -> Response:
    """Enter one; a name that is taken stays whose it is."""
    entered = {"point_id": point_id, "kind": kind, "name_zh": name_zh, "name_en": name_en}
    entered |= {"area": area, "direction": direction, "price": price, "day_limit": day_limit}
    with console.transactions.read() as session:
        gateways.get(session, gateway_id)
        taken = any(point.id == point_id.strip() for point in access.points(session))
    if taken:
        return _form(visit, console, gateway_id, entered, {"id": TAKEN}, 422, new=True)
    return _save(visit, console, gateway_id, entered, None)


@router.get("/gateways/{gateway_id}/points/{point_id}")
def one(visit: Writer, console: TheConsole, gateway_id: str, point_id: str) -> Response:
    """The form with what is known of it."""
    with console.transactions.read() as session:
        known = _of(session, gateway_id, point_id)
    entered = known.model_dump(mode="json") | {"point_id": known.id}
    for name, field in MONEY.items():
        entered[name] = yuan(entered[field]) if entered[field] is not None else ""
    return _form(visit, console, gateway_id, entered, {}, 200, new=False)


@router.post("/gateways/{gateway_id}/points/{point_id}", dependencies=[Depends(our_form)])
def change(
    visit: Writer,
    console: TheConsole,
    gateway_id: str,
    point_id: str,
    kind: Line = "",
    name_zh: Line = "",
    name_en: Line = "",
    area: Line = "",
    direction: Line = "",
    price: Line = "",
    day_limit: Line = "",
) -> Response:
    """Other names, another area, another price; its rules stay as they are."""
    with console.transactions.read() as session:
        known = _of(session, gateway_id, point_id)
    entered = {"point_id": point_id, "kind": kind, "name_zh": name_zh, "name_en": name_en}
    entered |= {"area": area, "direction": direction, "price": price, "day_limit": day_limit}
    return _save(visit, console, gateway_id, entered, known)


def _save(
    visit: Visit, console: TheConsole, gateway_id: str, entered: dict[str, str], known: PointIn | None
) -> Response:
    plain = {name: value.strip() for name, value in entered.items()}
    kept = known.model_dump(mode="json") if known is not None else {}
    given = {name: plain[name] for name in ("kind", "name_zh", "area", "direction")}
    given |= {"id": plain["point_id"], "name_en": plain["name_en"] or plain["name_zh"], "gateway_id": gateway_id}
    try:
        point = PointIn.model_validate(kept | given | _prices(plain))
        wrong = ["day_limit_fen"] if 0 < (point.day_limit_fen or 0) < (point.price_fen or 0) else []
    except ValidationError as error:
        wrong = [str(one["loc"][0]) for one in error.errors()]
    if wrong:
        problems = {name: FIELD_PROBLEMS[name] for name in wrong}
        return _form(visit, console, gateway_id, entered, problems, 422, new=known is None)
    with console.transactions.work(visit.actor) as work:
        access.set_point(work, console.house.community, point)
    return go(f"/gateways/{gateway_id}#points")


def _prices(plain: dict[str, str]) -> dict[str, int | None]:
    """In fen; None where nothing was entered, and what is no amount is one that no point takes."""
    found: dict[str, int | None] = {}
    for name, field in MONEY.items():
        try:
            found[field] = fen_of(plain[name]) if plain[name] else None
        except ValueError:
            found[field] = -1
    return found


def _of(session: Session, gateway_id: str, point_id: str) -> PointIn:
    """A point of this gateway; Problem NOT_FOUND."""
    gateways.get(session, gateway_id)
    for point in access.points(session):
        if point.id == point_id and point.gateway_id == gateway_id:
            return point
    raise not_found("point", point_id)


def _form(
    visit: Visit,
    console: TheConsole,
    gateway_id: str,
    entered: dict[str, Any],
    problems: dict[str, str],
    status: int,
    *,
    new: bool,
) -> Response:
    with console.transactions.read() as session:
        box = gateways.get(session, gateway_id)
        areas = sorted({point.area for point in access.points(session)})
    return page(
        visit,
        "point_form.html",
        status=status,
        box=box,
        entered=entered,
        problems={name: visit.say(text) for name, text in problems.items()},
        areas=areas,
        kinds=AT_A_BOX,
        directions={Direction.NONE.value: N_("Neither"), **{way: word for way, (_, word) in DIRECTIONS.items()}},
        new=new,
    )
