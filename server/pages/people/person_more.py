"""What belongs to one person: their line of time, portrait, consents, and the entry that turned out to be them too."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, UploadFile
from fastapi.responses import Response

from server.pages import i18n
from server.pages.answers import go, page, part
from server.pages.console import Console, TheConsole
from server.pages.forms import UPLOAD_MAX_BYTES
from server.pages.i18n import N_
from server.pages.people.found import found_by
from server.pages.people.timeline_words import lines
from server.pages.said import WHY_PROBLEM
from server.pages.visit import Needs, Visit, our_form
from server.pages.words import HOLDER_KINDS, PURPOSES
from server.services.access import access
from server.services.cards import cards
from server.services.people import consents, holders, merging, photos, timeline, watching
from server.services.people.consents import NOTICE_VERSION, Purpose
from server.services.people.photos import PHOTO_MAX_BYTES
from server.services.people.timeline import SHOWN
from server.services.people.timeline_kinds import Kind
from server.services.people.timeline_pieces import Moment
from server.services.problems import Code, Problem, not_found
from server.services.roles import Permission

router = APIRouter()

WHY_MAX_CHARS = 300

Reader = Annotated[Visit, Depends(Needs(Permission.HOLDERS_READ))]
Writer = Annotated[Visit, Depends(Needs(Permission.HOLDERS_WRITE))]
Merger = Annotated[Visit, Depends(Needs(Permission.HOLDERS_WRITE, Permission.CARDS_REVOKE))]


def older(found: list[Moment]) -> int | None:
    """Before which time there may be more; None at the end."""
    return found[-1].at_ms if len(found) == SHOWN else None


def sees_faces(visit: Visit) -> bool:
    """Portraits were consented to for whoever compares them with a face: at a desk, or where somebody taps."""
    return visit.may(Permission.CARDS_READ) or visit.may(Permission.LIVE_READ)


def kind_in(text: str) -> Kind | None:
    """What an address asks for; None for everything."""
    return Kind(text) if text in set(Kind) else None


@router.get("/holders/{holder_id}/timeline")
def earlier(visit: Reader, console: TheConsole, holder_id: str, before: int, kind: str = "") -> Response:
    """The moments before a time, of all kinds or one."""
    only = kind_in(kind)
    with console.transactions.read() as session:
        person = holders.get(session, holder_id)
        found = timeline.of_person(session, visit.actor, holder_id, before_ms=before, only=only)
        shown = lines(found, access.points(session), visit.language, console.house.clock_speed)
    return part(visit, "person_timeline.html", person=person, moments=shown, older=older(found), only=only or "")


@router.get("/holders/{holder_id}/photo")
def photo(visit: Reader, console: TheConsole, holder_id: str) -> Response:
    """The portrait."""
    if not sees_faces(visit):
        raise not_found("photo", holder_id)
    with console.transactions.read() as session:
        data = photos.of(session, holder_id)
    if data is None:
        raise not_found("photo", holder_id)
    return Response(data, media_type="image/jpeg")


@router.post("/holders/{holder_id}/watch", dependencies=[Depends(our_form)])
def watch(
    visit: Writer, console: TheConsole, holder_id: str, todo: Annotated[str, Form(max_length=2000)] = ""
) -> Response:
    """Say what the guard has to do when they come; nothing ends it."""
    try:
        with console.transactions.work(visit.actor) as work:
            watching.put(work, holder_id, todo)
    except Problem as problem:
        if problem.code is not Code.INVALID:
            raise
        told = visit.say(N_("One sentence of at most 200 characters: what the guard has to do."), at="todo")
        return _more(visit, console, holder_id, told, 422)
    return go(f"/holders/{holder_id}/more")


@router.get("/holders/{holder_id}/more")
def more(visit: Writer, console: TheConsole, holder_id: str) -> Response:
    """Portrait and consents, to be changed."""
    return _more(visit, console, holder_id, "", 200)


@router.post("/holders/{holder_id}/photo", dependencies=[Depends(our_form)], max_body_size=UPLOAD_MAX_BYTES)
def set_photo(visit: Writer, console: TheConsole, holder_id: str, file: UploadFile) -> Response:
    """Keep a portrait; the browser has made it small already."""
    data = file.file.read(PHOTO_MAX_BYTES + 1)
    try:
        with console.transactions.work(visit.actor) as work:
            consents.put_photo(work, holder_id, data)
    except Problem as problem:
        if problem.code not in SENTENCES:
            raise
        return _more(visit, console, holder_id, visit.say(SENTENCES[problem.code], at="file"), 422)
    return go(f"/holders/{holder_id}/more")


@router.post("/holders/{holder_id}/photo/remove", dependencies=[Depends(our_form)])
def remove_photo(visit: Writer, console: TheConsole, holder_id: str) -> Response:
    """Forget the portrait."""
    with console.transactions.work(visit.actor) as work:
        photos.remove(work, holder_id)
    return go(f"/holders/{holder_id}/more")


@router.post("/holders/{holder_id}/consents", dependencies=[Depends(our_form)])
def consent(
    visit: Writer,
    console: TheConsole,
    holder_id: str,
    purpose: Annotated[Purpose, Form()],
    given: Annotated[bool, Form()],
) -> Response:
    """Note that a consent was given or taken back."""
    with console.transactions.work(visit.actor) as work:
        consents.say(work, holder_id, purpose, given)
    return go(f"/holders/{holder_id}/more")


@router.get("/holders/{holder_id}/notice")
def notice(visit: Reader, console: TheConsole, holder_id: str) -> Response:
    """The privacy notice, to be printed, read and signed."""
    with console.transactions.read() as session:
        person = holders.get(session, holder_id)
        given = consents.of_person(session, holder_id)
    today = i18n.local_date(visit.now_ms)
    return page(
        visit,
        "person_notice.html",
        person=person,
        consents=given,
        purposes=PURPOSES,
        version=NOTICE_VERSION,
        today=today,
    )


@router.get("/holders/{holder_id}/merge")
def ask_merge(visit: Merger, console: TheConsole, holder_id: str, q: str = "", other: str = "") -> Response:
    """Who else is this person? Found, compared, made one."""
    return _merge(visit, console, holder_id, q, other, "", 200)


@router.post("/holders/{holder_id}/merge", dependencies=[Depends(our_form)])
def merge(
    visit: Merger,
    console: TheConsole,
    holder_id: str,
    other: Annotated[str, Form(max_length=26)],
    why: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Make the two entries one."""
    why = why.strip()
    if not why or len(why) > WHY_MAX_CHARS:
        sentence = visit.say(WHY_PROBLEM, at="why")
        return _merge(visit, console, holder_id, "", other, sentence, 422)
    try:
        with console.transactions.work(visit.actor) as work:
            merging.merge(work, holder_id, other, why=why)
    except Problem as problem:
        if problem.code is not Code.INVALID:
            raise
        sentence = visit.say(N_("They have different identity numbers: these are two people."))
        return _merge(visit, console, holder_id, "", "", sentence, 422)
    return go(f"/holders/{holder_id}")


SENTENCES: dict[Code, str] = {
    Code.INVALID: N_("This picture cannot be used: a JPEG of 64 to 2000 pixels a side and at most 400 kB."),
    Code.WRONG_STATE: N_("The person has not consented to a portrait yet. Note the consent first."),
}


def _more(visit: Visit, console: Console, holder_id: str, problem: str, status: int) -> Response:
    with console.transactions.read() as session:
        shown: dict[str, Any] = {
            "person": holders.get(session, holder_id),
            "consents": consents.of_person(session, holder_id),
            "has_photo": photos.of(session, holder_id) is not None,
            "watched": watching.of(session, holder_id),
            "may_photo": consents.is_given(session, holder_id, Purpose.PHOTO),
        }
    return page(visit, "person_more.html", status=status, purposes=PURPOSES, problem=problem, **shown)


def _merge(
    visit: Visit, console: Console, holder_id: str, q: str, other_id: str, problem: str, status: int
) -> Response:
    with console.transactions.read() as session:
        person = holders.get(session, holder_id)
        seen = found_by(session, q.strip() or person.name)
        seen["found"] = [one for one in seen["found"] if one.id != holder_id]
        other = holders.get(session, other_id) if other_id and other_id != holder_id else None
        shown = [holder_id, *(one.id for one in ([other] if other else seen["found"]))]
        held = cards.of_holders(session, shown) if visit.may(Permission.CARDS_READ) else None
    return page(
        visit,
        "person_merge.html",
        status=status,
        person=person,
        other=other,
        held=held,
        kinds=HOLDER_KINDS,
        problem=problem,
        **seen,
    )
