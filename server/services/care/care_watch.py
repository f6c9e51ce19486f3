"""Who is asked after when they are not seen: entered, away, in hospital; and what a look finds of each of them."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session, col, select

from card_protocol.words.event import EventKind
from card_protocol.words.ids import Slug
from card_protocol.words.moment import DAY_MS, ClockQuality, local_ms
from card_protocol.words.point import PointKind
from card_protocol.words.reason import Reason
from server.services import audit
from server.services.access import access
from server.services.care.care_case import Deed
from server.services.care.rhythm import LOOK_BACK_DAYS, Finding, Span, Status, assess
from server.services.gateways import outages
from server.services.people import consents, holders
from server.services.people.consents import Purpose
from server.services.problems import Code, Problem, not_found
from server.services.work import Work
from server.tables import CardRow, CareAbsenceRow, CareCaseRow, CareWatchRow, EventRow, PointRow

WATCHED_MAX = 5000
STRANGERS = (Reason.LOST.value, Reason.REVOKED.value)
"""Who taps with a card that was lost is not who lost it."""


class Absence(StrEnum):
    """Why somebody is not expected to be seen."""

    AWAY = "away"
    HOSPITAL = "hospital"


class WatchIn(BaseModel):
    """Whom to call, and the point at their door."""

    model_config = ConfigDict(extra="forbid")

    contact_name: str = Field(default="", max_length=100, pattern=r"^\P{Cc}*$")
    contact_phone: str = Field(default="", max_length=40, pattern=r"^[0-9+() \-]*$")
    home_point: Slug | None = None


def put(work: Work, holder_id: str, wanted: WatchIn) -> CareWatchRow:
    """Enter or change somebody. Problem NOT_FOUND, INVALID (no point of a home), IN_USE (another's door)."""
    holders.row_of(work.session, holder_id)
    if wanted.home_point is not None:
        _check_home(work.session, holder_id, wanted.home_point)
    row = work.session.get(CareWatchRow, holder_id)
    if row is None:
        row = CareWatchRow(holder_id=holder_id, since_ms=work.now_ms)
    row.contact_name, row.contact_phone = wanted.contact_name.strip(), wanted.contact_phone.strip()
    row.home_point = wanted.home_point
    work.session.add(row)
    work.session.flush()
    audit.record(work, "care.watch", f"holder:{holder_id}", after={"home_point": wanted.home_point})
    work.tell("care", {})
    return row


def row_of(session: Session, holder_id: str) -> CareWatchRow:
    """Somebody who is watched; Problem NOT_FOUND."""
    row = session.get(CareWatchRow, holder_id)
    if row is None:
        raise not_found("watched person", holder_id)
    return row


def watch_of(session: Session, holder_id: str) -> WatchIn:
    """What was entered of somebody; Problem NOT_FOUND."""
    return WatchIn.model_validate(row_of(session, holder_id).model_dump(include=set(WatchIn.model_fields)))


def leave(work: Work, holder_id: str, kind: Absence, until: date | None) -> None:
    """They are away or in hospital, up to and without a local day; None: until somebody says that it is over."""
    row_of(work.session, holder_id)
    to_ms = None if until is None else local_ms(until)
    if to_ms is not None and not work.now_ms < to_ms <= work.now_ms + 366 * DAY_MS:
        raise Problem(Code.INVALID, "Away until a day that is to come, within a year.", fields={"until": "to come"})
    _end_absences(work, holder_id)
    absence = CareAbsenceRow(id=work.new_id(), holder_id=holder_id, kind=kind.value, from_ms=work.now_ms, to_ms=to_ms)
    work.session.add(absence)
    work.session.flush()
    look_now(work, holder_id)
    audit.record(work, "care.absence", f"holder:{holder_id}", after={"kind": kind, "until": until and str(until)})
    work.tell("care", {})


def back(work: Work, holder_id: str) -> None:
    """They are back: whatever absence lasts, ends. Problem NOT_FOUND."""
    row_of(work.session, holder_id)
    _end_absences(work, holder_id)
    look_now(work, holder_id)
    audit.record(work, "care.absence", f"holder:{holder_id}", after={"kind": None})
    work.tell("care", {})


def absence_of(session: Session, holder_id: str, now_ms: int) -> CareAbsenceRow | None:
    """The absence that lasts."""
    return next((row for row in _absences(session, holder_id) if _lasts(row, now_ms)), None)


def look_at(
    session: Session, holder_id: str, now_ms: int, unknown: Mapping[str, list[Span]]
) -> tuple[Finding, list[Span]]:
    """(how things stand with somebody, the gaps among their points). `unknown` is `outages.unknown`."""
    if not consents.is_given(session, holder_id, Purpose.NOT_SEEN):
        return assess(now_ms, (), (), consent=False, away=None, absences=()), []
    seen = _seen(session, holder_id, now_ms)
    boxes = _gateways(session, set(seen))
    gaps = [span for box in boxes for span in unknown.get(box, ())]
    # Whoever was reached, met or helped is no longer silent, though no point has seen them since.
    gaps += [Span(at, at) for at in _met(session, holder_id, now_ms)]
    absences = _absences(session, holder_id)
    away = next((Status(row.kind) for row in absences if _lasts(row, now_ms)), None)
    spans = [Span(row.from_ms, row.to_ms) for row in absences]
    moments = sorted(at for times in seen.values() for at in times)
    return assess(now_ms, moments, gaps, consent=True, away=away, absences=spans), gaps


def keep(row: CareWatchRow, finding: Finding, gaps: list[Span], now_ms: int) -> None:
    """What was found, beside the person."""
    row.status, row.last_ms = finding.status.value, finding.last_ms
    row.silence_ms, row.usual_ms, row.samples = finding.silence_ms, finding.usual_ms, finding.samples
    lasting = [span.start for span in gaps if span.holds(now_ms)]
    row.unknown_since_ms = min(lasting) if lasting and finding.status is Status.UNKNOWN else None
    row.looked_ms = now_ms


def look_now(work: Work, holder_id: str) -> None:
    """Look at one person at once, so that what was just said of them is true on the next page. Problem NOT_FOUND.

    When everybody was looked at stays what it was: a person's word must not hide that the keeper's looks stand still.
    """
    row = row_of(work.session, holder_id)
    unknown = outages.unknown(work.session, work.now_ms)
    finding, gaps = look_at(work.session, holder_id, work.now_ms, unknown)
    looked_ms = row.looked_ms
    keep(row, finding, gaps, work.now_ms)
    row.looked_ms = looked_ms
    work.session.add(row)
    work.session.flush()


def _seen(session: Session, holder_id: str, now_ms: int) -> dict[str, list[int]]:
    """Point -> when they tapped there in the last weeks. Of a clock that knew no time, when it was told."""
    mine = select(CardRow.id).where(CardRow.holder_id == holder_id)
    start = now_ms - LOOK_BACK_DAYS * DAY_MS
    taps = (
        select(EventRow.point, EventRow.wall_ms, EventRow.received_ms, EventRow.clock)
        .where(col(EventRow.card_id).in_(mine), EventRow.kind == EventKind.TAP.value, EventRow.received_ms >= start)
        .where(col(EventRow.reason).not_in(STRANGERS))
    )
    unsure = {ClockQuality.UNKNOWN.value, ClockQuality.FLOOR.value}
    seen: dict[str, list[int]] = defaultdict(list)
    for point, wall_ms, received_ms, clock in session.exec(taps):
        if point is not None:
            seen[point].append(received_ms if clock in unsure else wall_ms)
    return seen


def _met(session: Session, holder_id: str, now_ms: int) -> list[int]:
    """When cases of theirs ended with somebody who had spoken to them."""
    ended = select(CareCaseRow.closed_ms).where(
        CareCaseRow.holder_id == holder_id,
        col(CareCaseRow.outcome).in_([Deed.WELL.value, Deed.HELPED.value]),
        col(CareCaseRow.closed_ms) >= now_ms - LOOK_BACK_DAYS * DAY_MS,
    )
    return [at for at in session.exec(ended) if at is not None]


def _gateways(session: Session, points: set[str]) -> set[str]:
    rows = session.exec(select(PointRow.gateway_id).where(col(PointRow.id).in_(points)))
    return {gateway for gateway in rows if gateway is not None}


def _absences(session: Session, holder_id: str) -> list[CareAbsenceRow]:
    mine = select(CareAbsenceRow).where(CareAbsenceRow.holder_id == holder_id)
    return list(session.exec(mine.order_by(col(CareAbsenceRow.from_ms).desc())))


def _end_absences(work: Work, holder_id: str) -> None:
    for row in _absences(work.session, holder_id):
        if _lasts(row, work.now_ms):
            row.to_ms = work.now_ms
            work.session.add(row)
    work.session.flush()


def _lasts(row: CareAbsenceRow, now_ms: int) -> bool:
    return Span(row.from_ms, row.to_ms).holds(now_ms)


def _check_home(session: Session, holder_id: str, point: str) -> None:
    if access.point_kinds(session).get(point) is not PointKind.HOME_VISIT:
        raise Problem(Code.INVALID, f"{point} is no point of a home.", fields={"home_point": "no point of a home"})
    other = session.exec(select(CareWatchRow.holder_id).where(CareWatchRow.home_point == point)).first()
    if other not in (None, holder_id):
        raise Problem(Code.IN_USE, f"{point} is at another's door.", fields={"home_point": "another's"})
