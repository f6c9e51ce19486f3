"""/activities and /party: meetings and activities with their lists, what people earned, and the Party's members."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict

from card_protocol.words.moment import local_day_and_minute, local_ms
from server.api.entry import DEFAULT_LIMIT, After, Id, Limit, Needs, Number, TheHouse
from server.api.preconditions import ToldHere, etag_of, tag
from server.services import audit
from server.services.activities import activities, attendance, merits
from server.services.activities.activity_life import ActivityStep
from server.services.activities.asked import (
    ActivityFile,
    ActivityIn,
    ActivityView,
    InviteIn,
    Merit,
    PersonView,
    Why,
)
from server.services.activities.quorum import Mark
from server.services.paging import Page, part
from server.services.party import members
from server.services.party.members import MemberIn, MemberView
from server.services.roles import Permission
from server.services.work import Actor

router = APIRouter(tags=["activities"])

Worker = Annotated[Actor, Depends(Needs(Permission.ACTIVITIES_WORK))]
Secretary = Annotated[Actor, Depends(Needs(Permission.PARTY_WORK))]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class WhyIn(_Strict):
    """A reason."""

    why: Why = ""


class MarkIn(WhyIn):
    """Excused, exempt, expected again, or struck out."""

    mark: Mark


class SignIn(_Strict):
    """`consents`: the person has just agreed to being noted."""

    consents: bool = False


@router.get("/activities")
def listing(
    house: TheHouse,
    actor: Worker,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[ActivityView]:
    """Newest first."""
    with house.transactions.read() as session:
        return activities.listing(session, actor, after=after, limit=limit)


@router.post("/activities", status_code=201)
def plan(house: TheHouse, actor: Worker, given: ActivityIn) -> ActivityView:
    """Call one."""
    with house.transactions.work(actor) as work:
        return activities.plan(work, given)


@router.get("/activities/merits")
def earned(
    house: TheHouse,
    actor: Worker,
    year: Annotated[int | None, Query(ge=2000, le=2199)] = None,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[Merit]:
    """What people earned in a year."""
    wanted = year or local_day_and_minute(house.transactions.clock())[0].year
    with house.transactions.read() as session:
        found = merits.merits(session, actor, local_ms(date(wanted, 1, 1)), local_ms(date(wanted + 1, 1, 1)))
    return part(found, lambda one: one.holder_id, after=after, limit=limit)


@router.get("/activities/{number}")
def get(house: TheHouse, actor: Worker, number: Number, response: Response) -> ActivityFile:
    """One with its list. Its ETag is over the activity, not over who has come meanwhile."""
    with house.transactions.read() as session:
        found = activities.get(session, actor, number)
    response.headers["ETag"] = etag_of(_planned(found.activity))
    return found


@router.put("/activities/{number}")
def change(
    house: TheHouse, actor: Worker, number: Number, given: ActivityIn, told: ToldHere, response: Response
) -> ActivityView:
    """Other words, another time or place."""
    with house.transactions.work(actor) as work:
        work.take_turn(f"put:activity:{number}")
        told.check(_planned(activities.get(work.session, actor, number).activity))
        changed = activities.change(work, number, given)
    response.headers["ETag"] = etag_of(_planned(changed))
    return changed


@router.post("/activities/{number}/steps/{step}")
def do(house: TheHouse, actor: Worker, number: Number, step: ActivityStep, given: WhyIn | None = None) -> ActivityView:
    """Open, begin, end, adjourn, call off; 409 when it is not the time, or there is no quorum."""
    with house.transactions.work(actor) as work:
        return activities.step(work, number, step, given.why if given else "")


@router.post("/activities/{number}/invite")
def invite(house: TheHouse, actor: Worker, number: Number, wanted: InviteIn) -> dict[str, int]:
    """How many are new on the list."""
    with house.transactions.work(actor) as work:
        return {"invited": attendance.invite(work, number, wanted)}


@router.post("/activities/{number}/people/{holder_id}/sign-in")
def sign_in(house: TheHouse, actor: Worker, number: Number, holder_id: Id, given: SignIn | None = None) -> ActivityView:
    """By name, by somebody who sees the person; 409 without their consent."""
    with house.transactions.work(actor) as work:
        return attendance.sign_by_name(work, number, holder_id, consents_now=given is not None and given.consents)


@router.post("/activities/{number}/people/{holder_id}/mark")
def mark(house: TheHouse, actor: Worker, number: Number, holder_id: Id, given: MarkIn) -> ActivityView:
    """Excuse, leave out of the count, expect again, strike out what another person's card did."""
    with house.transactions.work(actor) as work:
        if given.mark is Mark.STRUCK:
            return attendance.strike(work, number, holder_id, given.why)
        return attendance.excuse(work, number, holder_id, given.mark, given.why)


@router.get("/activities/{number}/absent")
def absent(
    house: TheHouse, actor: Worker, number: Number, after: After = None, limit: Limit = DEFAULT_LIMIT
) -> Page[PersonView]:
    """Who should have come and did not."""
    with house.transactions.read() as session:
        found = merits.absent(session, actor, number)
    return part(found, lambda one: one.holder_id, after=after, limit=limit)


@router.get("/party/members")
def party(
    house: TheHouse, actor: Secretary, branch: str = "", after: After = None, limit: Limit = DEFAULT_LIMIT
) -> Page[MemberView]:
    """All members, or a branch's. Who asked is in the trail."""
    with house.transactions.work(actor) as work:
        audit.record(work, "party.read", members.SUBJECT)
        found = members.listing(work.session, branch[:60])
    return part(found, lambda one: one.holder_id, after=after, limit=limit)


@router.get("/party/members/{holder_id}")
def member(house: TheHouse, actor: Secretary, holder_id: Id, response: Response) -> MemberView:
    """One member. Who asked is in the trail, and not after whom: who is found there would be a member."""
    with house.transactions.work(actor) as work:
        audit.record(work, "party.read", members.SUBJECT)
        return tag(response, members.get(work.session, holder_id))


@router.put("/party/members/{holder_id}")
def put_member(house: TheHouse, actor: Secretary, holder_id: Id, member: MemberIn, told: ToldHere) -> MemberView:
    """Enter a member, or correct what is known."""
    with house.transactions.work(actor) as work:
        return told.change(
            work,
            f"member:{holder_id}",
            lambda: members.get(work.session, holder_id),
            lambda: members.put(work, holder_id, member),
        )


@router.delete("/party/members/{holder_id}", status_code=204)
def remove_member(house: TheHouse, actor: Secretary, holder_id: Id) -> None:
    """No member here any more."""
    with house.transactions.work(actor) as work:
        members.remove(work, holder_id)


def _planned(view: ActivityView) -> ActivityIn:
    """What of an activity people write; how many have come changes by the minute."""
    return ActivityIn.model_validate(view.model_dump(include=set(ActivityIn.model_fields)))
