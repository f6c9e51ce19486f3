"""Consents (PIPL art. 13, 15, 29): asked for one purpose at a time, by a notice of a version, taken back as easily.

What the card itself needs (name, house, taps at the gates) rests on the contract with the community and needs none.
"""

from collections.abc import Collection
from enum import StrEnum

from pydantic import BaseModel
from sqlmodel import Session, col, func, select

from server.services import audit
from server.services.cards import card_log
from server.services.people import holders, photos
from server.services.problems import Code, Problem
from server.services.work import Work
from server.tables import ConsentRow

NOTICE_VERSION = "2026-11"
"""Raised whenever the text of a notice changes; what was given by an older one has to be asked for again."""


class Purpose(StrEnum):
    """What is asked for."""

    PHOTO = "photo"
    """A portrait, shown to guards."""
    CARE = "care"
    """Visits at the care station, for elderly care."""
    CLINIC = "clinic"
    ACTIVITY = "activity"
    """Attendance at activities."""
    NOT_SEEN = "not_seen"
    """To be asked after when nobody has seen them: when they tapped is looked at, at all points."""


class ConsentView(BaseModel):
    """How things stand for one purpose; `at_ms` is None when nobody ever asked."""

    purpose: Purpose
    given: bool
    outdated: bool
    """Given by an older notice."""
    at_ms: int | None
    actor: str


def of_person(session: Session, holder_id: str) -> list[ConsentView]:
    """All purposes, with the last word on each."""
    mine = select(ConsentRow).where(ConsentRow.holder_id == holder_id).order_by(col(ConsentRow.id))
    last = {row.purpose: row for row in session.exec(mine)}
    return [_view(purpose, last.get(purpose.value)) for purpose in Purpose]


def is_given(session: Session, holder_id: str, purpose: Purpose) -> bool:
    """Whether the purpose is allowed now."""
    return bool(who_gave(session, {holder_id}, purpose))


def who_gave(session: Session, holder_ids: Collection[str], purpose: Purpose) -> set[str]:
    """Of whom among these the purpose is allowed now; one question, however many they are."""
    theirs = select(func.max(ConsentRow.id)).where(
        col(ConsentRow.holder_id).in_(holder_ids), ConsentRow.purpose == purpose.value
    )
    last = select(ConsentRow).where(col(ConsentRow.id).in_(theirs.group_by(col(ConsentRow.holder_id))))
    views = [(row.holder_id, _view(purpose, row)) for row in session.exec(last)]
    return {holder_id for holder_id, view in views if view.given and not view.outdated}


def say(work: Work, holder_id: str, purpose: Purpose, given: bool) -> None:
    """Note that somebody gave a consent or took it back; with the photo's goes the photo."""
    holders.row_of(work.session, holder_id)
    work.session.add(
        ConsentRow(
            holder_id=holder_id,
            purpose=purpose.value,
            given=given,
            notice=NOTICE_VERSION,
            at_ms=work.now_ms,
            actor=work.actor.name,
        )
    )
    work.session.flush()
    after = {"purpose": purpose, "given": given, "notice": NOTICE_VERSION}
    audit.record(work, "holder.consent", f"holder:{holder_id}", after=after)
    if purpose is Purpose.PHOTO and not given:
        photos.remove(work, holder_id)
    if purpose is Purpose.CLINIC:
        card_log.may_be_renewed(work, holder_id)


def put_photo(work: Work, holder_id: str, data: bytes) -> None:
    """Keep a portrait of somebody who allowed it; Problem WRONG_STATE or INVALID."""
    if not is_given(work.session, holder_id, Purpose.PHOTO):
        raise Problem(Code.WRONG_STATE, "The person has not consented to a photo.")
    photos.put(work, holder_id, data)


def _view(purpose: Purpose, row: ConsentRow | None) -> ConsentView:
    if row is None:
        return ConsentView(purpose=purpose, given=False, outdated=False, at_ms=None, actor="")
    outdated = row.given and row.notice != NOTICE_VERSION
    return ConsentView(purpose=purpose, given=row.given, outdated=outdated, at_ms=row.at_ms, actor=row.actor)
