"""Rosters on the data base: posts entered, ended, listed, and asked whom an incident is for."""

import re
from datetime import date, timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from sqlmodel import Session, col, select

from card_protocol.words.moment import local_day_and_minute
from server.services import audit
from server.services.incidents.incident_words import Matter
from server.services.people.cells import house_beginning
from server.services.problems import Code, Problem, not_found
from server.services.units.roster_words import ENDS_SOON_DAYS, Body, Post, Term, route, term_of
from server.services.work import Work
from server.tables import PostRow, UserRow

POSTS_MAX = 2000
_AREA_WORDS = re.compile(r"号楼|[幢栋座]|单元|-")
_AREA = re.compile(r"\d{1,4}(-\d{1,4})?")


def _day(text: str) -> str:
    return date.fromisoformat(text).isoformat()


Day = Annotated[str, StringConstraints(max_length=10), AfterValidator(_day)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^\P{Cc}*\S\P{Cc}*$")]


class PostIn(BaseModel):
    """A post as somebody enters it."""

    model_config = ConfigDict(extra="forbid")

    body: Body
    title: Word
    name: Word
    user_name: Annotated[str, StringConstraints(max_length=63)] = ""
    area: Annotated[str, StringConstraints(max_length=40)] = ""
    matters: frozenset[Matter] = frozenset()
    from_day: Day
    to_day: Day | None = None


class PostView(BaseModel):
    """A post as it stands on a day."""

    id: str
    body: Body
    title: str
    name: str
    user_name: str
    area: str
    matters: list[Matter]
    from_day: str
    to_day: str | None
    term: Term


def day_of(now_ms: int) -> str:
    """The local day of a moment."""
    return local_day_and_minute(now_ms)[0].isoformat()


def add(work: Work, post: PostIn) -> PostView:
    """Enter somebody; Problem INVALID for a term that ends before it begins, an area or a user that there is not."""
    if post.to_day is not None and post.to_day < post.from_day:
        raise Problem(Code.INVALID, "The term ends before it begins.", fields={"to_day": "before from_day"})
    user = select(UserRow.id).where(UserRow.name == post.user_name)
    if post.user_name and work.session.exec(user).first() is None:
        raise Problem(Code.INVALID, f"There is no user {post.user_name}.", fields={"user_name": "unknown"})
    row = PostRow(
        id=work.new_id(),
        **post.model_dump(mode="json", exclude={"area", "matters"}),
        area=_area(post.area),
        matters=sorted(matter.value for matter in post.matters),
        changed_ms=work.now_ms,
    )
    work.session.add(row)
    work.session.flush()
    audit.record(
        work, "roster.add", f"post:{row.id}", after={"body": post.body, "title": post.title, "name": post.name}
    )
    return _view(row, work.now_ms)


def end(work: Work, post_id: str, last_day: str) -> PostView:
    """The term ends on a day; Problem NOT_FOUND, or INVALID before it began."""
    row = work.session.get(PostRow, post_id)
    if row is None:
        raise not_found("post", post_id)
    if last_day < row.from_day:
        raise Problem(Code.INVALID, "The term ends before it begins.", fields={"to_day": "before from_day"})
    before, row.to_day, row.changed_ms = row.to_day, last_day, work.now_ms
    work.session.add(row)
    audit.record(work, "roster.end", f"post:{row.id}", before={"to_day": before}, after={"to_day": last_day})
    return _view(row, work.now_ms)


def listing(session: Session, now_ms: int, *, past: bool = False) -> list[PostView]:
    """All posts by body, those whose term is over only when asked for."""
    rows = session.exec(select(PostRow).order_by(col(PostRow.from_day).desc(), col(PostRow.name)).limit(POSTS_MAX))
    views = [view for view in (_view(row, now_ms) for row in rows) if past or view.term is not Term.OVER]
    order = list(Body)
    return sorted(views, key=lambda view: (order.index(view.body), view.area))


def for_incident(session: Session, matter: Matter, house: str, now_ms: int) -> list[PostView]:
    """Whom it is for, the nearest first; the house in any writing, or a building or an entrance."""
    views = listing(session, now_ms)
    place = house_beginning(house).rstrip("-")
    posts = {_post(view): view for view in views}
    return [posts[post] for post in route(posts, matter, place, day_of(now_ms))]


def account_of(session: Session, name: str, now_ms: int) -> str:
    """The user name of who holds a post under this name today; empty when nobody does who signs in."""
    today = day_of(now_ms)
    named = select(PostRow).where(PostRow.name == name, PostRow.user_name != "").order_by(col(PostRow.id))
    return next((row.user_name for row in session.exec(named) if _post(_view(row, now_ms)).holds(today)), "")


def _area(text: str) -> str:
    """3幢, 3-1 or nothing. Problem INVALID."""
    code = _AREA_WORDS.sub("-", text.strip()).strip("-")
    if code and not _AREA.fullmatch(code):
        raise Problem(Code.INVALID, f"{text} is no building and no entrance.", fields={"area": "like 3 or 3-1"})
    return code


def _post(view: PostView) -> Post:
    return Post(view.name, view.body, view.title, view.area, frozenset(view.matters), view.from_day, view.to_day)


def _view(row: PostRow, now_ms: int) -> PostView:
    today = day_of(now_ms)
    soon = (date.fromisoformat(today) + timedelta(days=ENDS_SOON_DAYS)).isoformat()
    known = row.model_dump(include=set(PostView.model_fields))
    return PostView.model_validate(known | {"term": term_of(row.from_day, row.to_day, today, soon)})
