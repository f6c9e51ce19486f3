"""The first run: what a new server still needs, told from what is in the data base and never from flags.

Whoever stops in the middle goes on where the facts are; a step that comes undone (the last gateway revoked) is
open again.
"""

import json
from enum import StrEnum

from pydantic import BaseModel
from sqlmodel import Session, col, select

from card_protocol.words.card import CardState
from card_protocol.words.division import lineage
from card_protocol.words.event import EventKind
from server.services import audit
from server.services.keys.keystore import Keystore
from server.services.people import listed
from server.services.roles import Role
from server.services.users import second_factor
from server.services.work import Work
from server.tables import AuditRow, CardRow, EventRow, GatewayRow, OrgUnitRow, UserRow

COPIED, TESTED = "keystore.copy", "keystore.tested"
GIVEN_OUT = (CardState.ISSUED.value, CardState.ACTIVE.value, CardState.SUSPENDED.value)


class Step(StrEnum):
    """In the order in which they are best done."""

    UNITS = "units"
    """City, district, street and community have their names."""
    ADMIN = "admin"
    """An administrator has a password of their own."""
    FACTOR = "factor"
    """An administrator has a second factor."""
    HOUSES = "houses"
    KEYS = "keys"
    """A backup of the keystore was read back."""
    GATEWAY = "gateway"
    TAP = "tap"
    CARD = "card"


class StepView(BaseModel):
    """One step. `fact`: what shows that it is done, or what is missing; data, no sentence."""

    step: Step
    done: bool
    fact: str = ""


def steps(session: Session, keystore: Keystore) -> list[StepView]:
    """All steps, in order."""
    community = keystore.community
    missing = missing_units(session, community)
    admin, safe = _admins(session)
    tested = last_test(session)
    gateway = _first(
        session,
        select(GatewayRow.id).where(col(GatewayRow.enrolled_ms).is_not(None), col(GatewayRow.revoked_ms).is_(None)),
    )
    tap = _first(session, select(EventRow.point).where(EventRow.kind == EventKind.TAP.value))
    card = _first_card(session)
    housed = listed.is_listed(session, community)
    key_value = keystore.check_value()
    return [
        StepView(step=Step.UNITS, done=not missing, fact=" ".join(missing)),
        StepView(step=Step.ADMIN, done=bool(admin), fact=admin),
        StepView(step=Step.FACTOR, done=bool(safe), fact=safe),
        StepView(step=Step.HOUSES, done=housed),
        StepView(step=Step.KEYS, done=tested == key_value, fact=key_value if tested == key_value else ""),
        StepView(step=Step.GATEWAY, done=bool(gateway), fact=gateway),
        StepView(step=Step.TAP, done=bool(tap), fact=tap),
        StepView(step=Step.CARD, done=bool(card), fact=card),
    ]


def next_of(found: list[StepView]) -> Step | None:
    """The first step that is open; None when all is done."""
    return next((one.step for one in found if not one.done), None)


def under_way(session: Session) -> bool:
    """Whether no card was given out yet: nobody's work of the day has begun."""
    return not _first_card(session)


def missing_units(session: Session, community: str) -> list[str]:
    """Codes of the community's line, from the city down, that have no name yet."""
    known = set(session.exec(select(OrgUnitRow.code).where(col(OrgUnitRow.code).in_(lineage(community)))))
    return [code for code in lineage(community) if code not in known]


def note_test(work: Work, check_value: str) -> None:
    """A backup of the keystore was opened and is this one: put it on record."""
    audit.record(work, TESTED, "keystore", after={"check_value": check_value})


def note_copy(work: Work) -> None:
    """A copy of the keystore leaves the server: put it on record."""
    audit.record(work, COPIED, "keystore")


def last_test(session: Session) -> str:
    """The check value of the backup that was opened last; "" when none was."""
    line = select(AuditRow.after).where(AuditRow.action == TESTED).order_by(col(AuditRow.id).desc()).limit(1)
    found = session.exec(line).first()
    return str(json.loads(found)["check_value"]) if found else ""


def _admins(session: Session) -> tuple[str, str]:
    """(the first with a password of their own, the first with a second factor too)."""
    ready = select(UserRow).where(
        UserRow.role == Role.ADMIN.value, col(UserRow.disabled).is_(False), col(UserRow.must_change).is_(False)
    )
    rows = session.exec(ready.order_by(col(UserRow.created_ms), col(UserRow.name))).all()
    safe = next((row.name for row in rows if second_factor.state(session, row.id).on), "")
    return (rows[0].name if rows else ""), safe


def _first_card(session: Session) -> str:
    return _first(session, select(CardRow.number).where(col(CardRow.state).in_(GIVEN_OUT)))


def _first(session: Session, statement: object) -> str:
    found = session.exec(statement.limit(1)).first()  # type: ignore[attr-defined]
    return "" if found is None else str(found)
