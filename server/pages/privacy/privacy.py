"""The register: what people's data is kept for, on which basis, how long; what went by night; how consents stand."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response
from pydantic import ValidationError

from card_protocol.words.moment import local_day_and_minute
from server.pages.answers import go, page, part
from server.pages.console import TheConsole
from server.pages.i18n import N_
from server.pages.privacy.field_words import field_word
from server.pages.privacy.privacy_words import AIMS, BASES, ENDS, LAWS, RULES, STANDINGS, TABLES, VERDICTS
from server.pages.said import fields_of
from server.pages.visit import Needs, Visit, our_form
from server.pages.words import PURPOSES
from server.services.people.consents import Purpose
from server.services.privacy import assessments, ledger, register, requests, retention
from server.services.privacy.aims import PROCESSINGS, Aim
from server.services.privacy.assessments import AssessmentIn
from server.services.privacy.retention import KeepIn
from server.services.privacy.rules import RULES as ALL_RULES
from server.services.problems import Code, Problem
from server.services.roles import Permission

router = APIRouter()

LEDGER_ITEMS = 50
ESSAY_MAX_CHARS = 4000
Reader = Annotated[Visit, Depends(Needs(Permission.PRIVACY_READ))]
Worker = Annotated[Visit, Depends(Needs(Permission.PRIVACY_WORK))]
Short = Annotated[str, Form(max_length=400)]
Essay = Annotated[str, Form(max_length=ESSAY_MAX_CHARS)]


@router.get("/privacy")
def overview(visit: Reader, console: TheConsole) -> Response:
    """Every purpose with its basis, its time and its assessment."""
    with console.transactions.read() as session:
        keeps = retention.keeps(session)
        standings = assessments.standings(session, _today(visit))
        late, tallies = requests.overdue(session, visit.now_ms), ledger.tallies(session)
        nights = retention.nights(session)[:1]
    return page(
        visit,
        "privacy.html",
        processings=PROCESSINGS,
        keeps=keeps,
        standings=standings,
        late=late,
        tallies=tallies,
        night=nights[0] if nights else None,
        purposes=PURPOSES,
        **_words(),
    )


@router.get("/privacy/aims/{aim}")
def one_aim(visit: Reader, console: TheConsole, aim: Aim) -> Response:
    """One purpose: its fields, its rules, how long, and its assessments."""
    return _aim(visit, console, aim, "", 200)


@router.post("/privacy/aims/{aim}/keep", dependencies=[Depends(our_form)])
def keep(visit: Worker, console: TheConsole, aim: Aim, keep_days: Short = "", why: Short = "") -> Response:
    """Keep for another time."""
    try:
        wanted = KeepIn.model_validate({"keep_days": keep_days, "why": why})
        with console.transactions.work(visit.actor) as work:
            retention.set_keep(work, aim, wanted)
    except (ValidationError, Problem) as problem:
        if isinstance(problem, Problem) and problem.code is not Code.INVALID:
            raise
        said = visit.say(N_("A number of days that the law allows, and why."), at=fields_of(problem))
        return _aim(visit, console, aim, said, 422, {"keep_days": keep_days, "keep_why": why})
    return go(f"/privacy/aims/{aim}")


@router.post("/privacy/aims/{aim}/assess", dependencies=[Depends(our_form)])
def assess(
    visit: Worker,
    console: TheConsole,
    aim: Aim,
    necessity: Essay = "",
    risks: Essay = "",
    measures: Essay = "",
    verdict: Short = "",
    again_day: Short = "",
) -> Response:
    """Note an impact assessment."""
    given = {"necessity": necessity, "risks": risks, "measures": measures, "verdict": verdict, "again_day": again_day}
    try:
        wanted = AssessmentIn.model_validate(given)
        with console.transactions.work(visit.actor) as work:
            assessments.add(work, aim, wanted, _today(visit))
    except (ValidationError, Problem) as problem:
        if isinstance(problem, Problem) and problem.code is not Code.INVALID:
            raise
        said = visit.say(
            N_("All three questions, an answer, and a day to come on which it is asked again."), at=fields_of(problem)
        )
        return _aim(visit, console, aim, said, 422, given)
    return go(f"/privacy/aims/{aim}")


@router.get("/privacy/nights")
def nights(visit: Reader, console: TheConsole) -> Response:
    """What was deleted by which rule: lines of the record, which is a chain."""
    with console.transactions.read() as session:
        found, proofs = retention.nights(session), retention.proofs(session)
    return page(visit, "privacy_nights.html", nights=found, proofs=proofs, **_words())


@router.get("/privacy/consents")
def consents(visit: Worker, console: TheConsole, purpose: str = "", after: str | None = None) -> Response:
    """The ledger."""
    which = Purpose(purpose) if purpose in set(Purpose) else None
    with console.transactions.read() as session:
        found = ledger.lines(session, purpose=which, after=after, limit=LEDGER_ITEMS)
    shown: dict[str, Any] = {"found": found, "purpose": which or "", "purposes": PURPOSES}
    if after:
        return part(visit, "privacy_consents_rows.html", **shown)
    return page(visit, "privacy_consents.html", **shown)


def _aim(
    visit: Visit, console: TheConsole, aim: Aim, problem: str, status: int, typed: dict[str, str] | None = None
) -> Response:
    with console.transactions.read() as session:
        kept = retention.keeps(session)[aim]
        done = assessments.of_aim(session, aim)
    tables = [(name, use, [field_word(f) for f in use.fields]) for name, use in register.tables_of(aim).items()]
    return page(
        visit,
        "privacy_aim.html",
        status=status,
        aim=aim,
        processing=PROCESSINGS[aim],
        kept=kept,
        done=done,
        standing=assessments.standing(aim, done, _today(visit)),
        tables=tables,
        rules=[rule.id for rule in ALL_RULES if rule.aim is aim],
        problem=problem,
        typed=typed or {},
        **_words(),
    )


def _today(visit: Visit) -> date:
    return local_day_and_minute(visit.now_ms)[0]


def _words() -> dict[str, Any]:
    return {
        "aims": AIMS,
        "bases": BASES,
        "laws": LAWS,
        "table_words": TABLES,
        "ends": ENDS,
        "rule_words": RULES,
        "standing_words": STANDINGS,
        "verdicts": VERDICTS,
    }
