"""What came of it: who was absent, certificates, points of a year."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from card_protocol.words.moment import local_day_and_minute, local_ms
from server.pages.activities.activity_words import KINDS, marks_of
from server.pages.answers import page
from server.pages.console import Console, TheConsole
from server.pages.downloads import FORMS, list_file
from server.pages.i18n import N_, Language
from server.pages.visit import Needs, Visit
from server.services import audit
from server.services.activities import activities, merits
from server.services.activities.asked import Merit
from server.services.problems import not_found
from server.services.roles import Permission
from server.services.units import org

router = APIRouter()

FIRST_YEAR, LAST_YEAR = 2000, 2199
ABSENT_TITLES = (N_("Name"), N_("House"), N_("State"), N_("Why"))
MERIT_TITLES = (N_("Name"), N_("House"), N_("Times"), N_("Study points"), N_("Volunteer points"))

Worker = Annotated[Visit, Depends(Needs(Permission.ACTIVITIES_WORK))]


@router.get("/activities/points")
def points(visit: Worker, console: TheConsole, year: int = 0) -> Response:
    """What everybody earned in a year."""
    wanted = _year(visit, year)
    return page(visit, "merits.html", found=_merits(visit, console, wanted), year=wanted)


@router.get("/activities/points/list.{form}")
def points_file(visit: Worker, console: TheConsole, form: str, year: int = 0) -> Response:
    """The same for Excel."""
    _known(form)
    found = _merits(visit, console, _year(visit, year))
    rows = [[one.name, one.house, str(one.came), str(one.study), str(one.volunteer)] for one in found]
    return list_file(visit.say(N_("Points")), visit.now_ms, form, [visit.say(t) for t in MERIT_TITLES], rows)


@router.get("/activities/{number}/absent")
def absent(visit: Worker, console: TheConsole, number: int) -> Response:
    """Who should have come and did not, to be printed."""
    with console.transactions.read() as session:
        file = activities.get(session, visit.actor, number)
        found = merits.absent(session, visit.actor, number)
    return page(visit, "activity_absent.html", one=file.activity, found=found, marks=marks_of(file.activity.state))


@router.get("/activities/{number}/absent/list.{form}")
def absent_file(visit: Worker, console: TheConsole, number: int, form: str) -> Response:
    """The same for Excel; taking a list along is in the trail."""
    _known(form)
    with console.transactions.work(visit.actor) as work:
        marks = marks_of(activities.get(work.session, visit.actor, number).activity.state)
        found = merits.absent(work.session, visit.actor, number)
        audit.record(work, "activity.export", f"activity:{number}")
    rows = [[one.name, one.house, visit.say(marks[one.mark][2]), one.why] for one in found]
    return list_file(visit.say(N_("Absent")), visit.now_ms, form, [visit.say(t) for t in ABSENT_TITLES], rows)


@router.get("/activities/{number}/certificates/{holder_id}")
def certificate(visit: Worker, console: TheConsole, number: int, holder_id: str) -> Response:
    """That somebody was there, to be printed and signed."""
    with console.transactions.read() as session:
        found = merits.certificate(session, visit.actor, number, holder_id)
        unit = org.get(session, console.house.community)
    community = unit.name_en if visit.language is Language.EN else unit.name_zh
    return page(visit, "certificate.html", found=found, kinds=KINDS, community=community)


def _merits(visit: Visit, console: Console, year: int) -> list[Merit]:
    with console.transactions.read() as session:
        return merits.merits(session, visit.actor, local_ms(date(year, 1, 1)), local_ms(date(year + 1, 1, 1)))


def _year(visit: Visit, year: int) -> int:
    return year if FIRST_YEAR <= year <= LAST_YEAR else local_day_and_minute(visit.now_ms)[0].year


def _known(form: str) -> None:
    if form not in FORMS:
        raise not_found("form", form)
