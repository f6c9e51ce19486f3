"""Reporting an incident: by hand, or from an alarm or a visit, with what may be the same shown first."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response
from pydantic import ValidationError
from sqlmodel import Session

from card_protocol.words.event import EventKind
from card_protocol.words.point import PointKind
from server.pages import marks
from server.pages.answers import go, page
from server.pages.console import Console, TheConsole
from server.pages.i18n import N_
from server.pages.incidents.incident_words import MATTERS, URGENCIES
from server.pages.live import alarm_views
from server.pages.live.alarm_views import Urgency as HowSoon
from server.pages.live.live_views import point_name
from server.pages.said import fields_of
from server.pages.visit import Needs, Visit, our_form
from server.pages.words import EVENT_KINDS
from server.services.access import access
from server.services.access.access import PointIn
from server.services.care import care_cases
from server.services.events import alarms, events
from server.services.events.alarms import AlarmKind, AlarmView
from server.services.gateways import gateways
from server.services.incidents import incident_search, incident_views, incidents
from server.services.incidents.incident_asked import ReportIn, Source, SourceKind
from server.services.incidents.incident_views import IncidentView
from server.services.incidents.incident_words import IN_FULL, Matter, Urgency
from server.services.paging import number_after
from server.services.problems import Code, Problem
from server.services.roles import Permission
from server.services.work import Work

router = APIRouter()

Reporter = Annotated[Visit, Depends(Needs(Permission.INCIDENTS_REPORT))]
Text = Annotated[str, Form(max_length=4000)]

OF_THE_DOOR = frozenset({EventKind.DOOR_FORCED, EventKind.DOOR_HELD, EventKind.DOOR_TAMPERED, EventKind.TAP})
"""Reported by a gateway, and a matter of safety; the rest of what a gateway reports is something broken."""

OF_PEOPLE = frozenset({AlarmKind.REVOKED_TAP, AlarmKind.DURESS})

CARE_POINTS = frozenset({PointKind.CARE, PointKind.HOME_VISIT})


@dataclass
class Draft:
    """What stands in the form before somebody has typed, and after."""

    matter: str = Matter.SAFETY
    title: str = ""
    text: str = ""
    urgency: str = Urgency.NORMAL
    point: str = ""
    house: str = ""
    alarm: str = ""
    event: str = ""
    case: str = ""
    holder_id: str = ""
    sources: tuple[Source, ...] = field(default=())


@router.get("/incidents/_new")
def ask(
    visit: Reporter, console: TheConsole, alarm: str = "", event: str = "", case: str = "", house: str = ""
) -> Response:
    """The form; of an alarm or a visit that is an incident already, that one."""
    with console.transactions.read() as session:
        draft = _draft(session, visit, alarm, event, case)
        draft.house = draft.house or house[:100]
        for source in draft.sources[:1]:
            if (known := incidents.number_of(session, source)) is not None:
                return go(f"/incidents/{known}")
    return _form(visit, console, draft)


@router.post("/incidents/_new", dependencies=[Depends(our_form)])
def report(
    visit: Reporter,
    console: TheConsole,
    matter: Text = "",
    title: Text = "",
    text: Text = "",
    urgency: Text = "",
    point: Text = "",
    house: Text = "",
    alarm: Text = "",
    event: Text = "",
    case: Text = "",
    into: Text = "",
) -> Response:
    """Report it; with `into` it is the same as one that is open, and joins that."""
    draft = Draft(matter, title.strip(), text.strip(), urgency, point, house.strip(), alarm, event, case)
    try:
        with console.transactions.work(visit.actor) as work:
            told = _draft(work.session, visit, alarm, event, case)
            draft.sources, draft.holder_id = told.sources, told.holder_id
            number = _join(work, visit, console, draft, into) if into else _report(work, console, draft)
    except (ValidationError, ValueError) as error:
        sentence = N_("Say what it is in one line, and choose what it is about.")
        return _form(visit, console, draft, visit.say(sentence, at=fields_of(error) or ("matter",)), 422)
    except Problem as problem:
        if problem.code is Code.EXISTS and problem.fields.get("sources", "").isdigit():
            return go(f"/incidents/{problem.fields['sources']}")
        raise
    return go(f"/incidents/{number}")


def _report(work: Work, console: Console, draft: Draft) -> int:
    given = ReportIn(
        matter=Matter(draft.matter),
        title=draft.title,
        text=draft.text,
        urgency=Urgency(draft.urgency or Urgency.NORMAL),
        point=draft.point or None,
        house=draft.house,
        holder_id=draft.holder_id or None,
        sources=draft.sources,
    )
    return incidents.report(work, console.house.community, given).number


def _join(work: Work, visit: Visit, console: Console, draft: Draft, into: str) -> int:
    why = draft.text or draft.title or visit.say(N_("The same again."))
    return incidents.add_sources(work, console.house.community, int(into[:18]), draft.sources, why).number


def _draft(session: Session, visit: Visit, alarm_id: str, event_id: str, case_id: str) -> Draft:
    """What is known of it already. Problem NOT_FOUND for what the reader does not see."""
    points = {point.id: point for point in access.points(session)}
    if alarm_id:
        return _of_alarm(session, visit, alarms.get(session, alarm_id, sight=visit.sight), points)
    if (number := number_after(event_id)) is not None:
        event = events.get(session, number, sight=visit.sight)
        known = points.get(event.point or "")
        return Draft(
            matter=Matter.CARE if known is not None and known.kind in CARE_POINTS else Matter.SAFETY,
            # Whom it is about stands beside it (holder_id): a name in the words would outlive its person.
            title=visit.say(N_("From a visit"))
            if known is not None and known.kind in CARE_POINTS
            else visit.say(EVENT_KINDS[event.kind]),
            point=event.point or "",
            house=event.house or "",
            event=event_id,
            holder_id=event.holder_id or "",
            sources=(Source(kind=SourceKind.EVENT, id=str(event.id)),),
        )
    if case_id and visit.may(Permission.CARE_WORK):
        known_case = care_cases.get(session, case_id)
        return Draft(
            matter=Matter.CARE,
            title=visit.say(
                N_("Somebody is worried about them")
                if known_case.opened_by
                else N_("Not seen for longer than is usual for them")
            ),
            text=known_case.worry,
            urgency=Urgency.URGENT,
            house=known_case.house,
            case=case_id,
            holder_id=known_case.holder_id,
            sources=(Source(kind=SourceKind.CARE, id=case_id),),
        )
    return Draft()


def _of_alarm(session: Session, visit: Visit, alarm: AlarmView, points: dict[str, PointIn]) -> Draft:
    """Of an alarm, and of all alike that stand."""
    key = alarm_views.group_key(alarm)
    standing = alarms.listing(session, sight=visit.sight, limit=alarm_views.GROUP_MAX_IDS).items
    alike = [one.id for one in standing if alarm_views.group_key(one) == key and one.id != alarm.id]
    places = {box.id: box.place for box in gateways.listing(session)}
    (group,) = alarm_views.stack([alarm], points, places, visit.language, visit.now_ms).groups
    at_door = alarm.kind is AlarmKind.GATEWAY and alarm.detail.get("event") in OF_THE_DOOR
    free = [one for one in alike if incidents.number_of(session, Source(kind=SourceKind.ALARM, id=one)) is None]
    ids = [alarm.id, *free[: alarms.AT_ONCE - 1]]
    return Draft(
        matter=Matter.SAFETY if at_door or alarm.kind in OF_PEOPLE else Matter.FACILITY,
        title=(f"{group.title}{marks.COLON[visit.language]}{group.where}" if group.where else group.title)[:120],
        urgency=Urgency.URGENT if group.urgency is HowSoon.NOW else Urgency.NORMAL,
        point=alarm.point or "",
        alarm=alarm.id,
        sources=tuple(Source(kind=SourceKind.ALARM, id=one) for one in ids),
    )


def _form(visit: Visit, console: Console, draft: Draft, problem: str = "", status: int = 200) -> Response:
    # Whom nobody has seen is nothing for others to read, whatever the choice.
    readable = {Matter.CARE} if draft.case else IN_FULL.get(visit.role, frozenset())
    with console.transactions.read() as session:
        same = [one for one in _same(session, visit, console, draft) if one.matter in readable]
        names = incident_views.names_of(session, [*same, draft])
        points = access.points(session)
    return page(
        visit,
        "incident_form.html",
        status=status,
        draft=draft,
        same=same,
        names=names,
        problem=problem,
        points={point.id: point_name(point, visit.language) for point in points},
        matters={value: pair for value, pair in MATTERS.items() if value in readable},
        urgencies=URGENCIES,
    )


def _same(session: Session, visit: Visit, console: Console, draft: Draft) -> list[IncidentView]:
    if not (draft.title or draft.point or draft.house):
        return []
    viewer = incident_views.viewer_of(session, visit.actor, console.house.community)
    point = draft.point or None
    found = incident_search.likely_same(session, viewer, draft.title, point, draft.house, visit.now_ms)
    return [one for one in found if not (one.holder_id and draft.holder_id and one.holder_id != draft.holder_id)]
