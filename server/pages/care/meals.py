"""The care stations' day: who ate, what was taken, what stands open; and the same as a file."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from card_protocol.words.moment import local_day_and_minute
from server.pages.answers import is_part, page, part
from server.pages.care.purse_words import FATES, ITEMS, PROOFS
from server.pages.console import Console, TheConsole
from server.pages.downloads import FORMS, list_file
from server.pages.i18n import N_, Language, local_time
from server.pages.money import yuan
from server.pages.visit import Needs, Visit
from server.services import audit
from server.services.problems import not_found
from server.services.purses import meals
from server.services.purses.meals import DayView, StationView
from server.services.roles import Permission

router = APIRouter()

POINT_MAX_CHARS = 63
TITLES = (
    N_("Time"), N_("Station"), N_("Card"), N_("Name"), N_("House"), N_("Price (yuan)"), N_("Left (yuan)"),
    N_("State"), N_("Proof"),
)  # fmt: skip

Carer = Annotated[Visit, Depends(Needs(Permission.CARE_WORK))]


@router.get("/care/meals")
def day(request: Request, visit: Carer, console: TheConsole, day: str = "", point: str = "") -> Response:
    """A local day at one station, or at all. Whoever opens it is in the trail."""
    found = _found(visit, console, day, point, trail=not is_part(request))
    names = {station.point: _name(station, visit.language) for station in found.stations}
    shown: dict[str, Any] = {
        "found": found,
        "names": names,
        "point": point,
        "fates": FATES,
        "proofs": PROOFS,
        "items": ITEMS,
    }
    if is_part(request):
        return part(visit, "meals_list.html", **shown)
    return page(visit, "meals.html", live_after=console.hub.position(), **shown)


@router.get("/care/meals/list.{form}")
def as_file(visit: Carer, console: TheConsole, form: str, day: str = "", point: str = "") -> Response:
    """The list for Excel; the last row is the sum."""
    if form not in FORMS:
        raise not_found("form", form)
    found = _found(visit, console, day, point, trail=True)
    names = {station.point: _name(station, visit.language) for station in found.stations}
    rows = [
        [
            local_time(meal.at_ms),
            names.get(meal.point, meal.point),
            str(meal.card_number or ""),
            meal.name or "",
            meal.house or "",
            yuan(meal.price),
            "" if meal.value is None else yuan(meal.value),
            visit.say(FATES[meal.fate][2]),
            visit.say(PROOFS[meal.proof][2]),
        ]
        for meal in found.meals
    ]
    total = [visit.say(N_("Sum of what is booked")), "", str(found.count), "", "", yuan(found.taken), "", "", ""]
    return list_file(visit.say(N_("Meals")), visit.now_ms, form, [visit.say(t) for t in TITLES], [*rows, total])


def _found(visit: Visit, console: Console, day: str, point: str, *, trail: bool) -> DayView:
    wanted = _day(day) or local_day_and_minute(visit.now_ms)[0]
    if trail:
        with console.transactions.work(visit.actor) as work:
            audit.record(work, "meals.read", f"point:{point[:POINT_MAX_CHARS]}" if point else "points")
    with console.transactions.read() as session:
        return meals.day_of(session, wanted, point[:POINT_MAX_CHARS] or None)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _name(station: StationView, language: Language) -> str:
    return station.name_en if language is Language.EN else station.name_zh
