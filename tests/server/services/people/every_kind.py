"""Somebody to whom something of every kind has happened."""

from card_protocol.words.point import PointKind
from server.services.access import access
from server.services.access.access import PointIn
from server.services.people import consents, holders
from server.services.people.consents import Purpose
from server.services.privacy import forgetting
from server.services.privacy.aims import Aim
from server.services.purses import subsidies
from server.services.purses.subsidies import SubsidyIn
from server.services.work import Work
from server.tables import (
    ActivityRow,
    AttendanceRow,
    CareCaseRow,
    CareStepRow,
    CareWatchRow,
    ClinicRecallRow,
    ClinicTicketRow,
    EventRow,
    HolderPhotoRow,
    IncidentRow,
    PurseEntryRow,
    TicketRow,
)
from tests.server.build import ADMIN, COMMUNITY, EPOCH, Community, tap

POINTS = {"care": PointKind.CARE, "room": PointKind.ACTIVITY, "home": PointKind.HOME_VISIT}


def everything_happened(community: Community) -> str:
    """The person's id."""
    card = community.active_card()
    who, now = card.holder_id or "", community.now[0]
    worker = community.active_card("04FF0203040506")
    with community.transactions.work(ADMIN) as work:
        for name, kind in POINTS.items():
            point = PointIn(id=name, kind=kind, name_zh=name, name_en=name, area=name, gateway_id="g-1")
            access.set_point(work, COMMUNITY, point)
        consents.say(work, who, Purpose.CARE, True)
        person = holders.get(work.session, who)
        case = work.new_id()
        times = {"opened_by": "user:a", "opened_ms": now, "changed_ms": now}
        work.session.add_all(
            [
                CareWatchRow(holder_id=who, home_point="home", since_ms=0),
                CareCaseRow(id=case, holder_id=who, stage="contact", opened_ms=now),
                HolderPhotoRow(holder_id=who, data=b"x", changed_ms=now),
                ClinicRecallRow(id=work.new_id(), holder_id=who, kind="check_up", due="2026-03-01"),
                ClinicTicketRow(
                    id=work.new_id(), point="clinic", day="2026-03-01", number=4, holder_id=who, place="done",
                    arrived_ms=now, since_ms=now,
                ),
                PurseEntryRow(
                    card_id=card.id, issued_ms=1, holder_id=who, point="care", point_seq=1, amount=-1200, before=1,
                    state="done", proof="proven", at_ms=now, heard_ms=now, minute=1,
                ),
                TicketRow(number=1, kind="repair", title="灯坏了", house=person.house, state="open", **times),
                *(
                    IncidentRow(
                        number=number, matter=matter, title=matter, holder_id=who, urgency="normal", state="reported",
                        unit=COMMUNITY, reported_by="user:g", reported_ms=now, changed_ms=now,
                    )
                    for number, matter in ((1, "safety"), (2, "care"))
                ),
            ]
        )  # fmt: skip
        work.session.flush()
        _activities(work, who)
        work.session.add(CareStepRow(case_id=case, at_ms=now, deed="not_reached", stage="contact"))
        carer = holders.get(work.session, worker.holder_id or "")
        for seq, point in enumerate(("south-gate-in", "clinic", "care", "room", "home"), 1):
            by, whose = (carer, worker) if point == "home" else (person, card)
            body = tap(seq, whose.id, holder=by.pseudonym).replace(b"south-gate-in", point.encode())
            work.session.add(
                EventRow(
                    gateway_id="g-1", epoch=EPOCH, seq=seq, body=body, hash=bytes([seq]) * 32, kind="tap", point=point,
                    card_id=whose.id, holder=by.pseudonym, reason="granted", wall_ms=now, clock="ntp",
                    received_ms=now,
                )
            )  # fmt: skip
        subsidies.give(work, who, SubsidyIn.model_validate({"per_meal": 300, "day_limit": 300, "first": "2026-03-01"}))
        forgetting.forget_aim(work, who, Aim.PHOTO, why="request 1")
    return who


def _activities(work: Work, who: str) -> None:
    now = work.now_ms
    for number, kind in ((1, "volunteer"), (2, "party_meeting")):
        work.session.add(
            ActivityRow(
                number=number,
                kind=kind,
                title=kind,
                from_ms=now,
                to_ms=now,
                rule="none",
                state="held",
                made_by="user:o",
                made_ms=now,
                changed_ms=now,
            )
        )
        work.session.flush()
        work.session.add(AttendanceRow(number=number, holder_id=who, mark="present", at_ms=now))
