"""A person, or one purpose of theirs, is forgotten: on request (PIPL art. 47) or because a consent was taken back.

The trail says by which rule and how many rows of which table went; never what stood in them.
"""

import json
from collections.abc import Collection, Mapping

from pydantic import BaseModel
from sqlalchemy import func
from sqlmodel import Session, col, select

from server.services import audit
from server.services.cards import cards
from server.services.people import holders
from server.services.people.consents import Purpose
from server.services.privacy import about, event_ends, fields, staying
from server.services.privacy.aims import BY_CONSENT, Aim
from server.services.privacy.event_ends import POINTS_OF
from server.services.problems import Code, Problem
from server.services.work import Work
from server.tables import AuditRow, CareCaseRow, ConsentRow, IncidentRow

OPEN_INCIDENT = "an incident about them is not closed"
OPEN_CASE = "a case of them not being seen is not closed"
EVENTS_MAX = 20_000
"""Of one person and purpose at once; what is left goes the next night."""

WITHDRAWN_AT_ONCE = 50
"""People looked after in one transaction: on SQLite nobody else writes meanwhile."""


def in_the_way(session: Session, holder_id: str) -> list[str]:
    """Why somebody cannot be forgotten yet (art. 47: what is still necessary)."""
    open_incident = select(IncidentRow.number).where(
        IncidentRow.holder_id == holder_id, col(IncidentRow.state).not_in(("closed", "merged"))
    )
    open_case = select(CareCaseRow.id).where(CareCaseRow.holder_id == holder_id, CareCaseRow.stage != "closed")
    found = [(open_incident, OPEN_INCIDENT), (open_case, OPEN_CASE)]
    return [why for statement, why in found if session.exec(statement).first() is not None]  # type: ignore[call-overload]


def forget(work: Work, holder_id: str, *, why: str) -> Mapping[str, int]:
    """Forget somebody altogether; table -> how many rows. Their cards end at once. Problem NOT_FOUND, IN_USE."""
    holders.row_of(work.session, holder_id)
    if reasons := in_the_way(work.session, holder_id):
        raise Problem(Code.IN_USE, "; ".join(reasons))
    cards.end_all(work, holder_id, why=why)
    work.session.flush()
    kept = staying.counts(work.session, holder_id)
    done = about.erase(work.session, holder_id)
    audit.record(work, "privacy.forget", f"holder:{holder_id}", after={"rows": done, "kept": kept}, why=why)
    return done


class Proof(BaseModel):
    """What a deletion removed and what it left, as the trail has it: table -> rows; the fields' together."""

    at_ms: int
    rows: dict[str, int]
    kept: dict[str, int] = {}


def proof_of(session: Session, why: str) -> Proof | None:
    """The newest deletion for a reason such as `request 7`; None when there was none."""
    told = select(AuditRow).where(AuditRow.action == "privacy.forget", AuditRow.why == why)
    row = session.exec(told.order_by(col(AuditRow.id).desc()).limit(1)).first()
    return Proof.model_validate(fields.counted(json.loads(row.after)) | {"at_ms": row.at_ms}) if row else None


def forget_aim(work: Work, holder_id: str, aim: Aim, *, why: str) -> Mapping[str, int]:
    """Forget what is kept of somebody for one purpose, what happened at its points as well."""
    done = about.erase(work.session, holder_id, aim)
    if aim in POINTS_OF:
        theirs = about.events_of(holder_id), event_ends.at(POINTS_OF[aim])
        if events := event_ends.let_go(work, *theirs, most=EVENTS_MAX):
            done["event"] = events
    if done:
        audit.record(work, "privacy.forget", f"holder:{holder_id}", after={"aim": aim, "rows": done}, why=why)
    return done


def withdrawn(session: Session, purpose: Purpose, among: Collection[str] | None = None) -> list[str]:
    """Whose last word on a purpose is that they take their consent back; of everybody, or `among` some."""
    last = (
        select(func.max(ConsentRow.id)).where(ConsentRow.purpose == purpose.value).group_by(ConsentRow.holder_id)
    ).scalar_subquery()
    taken_back = select(ConsentRow.holder_id).where(col(ConsentRow.id).in_(last), col(ConsentRow.given).is_(False))
    if among is not None:
        taken_back = taken_back.where(col(ConsentRow.holder_id).in_(among))
    return list(session.exec(taken_back.order_by(ConsentRow.holder_id)))


def forget_withdrawn(work: Work, purpose: Purpose, among: Collection[str] | None = None) -> int:
    """Everything of those who took this consent back; how many rows (art. 47, no. 3)."""
    rows = 0
    for holder_id in withdrawn(work.session, purpose, among):
        rows += sum(forget_aim(work, holder_id, BY_CONSENT[purpose], why=f"consent withdrawn: {purpose}").values())
    return rows
