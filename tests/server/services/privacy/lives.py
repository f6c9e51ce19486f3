"""Somebody about whom there is something of every kind."""

from typing import NamedTuple

from card_protocol.words.moment import DAY_MS
from server.services.people import consents, holders
from server.services.people.consents import Purpose
from server.tables import (
    CareAbsenceRow,
    CareCaseRow,
    CareStepRow,
    CareWatchRow,
    ClinicRecallRow,
    ClinicTicketRow,
    EventRow,
    HolderPhotoRow,
    IncidentRow,
    PurseEntryRow,
    SubsidyRow,
)
from tests.server.build import ADMIN, COMMUNITY, EPOCH, Community, tap


class Life(NamedTuple):
    """Who, with which card."""

    holder: str
    card: str
    pseudonym: str


def lived(community: Community, uid: str = "04010203040506") -> Life:
    """A person with rows in every table that finds people by a key."""
    card = community.active_card(uid)
    who, now = card.holder_id or "", community.now[0]
    with community.transactions.work(ADMIN) as work:
        pseudonym = holders.get(work.session, who).pseudonym
        for purpose in Purpose:
            consents.say(work, who, purpose, True)
        case = work.new_id()
        rows = [
            HolderPhotoRow(holder_id=who, data=b"jpeg", changed_ms=now),
            CareWatchRow(holder_id=who, contact_name="王建国", contact_phone="13800000000", since_ms=now),
            CareAbsenceRow(id=work.new_id(), holder_id=who, kind="away", from_ms=now, to_ms=now + DAY_MS),
            CareCaseRow(id=case, holder_id=who, stage="closed", opened_ms=now, closed_ms=now, outcome="well"),
            ClinicRecallRow(id=work.new_id(), holder_id=who, kind="check_up", due="2026-03-02", done="2026-03-02"),
            SubsidyRow(id=work.new_id(), holder_id=who, per_meal=300, day_limit=300, first="2026-03-01"),
            PurseEntryRow(
                card_id=card.id, issued_ms=1, holder_id=who, point="care", point_seq=1, amount=-1200, before=1,
                state="done", proof="proven", at_ms=now, heard_ms=now, minute=1,
            ),
            IncidentRow(
                number=7000 + int(uid[-2:], 16), matter="safety", title="门", holder_id=who,
                urgency="normal", state="closed",
                unit=COMMUNITY, reported_by="user:g", reported_ms=now, changed_ms=now,
            ),
            ClinicTicketRow(
                id=work.new_id(), point="clinic", day="2026-03-01", number=int(uid[-2:], 16),
                holder_id=who, card_id=card.id,
                place="done", arrived_ms=now, since_ms=now,
            ),
        ]  # fmt: skip
        work.session.add_all(rows)
        work.session.flush()
        work.session.add(CareStepRow(case_id=case, at_ms=now, deed="well", stage="closed"))
    return Life(who, card.id, pseudonym)


def put_event(community: Community, seq: int, life: Life, point: str = "south-gate-in") -> None:
    """An event that has arrived, without a chain."""
    body = tap(seq, life.card, holder=life.pseudonym)
    with community.transactions.work(ADMIN) as work:
        work.session.add(
            EventRow(
                gateway_id="g-1", epoch=EPOCH, seq=seq, body=body, hash=bytes([seq]) * 32, kind="tap", point=point,
                card_id=life.card, holder=life.pseudonym, reason="granted", wall_ms=work.now_ms, clock="ntp",
                received_ms=work.now_ms,
            )
        )  # fmt: skip
