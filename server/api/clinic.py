"""/clinic: the queue, the waiting room's screen, recalls, and arrivals as FHIR R4."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from card_protocol.words.moment import local_day_and_minute
from server.api.entry import DEFAULT_LIMIT, After, Id, Limit, Needs, TheHouse
from server.services import audit
from server.services.clinic import clinic, recalls
from server.services.clinic.clinic import ScreenView, TicketView
from server.services.clinic.clinic_queue import Move
from server.services.clinic.fhir_export import bundle
from server.services.clinic.recalls import RecallIn, RecallView
from server.services.paging import Page, part
from server.services.roles import Permission
from server.services.work import Actor

router = APIRouter(prefix="/clinic", tags=["clinic"])

FHIR_JSON = "application/fhir+json"

Nurse = Annotated[Actor, Depends(Needs(Permission.CLINIC_WORK))]


class FhirResponse(JSONResponse):
    """FHIR names its own type of JSON (FHIR R4 § 2.21.0.6)."""

    media_type = FHIR_JSON


def _today(house: TheHouse) -> date:
    return local_day_and_minute(house.transactions.clock())[0]


Today = Annotated[date, Depends(_today)]


@router.get("/queue")
def queue(
    house: TheHouse,
    actor: Nurse,
    today: Today,
    day: date | None = None,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[TicketView]:
    """The numbers of a day; today where none is named. Who asked is in the trail."""
    with house.transactions.work(actor) as work:
        audit.record(work, "clinic.read", "queue")
    with house.transactions.read() as session:
        found = clinic.queue(session, day or today)
        return part(found, lambda one: f"{one.number:06}-{one.id}", after=after, limit=limit)


@router.get("/screen")
def screen(house: TheHouse, _actor: Nurse, today: Today) -> ScreenView:
    """What the waiting room may read: masked names."""
    with house.transactions.read() as session:
        return clinic.screen(session, today)


@router.post("/next")
def call_next(house: TheHouse, actor: Nurse, today: Today) -> TicketView | None:
    """Call who has waited longest; null when nobody waits."""
    with house.transactions.work(actor) as work:
        return clinic.call_next(work, today)


@router.post("/tickets/{ticket_id}/{move}")
def move(house: TheHouse, actor: Nurse, ticket_id: Id, move: Move) -> TicketView:
    """Move a number; 409 when it is not where the move begins."""
    with house.transactions.work(actor) as work:
        return clinic.move(work, ticket_id, move)


@router.get("/recalls")
def due(
    house: TheHouse, _actor: Nurse, today: Today, after: After = None, limit: Limit = DEFAULT_LIMIT
) -> Page[RecallView]:
    """Who is due within two weeks."""
    with house.transactions.read() as session:
        return part(recalls.due(session, today), lambda one: f"{one.due}-{one.id}", after=after, limit=limit)


@router.post("/recalls", status_code=201)
def add(house: TheHouse, actor: Nurse, wanted: RecallIn) -> dict[str, str]:
    """Somebody is to come again."""
    with house.transactions.work(actor) as work:
        return {"id": recalls.add(work, wanted)}


@router.post("/recalls/{recall_id}/came", status_code=204)
def came(house: TheHouse, actor: Nurse, today: Today, recall_id: Id) -> None:
    """They have come."""
    with house.transactions.work(actor) as work:
        recalls.came(work, recall_id, today)


@router.get("/fhir", response_class=FhirResponse)
def fhir(house: TheHouse, actor: Nurse, today: Today, day: date | None = None) -> Any:
    """The arrivals of a day as a FHIR R4 Bundle: of those who consented, and without a diagnosis."""
    with house.transactions.work(actor) as work:
        audit.record(work, "clinic.export", f"day:{day or today}")
    with house.transactions.read() as session:
        found = clinic.arrivals(session, day or today)
    return FhirResponse(bundle(found, house.transactions.clock()))
