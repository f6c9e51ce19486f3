"""/privacy: the register of purposes, what went by night, consents, and requests of people about their own data.

Reading alone: whoever answers somebody, deletes, or notes an assessment looks at what they do, on the pages.
"""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from card_protocol.words.moment import local_day_and_minute
from server.api.entry import DEFAULT_LIMIT, After, Limit, Needs, Number, TheHouse
from server.services import audit
from server.services.paging import Page, part
from server.services.people.consents import Purpose
from server.services.privacy import assessments, ledger, register, requests, retention
from server.services.privacy.aims import PROCESSINGS, Aim, Basis, Law
from server.services.privacy.assessments import AssessmentView, Standing
from server.services.privacy.ledger import LedgerLine, Tally
from server.services.privacy.requests import RequestFile, RequestView
from server.services.privacy.retention import KeepView, NightView, ProofView
from server.services.roles import Permission
from server.services.work import Actor

router = APIRouter(prefix="/privacy", tags=["privacy"])

Reader = Annotated[Actor, Depends(Needs(Permission.PRIVACY_READ))]
Worker = Annotated[Actor, Depends(Needs(Permission.PRIVACY_WORK))]


class AimView(BaseModel):
    """What personal data is processed for: on which basis, how long it is kept, how its impact assessment stands."""

    aim: Aim
    basis: Basis
    laws: list[Law]
    sensitive: bool
    consent: Purpose | None
    keep: KeepView
    standing: Standing


class TableView(BaseModel):
    """A table that holds data for a purpose, and what of it is about somebody."""

    table: str
    fields: list[str]


class AimFile(BaseModel):
    """A purpose with its tables and assessments, the newest first."""

    aim: AimView
    tables: list[TableView]
    assessments: list[AssessmentView]


@router.get("/aims")
def aims(house: TheHouse, _actor: Reader, after: After = None, limit: Limit = DEFAULT_LIMIT) -> Page[AimView]:
    """The register."""
    return part(_views(house), lambda one: one.aim, after=after, limit=limit)


@router.get("/aims/{aim}")
def one_aim(house: TheHouse, _actor: Reader, aim: Aim) -> AimFile:
    """One purpose."""
    (view,) = (one for one in _views(house) if one.aim is aim)
    with house.transactions.read() as session:
        done = assessments.of_aim(session, aim)
    tables = [TableView(table=name, fields=list(use.fields)) for name, use in register.tables_of(aim).items()]
    return AimFile(aim=view, tables=tables, assessments=done)


@router.get("/nights")
def nights(house: TheHouse, _actor: Reader, after: After = None, limit: Limit = DEFAULT_LIMIT) -> Page[NightView]:
    """Nights in which something was deleted."""
    with house.transactions.read() as session:
        found = retention.nights(session)
    return part(found, lambda one: one.day.isoformat(), after=after, limit=limit)


@router.get("/proofs")
def proofs(house: TheHouse, _actor: Reader, after: After = None, limit: Limit = DEFAULT_LIMIT) -> Page[ProofView]:
    """The last deletions as the chained record tells them."""
    with house.transactions.read() as session:
        found = retention.proofs(session)
    return part(found, lambda one: f"{one.id:019}", after=after, limit=limit)


@router.get("/consents/counts")
def counts(house: TheHouse, _actor: Reader, after: After = None, limit: Limit = DEFAULT_LIMIT) -> Page[Tally]:
    """How consents stand, purpose by purpose, by everybody's last word."""
    with house.transactions.read() as session:
        return part(ledger.tallies(session), lambda one: one.purpose, after=after, limit=limit)


@router.get("/consents")
def consents(
    house: TheHouse,
    actor: Worker,
    purpose: Purpose | None = None,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[LedgerLine]:
    """Who gave which consent by which notice, and who took one back; newest first. Who asked is in the trail."""
    with house.transactions.work(actor) as work:
        audit.record(work, "privacy.read", "consents")
    with house.transactions.read() as session:
        return ledger.lines(session, purpose=purpose, after=after, limit=limit)


@router.get("/requests")
def asked(
    house: TheHouse, actor: Worker, over: bool = False, after: After = None, limit: Limit = DEFAULT_LIMIT
) -> Page[RequestView]:
    """Open requests with their clocks, or those that are over, by number. Who asked is in the trail."""
    with house.transactions.work(actor) as work:
        audit.record(work, "privacy.read", "requests")
    with house.transactions.read() as session:
        found = requests.listing(session, house.transactions.clock(), over=over)
    return part(found, lambda one: f"{one.number:019}", after=after, limit=limit)


@router.get("/requests/{number}")
def one_request(house: TheHouse, actor: Worker, number: Number) -> RequestFile:
    """One request with its history. Who asked is in the trail."""
    with house.transactions.work(actor) as work:
        found = requests.get(work.session, number, work.now_ms)
        audit.record(work, "privacy.read", f"request:{number}")
        return found


def _views(house: TheHouse) -> list[AimView]:
    with house.transactions.read() as session:
        keeps = retention.keeps(session)
        standings = assessments.standings(session, local_day_and_minute(house.transactions.clock())[0])
    return [
        AimView(
            aim=aim,
            basis=one.basis,
            laws=list(one.laws),
            sensitive=one.sensitive,
            consent=one.consent,
            keep=keeps[aim],
            standing=standings[aim],
        )
        for aim, one in PROCESSINGS.items()
    ]
