"""One card's purse: its books, money onto it at the desk, and what is added to meals."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic import ValidationError
from sqlmodel import Session

from card_protocol.words.card import OPENS_DOORS
from card_protocol.words.moment import local_day_and_minute
from server.pages.answers import go, page, refused
from server.pages.care.purse_words import FATES, HINDRANCES, ITEMS, PROOFS
from server.pages.console import Console, TheConsole
from server.pages.downloads import FORMS, list_file
from server.pages.i18n import N_, local_time
from server.pages.live.live_views import point_name
from server.pages.money import fen_of, yuan
from server.pages.said import fields_of
from server.pages.visit import Needs, Visit, our_form
from server.services import audit
from server.services.access import access
from server.services.cards import cards
from server.services.cards.cards import CardView
from server.services.desk.carrying_over import CarryIn, carry_over
from server.services.desk.topping_up import ToppedUp, TopUpIn, top_up
from server.services.problems import Code, Problem, not_found
from server.services.purses import moving, purses, subsidies
from server.services.purses.carry_over import ENDED, Why
from server.services.purses.purses import LedgerView
from server.services.purses.subsidies import SubsidyIn
from server.services.roles import Permission

router = APIRouter()

WAIT_MS = 60_000

Reader = Annotated[Visit, Depends(Needs(Permission.PURSES_READ))]
Cashier = Annotated[Visit, Depends(Needs(Permission.PURSES_CREDIT))]
Carer = Annotated[Visit, Depends(Needs(Permission.CARE_WORK))]
Short = Annotated[str, Form(max_length=64)]
NOTHING_TYPED: Mapping[str, str] = MappingProxyType({})

AMOUNT_PROBLEM = N_("An amount is written like 50 or 50.50, in yuan.")
MOVE_PROBLEM = N_("Lay the new card of the same person on the reader; what is in the way stands below.")
_OF_THE_MOVE = frozenset({Code.INVALID, Code.WRONG_STATE})
TERMS_PROBLEM = N_("Both amounts are more than 0, and the days are dates.")
TERMS_PROBLEMS = {
    "day_limit": N_("What a day adds at most is not less than what a meal adds."),
    "last": N_("The last day is not before the first."),
}
"""The field that the service refuses -> why."""

PAST_QUESTION = N_(
    "The first day is in the past, so meals that were already taken count as well: ¥%(then)s are due then at once "
    "instead of ¥%(now)s."
)
TITLES = (
    N_("No."), N_("Time"), N_("Where"), N_("Amount (yuan)"), N_("Of it subsidy (yuan)"), N_("Left (yuan)"),
    N_("State"), N_("Proof"),
)  # fmt: skip


@router.get("/purses/{card_id}")
async def purse(visit: Reader, console: TheConsole, card_id: str, paid: int | None = None) -> Response:
    """The books, newest line first. `paid`: the number of the transaction that has just come onto the card."""
    return await _shown(visit, console, card_id, paid=paid)


@router.get("/purses/{card_id}/list.{form}")
def as_file(visit: Reader, console: TheConsole, card_id: str, form: str) -> Response:
    """The books for Excel."""
    if form not in FORMS:
        raise not_found("form", form)
    found, names, _ = _books(visit, console, card_id)
    rows = [
        [
            str(line.counter),
            local_time(line.at_ms),
            names.get(line.point or "", line.point or visit.say(N_("a meal"))),
            yuan(line.amount),
            yuan(line.subsidy) if line.subsidy else "",
            "" if line.value is None else yuan(line.value),
            visit.say(FATES[line.fate][2]),
            visit.say(PROOFS[line.proof][2]),
        ]
        for line in found.lines
    ]
    name = visit.say(N_("Purse of card %(number)s")) % {"number": found.card_number}
    return list_file(name, visit.now_ms, form, [visit.say(title) for title in TITLES], rows)


@router.post("/purses/{card_id}/top-up", dependencies=[Depends(our_form)])
async def put_on(
    visit: Cashier, console: TheConsole, card_id: str, desk: Short = "", amount: Short = "", subsidy: Short = ""
) -> Response:
    """Put money on this card; answers when the card has it, or says why not."""
    typed = {"desk": desk, "amount": amount, "subsidy": subsidy}
    try:
        wanted = {"desk": desk, "amount": fen_of(amount or "0"), "with_subsidy": bool(subsidy), "card_id": card_id}
        done = await top_up(console.house, visit.actor, TopUpIn.model_validate(wanted | {"wait_ms": WAIT_MS}))
    except (ValidationError, ValueError):
        return await _shown(
            visit, console, card_id, problem=visit.say(AMOUNT_PROBLEM, at="amount"), status=422, typed=typed
        )
    except Problem as problem:
        said = visit.say(AMOUNT_PROBLEM, at="amount") if problem.code is Code.INVALID else refused(visit, problem.code)
        return await _shown(visit, console, card_id, problem=said, status=problem.status, typed=typed)
    return _paid(done)


@router.post("/purses/{card_id}/move", dependencies=[Depends(our_form)])
async def move(
    visit: Cashier,
    console: TheConsole,
    card_id: str,
    desk: Short = "",
    why: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Put what this lost card holds onto the card on the desk: another one of the same person."""
    typed = {"desk": desk, "why": why}
    try:
        wanted = CarryIn.model_validate({"desk": desk, "from_card": card_id, "waive": why, "wait_ms": WAIT_MS})
        done = await carry_over(console.house, visit.actor, wanted)
    except ValidationError:
        return await _shown(visit, console, card_id, problem=visit.say(MOVE_PROBLEM, at="why"), status=422, typed=typed)
    except Problem as problem:
        if problem.code is Code.NOT_FOUND:
            raise
        said = visit.say(MOVE_PROBLEM, at="why") if problem.code in _OF_THE_MOVE else refused(visit, problem.code)
        return await _shown(visit, console, card_id, problem=said, status=problem.status, typed=typed)
    return _paid(done)


@router.post("/purses/{card_id}/subsidy", dependencies=[Depends(our_form)])
async def give(
    visit: Carer,
    console: TheConsole,
    card_id: str,
    per_meal: Short = "",
    day_limit: Short = "",
    first: Short = "",
    last: Short = "",
    sure: Short = "",
) -> Response:
    """What is added to this person's meals from a day on; a day in the past is asked back about: `sure` names it."""
    typed = {"per_meal": per_meal, "day_limit": day_limit, "first": first, "last": last}
    try:
        wanted = SubsidyIn(
            per_meal=fen_of(per_meal),
            day_limit=fen_of(day_limit),
            first=date.fromisoformat(first),
            last=date.fromisoformat(last) if last else None,
        )
        dues = await run_in_threadpool(_give, visit, console, card_id, wanted, sure=sure == first)
    except (ValidationError, ValueError) as error:
        said = visit.say(TERMS_PROBLEM, at=fields_of(error) or tuple(typed))
        return await _shown(visit, console, card_id, problem=said, status=422, typed=typed)
    except Problem as problem:
        at = fields_of(problem)
        if problem.code is not Code.INVALID or not at or at[0] not in TERMS_PROBLEMS:
            raise
        said = visit.say(TERMS_PROBLEMS[at[0]], at=at)
        return await _shown(visit, console, card_id, problem=said, status=422, typed=typed)
    if dues is not None:
        question = visit.say(PAST_QUESTION) % {"now": yuan(dues[0]), "then": yuan(dues[1])}
        return await _shown(visit, console, card_id, question=question, typed=typed)
    return go(f"/purses/{card_id}")


def _paid(done: ToppedUp) -> Response:
    """To the books of the card that has the money: whoever loads that page again pays nothing a second time."""
    return go(f"/purses/{done.card_id}?paid={done.counter}")


def _give(visit: Visit, console: Console, card_id: str, wanted: SubsidyIn, *, sure: bool) -> tuple[int, int] | None:
    """None: given. Otherwise nothing was, and what is due without and with it [fen] is to be asked about."""
    with console.transactions.work(visit.actor) as work:
        holder = purses.ledger(work.session, card_id, visit.sight).holder_id or ""
        subsidies.check(wanted)
        if not sure and wanted.first < local_day_and_minute(work.now_ms)[0]:
            return subsidies.due_now(work.session, holder), subsidies.foreseen(work.session, holder, wanted).due
        subsidies.give(work, holder, wanted)
        return None


@router.post("/purses/{card_id}/subsidy/end", dependencies=[Depends(our_form)])
def end_subsidy(visit: Carer, console: TheConsole, card_id: str) -> Response:
    """Nothing is added to this person's meals from today on."""
    with console.transactions.work(visit.actor) as work:
        found = purses.ledger(work.session, card_id, visit.sight)
        subsidies.end(work, found.holder_id or "", local_day_and_minute(work.now_ms)[0])
    return go(f"/purses/{card_id}")


def _books(visit: Visit, console: Console, card_id: str) -> tuple[LedgerView, dict[str, str], dict[str, Any]]:
    with console.transactions.work(visit.actor) as work:
        audit.record(work, "purse.read", f"card:{card_id[:26]}")
    with console.transactions.read() as session:
        found = purses.ledger(session, card_id, visit.sight)
        names = {p.id: point_name(p, visit.language) for p in access.points(session)}
        holder = found.holder_id
        terms = subsidies.of_holder(session, holder) if holder else []
        more = {
            "standing": subsidies.standing(session, holder) if holder else None,
            "terms": terms,
            "holding": subsidies.holding(terms, local_day_and_minute(visit.now_ms)[0]),
            "move": moving.of_card(session, card_id) if visit.may("purses.credit") else None,
            "state": cards.row_of(session, card_id).state,
            "working": _working(session, holder, card_id) if holder else None,
        }
    return found, names, more


def _working(session: Session, holder_id: str, card_id: str) -> CardView | None:
    """Another card of theirs, onto which money can come."""
    theirs = cards.of_holders(session, [holder_id])[holder_id]
    return next((one for one in theirs if one.id != card_id and one.state in OPENS_DOORS), None)


async def _shown(
    visit: Visit,
    console: Console,
    card_id: str,
    *,
    problem: str = "",
    paid: int | None = None,
    question: str = "",
    status: int = 200,
    typed: Mapping[str, str] = NOTHING_TYPED,
) -> Response:
    """`typed`: what stays in the form that was refused, or about which there is a `question`."""
    found, names, more = await run_in_threadpool(_books, visit, console, card_id)
    desks = console.house.desks.listing() if visit.may("purses.credit") else []
    today = local_day_and_minute(visit.now_ms)[0]
    line = next((one for one in found.lines if one.counter == paid and one.value is not None), None)
    words = {"fates": FATES, "proofs": PROOFS, "items": ITEMS, "hindrances": HINDRANCES}
    states = {"not_lost": Why.WORKS, "moved": Why.MOVED, "pays": OPENS_DOORS, "ended": ENDED}
    shown = {
        "found": found,
        "names": names,
        "desks": desks,
        "today": today,
        "problem": problem,
        "paid": line,
        "question": question,
        "typed": typed,
    }
    return page(visit, "purse.html", status=status, **shown, **words, **states, **more)
