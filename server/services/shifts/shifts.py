"""Shifts at the gates: who has taken over, what stood then, and what was handed on.

They are told from the trail, which cannot be changed afterwards: a shift is its line `shift.begin` and, once it is
over, its line `shift.end`. Two gate houses may have a shift each at the same time.
"""

import json
from typing import Any

from pydantic import BaseModel
from sqlmodel import Session, col, select

from server.services import audit
from server.services.events import alarms
from server.services.gateways import gateways
from server.services.problems import Code, Problem
from server.services.sight import Sight
from server.services.sight import of as sight_of
from server.services.work import Work
from server.tables import AuditRow

BEGIN, END = "shift.begin", "shift.end"
SUBJECT = "shift"
NOTE_MAX_CHARS = 500
SHOWN_LINES = 40
MAX_ALARMS = 500


class Standing(BaseModel):
    """What a guard has to know who comes now."""

    alarms: int
    """That nobody has acknowledged."""
    offline: list[str]
    """Gateways by name."""
    held: list[str]
    """Points whose doors stand open by order."""
    lockdowns: dict[str, int]
    """Area -> level."""


class ShiftView(BaseModel):
    """A shift, or its beginning while it lasts."""

    who: str
    began_ms: int | None
    """None when its beginning is further back than we looked."""
    ended_ms: int | None
    note: str
    left: Standing | None
    """What stood when it was handed over."""


def standing(session: Session, sight: Sight) -> Standing:
    """How things stand now, for whoever sees so much: they count the alarms that their own board shows."""
    boxes = [box for box in gateways.listing(session) if box.enrolled and not box.revoked]
    waiting = alarms.listing(session, sight=sight, limit=MAX_ALARMS).items
    lockdowns: dict[str, int] = {}
    for box in boxes:
        for area, level in box.lockdowns.items():
            lockdowns[area] = max(level, lockdowns.get(area, 0))
    return Standing(
        alarms=len(waiting),
        offline=[box.id for box in boxes if not box.online],
        held=sorted(point for box in boxes for point in box.held),
        lockdowns=lockdowns,
    )


def mine(session: Session, actor: str) -> ShiftView | None:
    """The shift that somebody is in; None outside of one. `actor` as in the trail: `user:wang`."""
    newest = _lines(session, 1, actor)
    return _begun(newest[0]) if newest and newest[0].action == BEGIN else None


def latest(session: Session) -> list[ShiftView]:
    """Shifts, those that last first, then the newest."""
    found: list[ShiftView] = []
    ends: dict[str, AuditRow] = {}
    for line in _lines(session, SHOWN_LINES):
        if line.action == END:
            if (unpaired := ends.pop(line.actor, None)) is not None:
                found.append(_ended(unpaired, None))
            ends[line.actor] = line
        else:
            end = ends.pop(line.actor, None)
            found.append(_begun(line) if end is None else _ended(end, line))
    found += [_ended(end, None) for end in ends.values()]
    return sorted(
        found, key=lambda shift: (shift.ended_ms is None, shift.ended_ms or shift.began_ms or 0), reverse=True
    )


def begin(work: Work) -> None:
    """Take over; Problem WRONG_STATE when the actor has already."""
    work.take_turn(f"{SUBJECT}:{work.actor.name}")
    if mine(work.session, work.actor.name) is not None:
        raise Problem(Code.WRONG_STATE, "You are in a shift already.")
    audit.record(work, BEGIN, SUBJECT, after=_standing_now(work))


def hand_over(work: Work, note: str) -> None:
    """End the actor's shift with what the next one has to know; Problem WRONG_STATE outside of a shift."""
    work.take_turn(f"{SUBJECT}:{work.actor.name}")
    if mine(work.session, work.actor.name) is None:
        raise Problem(Code.WRONG_STATE, "You are in no shift.")
    audit.record(work, END, SUBJECT, after=_standing_now(work), why=note)


def _standing_now(work: Work) -> dict[str, Any]:
    return standing(work.session, sight_of(work.actor)).model_dump(mode="json")


def _lines(session: Session, most: int, actor: str | None = None) -> list[AuditRow]:
    """The newest lines of shifts, of one actor or of all."""
    statement = select(AuditRow).where(col(AuditRow.action).in_([BEGIN, END]))
    if actor is not None:
        statement = statement.where(AuditRow.actor == actor)
    return list(session.exec(statement.order_by(col(AuditRow.id).desc()).limit(most)))


def _begun(line: AuditRow) -> ShiftView:
    return ShiftView(who=line.actor, began_ms=line.at_ms, ended_ms=None, note="", left=None)


def _ended(end: AuditRow, begun: AuditRow | None) -> ShiftView:
    return ShiftView(
        who=end.actor,
        began_ms=begun.at_ms if begun else None,
        ended_ms=end.at_ms,
        note=end.why,
        left=Standing.model_validate(json.loads(end.after)),
    )
