"""Cards: the list, one card with its receipt, and the steps of its life with what they bring about."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response

from card_protocol.words.card import CardState
from card_protocol.words.reason import Reason
from card_protocol.words.sentences import sentence
from server.pages.answers import go, is_part, page, part
from server.pages.console import TheConsole
from server.pages.forms import TIME_PROBLEM, moment_of
from server.pages.i18n import N_, Language
from server.pages.live.live_views import level_names, point_name, tap_line
from server.pages.said import WHY_PROBLEM
from server.pages.visit import Needs, Visit, our_form
from server.services.access import access
from server.services.access.explanation import explain
from server.services.cards import cards, receipts
from server.services.cards.cards import CardView
from server.services.events import events
from server.services.events.events import EventFilter
from server.services.problems import Code, Problem, not_found
from server.services.roles import Permission

router = APIRouter()

PAGE_ITEMS = 30
SEARCH_MAX_CHARS = 100
LATEST_TAPS = 15
WHY_MAX_CHARS = 300

Reader = Annotated[Visit, Depends(Needs(Permission.CARDS_READ))]
Explainer = Annotated[Visit, Depends(Needs(Permission.CARDS_READ, Permission.ACCESS_READ))]
Text = Annotated[str, Query(max_length=63)]


@dataclass(frozen=True)
class Step:
    """One step of a card's life, as a person is asked for it."""

    to: CardState
    icon: str
    label: str
    question: str
    consequence: str
    tone: str
    needs: Permission

    def is_open(self, card: CardView) -> bool:
        """Whether it can be taken now: what is suspended out of being lost was found, and is called so."""
        found_again = card.state is CardState.LOST and self.to is CardState.SUSPENDED
        return self.to in card.may_become and found_again == (self is STEPS["found"])


STEPS: dict[str, Step] = {
    "lost": Step(
        CardState.LOST,
        "alert-triangle",
        N_("Report lost"),
        N_("Report this card lost?"),
        N_(
            "From now on every gateway that is connected refuses it, and the guard sees when somebody tries. "
            "If it is found, it has to come to the card desk before it opens anything again."
        ),
        "danger",
        Permission.CARDS_REVOKE,
    ),
    "found": Step(
        CardState.SUSPENDED,
        "search",
        N_("It was found"),
        N_("Was this card found again?"),
        N_(
            "Somebody else may have had it, so it goes on opening nothing: it counts as suspended now. "
            "Let it work again when it has been looked at here and is in the hands of its holder."
        ),
        "secondary",
        Permission.CARDS_REVOKE,
    ),
    "suspend": Step(
        CardState.SUSPENDED,
        "player-pause",
        N_("Suspend"),
        N_("Suspend this card?"),
        N_("It is refused at every gateway that is connected until somebody lets it work again."),
        "warning",
        Permission.CARDS_REVOKE,
    ),
    "revoke": Step(
        CardState.REVOKED,
        "ban",
        N_("Revoke for good"),
        N_("Revoke this card for good?"),
        N_("It never opens a door again; this cannot be undone. The person needs another card."),
        "danger",
        Permission.CARDS_REVOKE,
    ),
    "resume": Step(
        CardState.ACTIVE,
        "player-play",
        N_("Let it work again"),
        N_("Let this card work again?"),
        N_("It opens again what its access levels allow, as soon as the gateways have heard of it."),
        "success",
        Permission.CARDS_ISSUE,
    ),
    "return": Step(
        CardState.RETURNED,
        "arrow-back-up",
        N_("Take back"),
        N_("Has this card been given back?"),
        N_(
            "It opens nothing any more and no longer counts as this person's. Make it blank under “Several cards” of "
            "the card desk, and it goes back into stock."
        ),
        "secondary",
        Permission.CARDS_ISSUE,
    ),
}


@router.get("/cards")
def listing(
    request: Request, visit: Reader, console: TheConsole, q: str = "", state: str = "", after: str | None = None
) -> Response:
    """The list; htmx asks for its rows alone while somebody types."""
    text = q.strip()[:SEARCH_MAX_CHARS]
    wanted = CardState(state) if state in set(CardState) else None
    with console.transactions.read() as session:
        found = cards.listing(session, state=wanted, text=text, after=after, limit=PAGE_ITEMS)
        names = level_names(access.levels(session), visit.language)
    shown: dict[str, Any] = {"q": text, "state": wanted or "", "found": found, "level_names": names}
    if is_part(request):
        return part(visit, "cards_rows.html", first=after is None, **shown)
    return page(visit, "cards.html", first=True, **shown)


@router.get("/cards/{card_id}")
def card(visit: Reader, console: TheConsole, card_id: str) -> Response:
    """One card."""
    place = console.hub.position()
    with console.transactions.read() as session:
        found = cards.get(session, card_id)
        receipt = receipts.of_card(session, card_id, visit.now_ms)
        points = {point.id: point for point in access.points(session)}
        taps = [
            tap_line(event, points, visit.language, console.house.clock_speed)
            for event in events.query(session, EventFilter(card_id=card_id), sight=visit.sight, limit=LATEST_TAPS).items
            if event.reason is not None
        ]
        names = level_names(access.levels(session), visit.language)
        places = {point.id: point_name(point, visit.language) for point in points.values()}
    steps = {name: s for name, s in STEPS.items() if s.is_open(found) and visit.may(s.needs)}
    return page(
        visit,
        "card.html",
        card=found,
        steps=steps,
        receipt=receipt,
        taps=taps,
        level_names=names,
        places=places,
        live_after=place,
    )


@router.get("/cards/{card_id}/receipt")
def receipt(visit: Reader, console: TheConsole, card_id: str, sheet: bool = False) -> Response:
    """The receipt alone, as it fills up gateway by gateway; or as a sheet to print."""
    with console.transactions.read() as session:
        found = receipts.of_card(session, card_id, visit.now_ms)
        card = cards.get(session, card_id)
    if sheet:
        return page(visit, "card_receipt_sheet.html", receipt=found, card=card)
    return part(visit, "card_receipt.html", receipt=found)


@router.get("/cards/{card_id}/explain")
def why_not(visit: Explainer, console: TheConsole, card_id: str, point: Text = "", at: Text = "") -> Response:
    """Why the card may or may not pass a point at a moment: asked of the one decider."""
    at_ms, problem = visit.now_ms, ""
    if at:
        try:
            at_ms = moment_of(at)
        except ValueError:
            problem = visit.say(TIME_PROBLEM)
    with console.transactions.read() as session:
        found = explain(session, console.house.community, card_id, point, at_ms) if point and not problem else None
        names = level_names(access.levels(session), visit.language)
    granted = sentence(Reason.GRANTED).admin
    return part(
        visit,
        "card_explain.html",
        found=found,
        told=granted.en if visit.language is Language.EN else granted.zh,
        level_names=names,
        problem=problem,
    )


@router.get("/cards/{card_id}/{step}")
def ask(visit: Reader, console: TheConsole, card_id: str, step: str) -> Response:
    """The question before a step, with what it brings about."""
    return _question(visit, console, card_id, step, "", 200)


@router.post("/cards/{card_id}/{step}", dependencies=[Depends(our_form)])
def take(
    visit: Reader,
    console: TheConsole,
    card_id: str,
    step: str,
    why: Annotated[str, Form(max_length=2000)] = "",
    then: Annotated[str, Form(max_length=16)] = "",
) -> Response:
    """Take the step; and with `then` go on to the desk, where the same person gets another card."""
    wanted = _step(visit, step)
    why = why.strip()
    if not why or len(why) > WHY_MAX_CHARS:
        sentence = visit.say(WHY_PROBLEM, at="why")
        return _question(visit, console, card_id, step, sentence, 422)
    try:
        with console.transactions.work(visit.actor) as work:
            if not wanted.is_open(cards.get(work.session, card_id)):
                raise Problem(Code.WRONG_STATE)
            changed = cards.change_state(work, card_id, wanted.to, why=why)
    except Problem as problem:
        if problem.code is not Code.WRONG_STATE:
            raise
        sentence = visit.say(N_("The card has changed in the meantime. Look at its present state first."))
        return _question(visit, console, card_id, step, sentence, 409)
    if then == "desk" and changed.holder_id and visit.may(Permission.CARDS_ISSUE):
        return go(f"/desk?holder={changed.holder_id}&instead={card_id}")
    return go(f"/cards/{card_id}")


def _step(visit: Visit, name: str) -> Step:
    found = STEPS.get(name)
    if found is None:
        raise not_found("step", name)
    if not visit.may(found.needs):
        raise Problem(Code.FORBIDDEN)
    return found


def _question(visit: Visit, console: TheConsole, card_id: str, name: str, problem: str, status: int) -> Response:
    step = _step(visit, name)
    with console.transactions.read() as session:
        found = cards.get(session, card_id)
    possible = step.is_open(found)
    return page(
        visit, "card_step.html", status=status, card=found, step=step, name=name, problem=problem, possible=possible
    )
