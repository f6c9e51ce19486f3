"""/visitors: passes for some hours, and the codes that visitors show."""

from typing import Annotated

import segno
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict

from server.api.entry import DEFAULT_LIMIT, After, Limit, Needs, Number, Remark, TheHouse
from server.services.paging import Page, cut, number_after
from server.services.roles import Permission
from server.services.visitors import visitor_passes
from server.services.visitors.visitor_passes import VisitorIn, VisitorView
from server.services.work import Actor

router = APIRouter(prefix="/visitors", tags=["visitors"])

Maker = Annotated[Actor, Depends(Needs(Permission.VISITORS_WRITE))]


class MadeView(VisitorView):
    """A new pass and the address of the visitor's own page, which is for them alone."""

    page: str


class CodeView(BaseModel):
    """The text of a QR code, and the code drawn as SVG."""

    text: str
    svg: str


class EndIn(BaseModel):
    """Why it ends."""

    model_config = ConfigDict(extra="forbid")

    why: Remark = ""


@router.get("")
def listing(
    house: TheHouse,
    _actor: Maker,
    over: Annotated[bool, Query(description="those that are over instead")] = False,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[VisitorView]:
    """Passes that are good now or later, the newest first."""
    with house.transactions.read() as session:
        now, before = house.transactions.clock(), number_after(after)
        found = visitor_passes.listing(session, now, over=over, before=before, limit=limit + 1)
    return cut(found, limit, [str(one.number) for one in found])


@router.post("", status_code=201)
def make(house: TheHouse, actor: Maker, given: VisitorIn, response: Response) -> MadeView:
    """Let somebody in for some hours."""
    response.headers["Cache-Control"] = "no-store"
    with house.transactions.work(actor) as work:
        view, link = visitor_passes.make(work, house.community, given)
    return MadeView(**view.model_dump(), page=f"/visit/{link}")


@router.get("/{number}")
def get(house: TheHouse, _actor: Maker, number: Number) -> VisitorView:
    """One pass."""
    with house.transactions.read() as session:
        return visitor_passes.get(session, number, house.transactions.clock())


@router.get("/{number}/code")
def code(
    house: TheHouse,
    _actor: Maker,
    number: Number,
    response: Response,
    printed: Annotated[bool, Query(description="good for the whole visit instead of 15 minutes")] = False,
) -> CodeView:
    """The code that the visitor shows; 409 when the pass is over."""
    response.headers["Cache-Control"] = "no-store"
    with house.transactions.read() as session:
        sign, now = house.keystore.grants.sign, house.transactions.clock()
        text = visitor_passes.code_of(session, number, sign, now, printed=printed)
    return CodeView(text=text, svg=segno.make(text, error="m", micro=False).svg_inline(scale=4))


@router.post("/{number}/end")
def end(house: TheHouse, actor: Maker, number: Number, told: EndIn | None = None) -> VisitorView:
    """It opens nothing any more."""
    with house.transactions.work(actor) as work:
        return visitor_passes.end(work, number, told.why if told else "")
