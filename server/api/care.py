"""/care: the board of those who were not seen, cases, absences, home visits."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict
from sqlmodel import Session

from card_protocol.words.moment import local_day_and_minute
from server.api.entry import DEFAULT_LIMIT, After, Id, Limit, Needs, Remark, TheHouse
from server.api.preconditions import ToldHere, tag
from server.services import audit
from server.services.care import care_cases, care_watch, home_visits
from server.services.care.care_case import Deed
from server.services.care.care_cases import BY_HAND, BoardView, CaseView
from server.services.care.care_watch import Absence, WatchIn
from server.services.care.home_visits import VisitView
from server.services.paging import Page, part
from server.services.problems import Code, Problem, not_found
from server.services.roles import Permission
from server.services.work import Actor

router = APIRouter(prefix="/care", tags=["care"])

Carer = Annotated[Actor, Depends(Needs(Permission.CARE_WORK))]


class DeedIn(BaseModel):
    """What somebody did about a case."""

    model_config = ConfigDict(extra="forbid")

    deed: Deed
    note: Remark = ""


class Worry(BaseModel):
    """Why somebody opens a case by hand."""

    model_config = ConfigDict(extra="forbid")

    note: Remark = ""


class AbsenceIn(BaseModel):
    """Away or in hospital, up to and without a local day; without one, until somebody says that it is over."""

    model_config = ConfigDict(extra="forbid")

    kind: Absence
    until: date | None = None


class AbsenceView(AbsenceIn):
    """An absence as it stands."""

    from_ms: int


@router.get("/board")
def board(house: TheHouse, actor: Carer) -> BoardView:
    """Everybody who is watched, the most urgent first. Who asked is in the trail."""
    with house.transactions.work(actor) as work:
        audit.record(work, "care.read", "board")
    with house.transactions.read() as session:
        return care_cases.board(session, house.transactions.clock())


@router.get("/watch/{holder_id}")
def watched(house: TheHouse, _actor: Carer, holder_id: Id, response: Response) -> WatchIn:
    """Whom to call about somebody."""
    with house.transactions.read() as session:
        return tag(response, care_watch.watch_of(session, holder_id))


@router.put("/watch/{holder_id}")
def watch(house: TheHouse, actor: Carer, holder_id: Id, wanted: WatchIn, told: ToldHere) -> WatchIn:
    """Enter somebody, or change whom to call."""
    with house.transactions.work(actor) as work:

        def put() -> WatchIn:
            care_watch.put(work, holder_id, wanted)
            return care_watch.watch_of(work.session, holder_id)

        return told.change(work, f"watch:{holder_id}", lambda: care_watch.watch_of(work.session, holder_id), put)


@router.post("/watch/{holder_id}/case", status_code=201)
def worry(house: TheHouse, actor: Carer, holder_id: Id, why: Worry) -> CaseView:
    """Open a case by hand."""
    with house.transactions.work(actor) as work:
        return care_cases.open_case(work, holder_id, by_hand=True, note=why.note)


@router.get("/watch/{holder_id}/absence")
def away(house: TheHouse, _actor: Carer, holder_id: Id, response: Response) -> AbsenceView:
    """The absence that lasts; 404 when they are here."""
    with house.transactions.read() as session:
        return tag(response, _lasting(session, holder_id, house.transactions.clock()))


@router.put("/watch/{holder_id}/absence")
def absent(house: TheHouse, actor: Carer, holder_id: Id, wanted: AbsenceIn, told: ToldHere) -> AbsenceView:
    """They are away or in hospital."""
    with house.transactions.work(actor) as work:

        def put() -> AbsenceView:
            care_watch.leave(work, holder_id, wanted.kind, wanted.until)
            return _lasting(work.session, holder_id, work.now_ms)

        return told.change(work, f"absence:{holder_id}", lambda: _lasting(work.session, holder_id, work.now_ms), put)


@router.delete("/watch/{holder_id}/absence", status_code=204)
def back(house: TheHouse, actor: Carer, holder_id: Id) -> None:
    """They are back."""
    with house.transactions.work(actor) as work:
        care_watch.row_of(work.session, holder_id)
        care_watch.back(work, holder_id)


def _lasting(session: Session, holder_id: str, now_ms: int) -> AbsenceView:
    care_watch.row_of(session, holder_id)
    row = care_watch.absence_of(session, holder_id, now_ms)
    if row is None:
        raise not_found("absence of", holder_id)
    until = None if row.to_ms is None else local_day_and_minute(row.to_ms)[0]
    return AbsenceView(kind=Absence(row.kind), until=until, from_ms=row.from_ms)


@router.get("/cases/{case_id}")
def case(house: TheHouse, _actor: Carer, case_id: Id) -> CaseView:
    """One case with its history."""
    with house.transactions.read() as session:
        return care_cases.get(session, case_id)


@router.post("/cases/{case_id}/deeds")
def act(house: TheHouse, actor: Carer, case_id: Id, done: DeedIn) -> CaseView:
    """Say what was done; 409 when the case is closed, perhaps just now by somebody else."""
    if done.deed not in BY_HAND:
        raise Problem(Code.INVALID, f"{done.deed} happens by itself.", fields={"deed": "one of " + ", ".join(BY_HAND)})
    with house.transactions.work(actor) as work:
        return care_cases.act(work, case_id, done.deed, done.note)


@router.get("/visits")
def visits(
    house: TheHouse, actor: Carer, day: date | None = None, after: After = None, limit: Limit = DEFAULT_LIMIT
) -> Page[VisitView]:
    """Home visits of a local day; today where none is named."""
    with house.transactions.work(actor) as work:
        audit.record(work, "care.read", "visits")
    with house.transactions.read() as session:
        found = home_visits.of_day(session, day or local_day_and_minute(house.transactions.clock())[0])
        return part(found, lambda one: f"{one.came_ms:015}-{one.worker_card or 0}", after=after, limit=limit)
