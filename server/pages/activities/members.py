"""The Party's members, for those who work with the Party and for nobody else. Whoever opens it is in the trail."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response
from pydantic import ValidationError

from card_protocol.profiles.membership import Standing
from server.pages.activities.activity_words import STANDINGS
from server.pages.answers import go, page
from server.pages.console import Console, TheConsole
from server.pages.i18n import N_, local_date
from server.pages.people.found import found_by
from server.pages.said import fields_of
from server.pages.visit import Needs, Visit, our_form
from server.services import audit
from server.services.party import members
from server.services.party.members import Ending, MemberIn
from server.services.roles import Permission

router = APIRouter()

Secretary = Annotated[Visit, Depends(Needs(Permission.PARTY_WORK))]
Short = Annotated[str, Form(max_length=100)]

PROBLEM = N_("Choose a person, name the branch, and the day of joining.")

NO_REASON = N_("Choose why.")


@router.get("/party")
def listing(visit: Secretary, console: TheConsole, q: str = "") -> Response:
    """Everybody, by branch."""
    with console.transactions.work(visit.actor) as work:
        audit.record(work, "party.read", members.SUBJECT)
    return _page(visit, console, q, "", 200)


@router.post("/party", dependencies=[Depends(our_form)])
def put(
    visit: Secretary,
    console: TheConsole,
    holder: Short = "",
    standing: Short = "",
    branch: Short = "",
    since: Short = "",
    q: Short = "",
) -> Response:
    """Enter a member, or correct what is known of one; what cannot be is told, and stays as it was typed."""
    try:
        given = MemberIn(standing=Standing(standing), branch=branch, since=date.fromisoformat(since))
    except (ValidationError, ValueError) as error:
        return _page(
            visit,
            console,
            q,
            visit.say(PROBLEM, at=fields_of(error)),
            422,
            {"holder": holder, "standing": standing, "branch": branch, "since": since},
        )
    with console.transactions.work(visit.actor) as work:
        members.put(work, holder, given)
    return go("/party")


@router.post("/party/{holder_id}/end", dependencies=[Depends(our_form)])
def end(visit: Secretary, console: TheConsole, holder_id: str, because: Short = "") -> Response:
    """No member here any more, and why."""
    if because not in set(Ending):
        return _page(visit, console, "", visit.say(NO_REASON, at="because"), 422)
    with console.transactions.work(visit.actor) as work:
        members.remove(work, holder_id, Ending(because))
    return go("/party")


def _page(
    visit: Visit, console: Console, q: str, problem: str, status: int, typed: dict[str, str] | None = None
) -> Response:
    with console.transactions.read() as session:
        shown = {"members": members.listing(session)} | found_by(session, q)
        branch = next(iter(members.branches(session)), "")
    blank = {"holder": "", "standing": "", "branch": branch, "since": local_date(visit.now_ms)}
    shown |= {"problem": problem, "typed": typed or blank, "standings": STANDINGS, "endings": list(Ending)}
    return page(visit, "party.html", status=status, **shown)
