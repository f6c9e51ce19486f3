"""How long each purpose keeps, and the night in which everything goes whose time is over.

What went is on the trail in the transaction that removed it: by which rule, before when, and how many. The trail is a
chain, so that line is the proof of the deletion; of events the chain hash stays, so their own proofs hold as well.
"""

import json
from datetime import date
from functools import partial
from typing import Annotated, Any

import structlog
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlmodel import Session, col, select

from card_protocol.words.moment import DAY_MS, local_day_and_minute
from server.services import audit
from server.services.lookout import Lookout
from server.services.people.consents import Purpose
from server.services.privacy import fields, forgetting
from server.services.privacy.aims import BY_CONSENT, MOST_DAYS, PROCESSINGS, Aim
from server.services.privacy.event_ends import PART_ROWS
from server.services.privacy.forgetting import WITHDRAWN_AT_ONCE
from server.services.privacy.rules import RULES, Rule
from server.services.problems import Code, Problem
from server.services.work import SYSTEM, Transactions, Work
from server.tables import AuditRow, PrivacyNightRow, RetentionRow

NIGHT_MINUTE = 150
"""02:30: the night's work begins when nobody is about."""

LOOK_EVERY_S = 600.0
PARTS_MAX = 500
"""Transactions of one rule in one night; what is left goes the next."""

NIGHTS_SHOWN = 60
_log = structlog.get_logger()


class KeepIn(BaseModel):
    """How long a purpose is to keep, and why not as the register says."""

    model_config = ConfigDict(extra="forbid")

    keep_days: int = Field(ge=1, le=MOST_DAYS)
    why: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


class KeepView(BaseModel):
    """How long a purpose keeps; `set_by` is empty where the register says it."""

    aim: Aim
    keep_days: int
    least_days: int
    why: str = ""
    set_by: str = ""
    changed_ms: int | None = None


class NightView(BaseModel):
    """One night: what went by which rule."""

    day: date
    at_ms: int
    removed: int


class ProofView(BaseModel):
    """One line of the trail about something that was deleted."""

    id: int
    at_ms: int
    action: str
    subject: str
    told: dict[str, Any]
    why: str
    count: int


def keeps(session: Session) -> dict[Aim, KeepView]:
    """Every purpose."""
    own = {row.aim: row for row in session.exec(select(RetentionRow))}
    return {aim: _view(aim, own.get(aim.value)) for aim in Aim}


def set_keep(work: Work, aim: Aim, wanted: KeepIn) -> KeepView:
    """Keep for another time. Problem INVALID when another law asks for more."""
    least = PROCESSINGS[aim].least_days
    if wanted.keep_days < least:
        raise Problem(Code.INVALID, f"At least {least} days.", fields={"keep_days": "too short"})
    before = keeps(work.session)[aim].keep_days
    row = work.session.get(RetentionRow, aim.value) or RetentionRow(
        aim=aim.value, keep_days=0, why="", set_by="", changed_ms=0
    )
    row.keep_days, row.why, row.set_by, row.changed_ms = wanted.keep_days, wanted.why, work.actor.name, work.now_ms
    work.session.add(row)
    work.session.flush()
    audit.record(
        work,
        "privacy.keep",
        f"aim:{aim}",
        before={"days": before},
        after={"days": wanted.keep_days},
        why=wanted.why,
    )
    return _view(aim, row)


def look_at_night(transactions: Transactions) -> int | None:
    """Do the night's work once a day, when it is time; how many rows went, None when it was not time or done.

    What one rule meets does not keep the others from theirs: it is raised when all have had their turn, and the night
    is begun again at the next look.
    """
    day, minute = local_day_and_minute(transactions.clock())
    if minute < NIGHT_MINUTE:
        return None
    with transactions.read() as session:
        if session.get(PrivacyNightRow, day.isoformat()) is not None:
            return None
        kept = {aim: view.keep_days for aim, view in keeps(session).items()}
    rules = [partial(_by_rule, transactions, rule, kept[rule.aim]) for rule in RULES]
    removed, met = 0, list[Exception]()
    for part in [*rules, *(partial(_withdrawn, transactions, purpose) for purpose in BY_CONSENT)]:
        try:
            removed += part()
        except Exception as error:
            met.append(error)
    if met:
        raise ExceptionGroup("not every rule had its night", met)
    with transactions.work(SYSTEM) as work:
        if work.session.get(PrivacyNightRow, day.isoformat()) is None:
            work.session.add(PrivacyNightRow(day=day.isoformat(), at_ms=work.now_ms, removed=removed))
            audit.record(work, "privacy.night", f"day:{day}", after={"rules": len(RULES), "removed": removed})
    _log.info("privacy_night", day=day.isoformat(), removed=removed)
    return removed


class PrivacyKeeper(Lookout):
    """One thread that looks whether it is night."""

    def __init__(self, transactions: Transactions) -> None:
        super().__init__("privacy-keeper", lambda: look_at_night(transactions), LOOK_EVERY_S)


def nights(session: Session) -> list[NightView]:
    """The newest first."""
    rows = session.exec(select(PrivacyNightRow).order_by(col(PrivacyNightRow.day).desc()).limit(NIGHTS_SHOWN))
    return [NightView(day=date.fromisoformat(row.day), at_ms=row.at_ms, removed=row.removed) for row in rows]


def proofs(session: Session, limit: int = 200) -> list[ProofView]:
    """What was deleted, as the trail tells it, newest first."""
    told = select(AuditRow).where(col(AuditRow.action).in_(("privacy.expire", "privacy.forget", "events.expire")))
    rows = session.exec(told.order_by(col(AuditRow.id).desc()).limit(limit))
    return [_proof(row) for row in rows]


def _proof(row: AuditRow) -> ProofView:
    told = json.loads(row.before if row.action == "events.expire" else row.after)
    count = sum(told["rows"].values()) if "rows" in told else told.get("count", told.get("events", 0))
    if row.action == fields.FORGOTTEN:
        told = fields.counted(told)
    known = row.model_dump(include={"id", "at_ms", "action", "subject", "why"})
    return ProofView(**known, told=told, count=count)


def _by_rule(transactions: Transactions, rule: Rule, keep_days: int) -> int:
    cutoff_ms = transactions.clock() - keep_days * DAY_MS
    before = local_day_and_minute(max(cutoff_ms, 0))[0]
    removed = 0
    for _ in range(PARTS_MAX):
        with transactions.work(SYSTEM) as work:
            count = rule.remove(work, cutoff_ms)
            if count:
                told = {"aim": rule.aim, "keep_days": keep_days, "before": before.isoformat(), "count": count}
                audit.record(work, "privacy.expire", f"rule:{rule.id}", after=told)
        removed += count
        if count < PART_ROWS:
            break
    return removed


def _withdrawn(transactions: Transactions, purpose: Purpose) -> int:
    """Of everybody who took a consent back, a few people at a time."""
    with transactions.read() as session:
        people = forgetting.withdrawn(session, purpose)
    removed = 0
    for first in range(0, len(people), WITHDRAWN_AT_ONCE):
        with transactions.work(SYSTEM) as work:
            removed += forgetting.forget_withdrawn(work, purpose, people[first : first + WITHDRAWN_AT_ONCE])
    return removed


def _view(aim: Aim, row: RetentionRow | None) -> KeepView:
    processing = PROCESSINGS[aim]
    if row is None:
        return KeepView(aim=aim, keep_days=processing.keep_days, least_days=processing.least_days)
    known = row.model_dump(include={"keep_days", "why", "set_by", "changed_ms"})
    return KeepView(aim=aim, least_days=processing.least_days, **known)
