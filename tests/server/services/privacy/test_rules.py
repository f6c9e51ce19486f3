"""Rules: each removes what is older than its cutoff, and nothing that is younger."""

import pytest
from sqlalchemy import func, select

from card_protocol.words.card import CardState
from card_protocol.words.moment import DAY_MS
from server.services.access import past
from server.services.cards import cards
from server.services.people import moving_out
from server.services.policies import card_entries
from server.services.privacy import about
from server.services.privacy.aims import Aim
from server.services.privacy.rules import RULES
from server.services.roles import Role
from server.services.visitors import visitor_passes
from server.services.visitors.visitor_passes import VisitorIn
from server.tables import (
    ActivityRow,
    AlarmRow,
    AttendanceRow,
    CareTallyRow,
    ParkingPermitRow,
    PrivacyRequestRow,
    Row,
    SessionRow,
    TicketMessageRow,
    TicketRow,
)
from tests.server.build import ADMIN, COMMUNITY, NOW_MS, Community
from tests.server.incident_town import somebody
from tests.server.services.privacy.lives import lived, put_event

BY_ID = {rule.id: rule for rule in RULES}
LATER_MS = NOW_MS + 400 * DAY_MS


def count(community: Community, table: str) -> int:
    with community.transactions.read() as session:
        return session.scalar(select(func.count()).select_from(Row.metadata.tables[table])) or 0


def apply(community: Community, rule: str, cutoff_ms: int) -> int:
    with community.transactions.work(ADMIN) as work:
        return BY_ID[rule].remove(work, cutoff_ms)


def test_rules_have_names_of_their_own() -> None:
    assert len(BY_ID) == len(RULES)
    assert {rule.aim for rule in RULES} == set(Aim) - {Aim.PARTY}, "every purpose but membership, which ends by hand"


@pytest.mark.parametrize(
    ("rule", "point"), [("events.gates", "south-gate-in"), ("events.gates", "gone"), ("events.clinic", "clinic")]
)
def test_events_go_by_the_kind_of_their_point_and_leave_their_hash(community: Community, rule: str, point: str) -> None:
    life = lived(community)
    put_event(community, 1, life, point)
    others = [one for one in BY_ID if one.startswith("events.") and one != rule]
    assert [apply(community, one, LATER_MS) for one in others] == [0] * len(others)
    assert apply(community, rule, NOW_MS) == 0
    assert apply(community, rule, LATER_MS) == 1
    assert (count(community, "event"), count(community, "event_gone")) == (0, 1)
    assert apply(community, rule, LATER_MS) == 0


@pytest.mark.parametrize(
    ("rule", "table"),
    [("care.cases", "care_case"), ("care.tally", "care_tally"), ("care.absences", "care_absence"),
     ("clinic.recalls", "clinic_recall"), ("incidents", "incident"), ("alarms", "alarm"), ("tickets", "ticket"),
     ("parking", "parking_permit"), ("sessions", "user_session"), ("requests", "privacy_request")],
)  # fmt: skip
def test_what_is_over_goes_in_time(community: Community, rule: str, table: str) -> None:
    lived(community)
    with community.transactions.work(ADMIN) as work:
        work.session.add(AlarmRow(id="A" * 26, kind="x", at_ms=1, acknowledged_ms=NOW_MS))
        work.session.add(AlarmRow(id="B" * 26, kind="x", at_ms=1))
        work.session.add(CareTallyRow(day="2026-03-01", outcome="well", number=2))
        times = {"opened_by": "user:a", "opened_ms": NOW_MS, "changed_ms": NOW_MS}
        work.session.add(TicketRow(number=1, kind="repair", title="灯", house="1", state="closed", **times))
        work.session.add(TicketRow(number=2, kind="repair", title="灯", house="1", state="open", **times))
        made = {"made_by": "user:a", "made_ms": NOW_MS}
        days = {"from_day": "2026-01-01", "to_day": "2026-03-01"}
        work.session.add(ParkingPermitRow(number=1, plate="浙A00001", house="1", **days, **made))
        work.session.add(
            PrivacyRequestRow(
                number=1, kind="access", name="王", way="letter", state="done", asked_ms=1, due_ms=2, closed_ms=NOW_MS
            )
        )
        work.session.flush()
        work.session.add(TicketMessageRow(number=1, turn=1, at_ms=1, actor="a", party="community", text="x"))
    if rule == "sessions":
        user = somebody(community, "g", Role.GUARD)
        with community.transactions.work(ADMIN) as work:
            times = {"created_ms": 1, "seen_ms": 1, "expires_ms": NOW_MS}
            work.session.add(SessionRow(token_hash="h", user_id=user.user_id or "", **times))
    before = count(community, table)
    assert apply(community, rule, NOW_MS) == 0
    assert apply(community, rule, LATER_MS) == 1
    assert count(community, table) == before - 1
    assert apply(community, rule, LATER_MS) == 0


def test_who_did_not_come_to_an_activity_and_why_not_goes_with_the_list(community: Community) -> None:
    life = lived(community)
    with community.transactions.work(ADMIN) as work:
        held = {"kind": "study", "title": "课", "rule": "none", "state": "held", "made_by": "user:a"}
        times = {"from_ms": NOW_MS - 1, "to_ms": NOW_MS, "made_ms": NOW_MS, "changed_ms": NOW_MS}
        work.session.add(ActivityRow(number=1, **held, **times))
        work.session.flush()
        work.session.add(AttendanceRow(number=1, holder_id=life.holder, mark="excused", why="住院"))
    assert apply(community, "attendance", NOW_MS) == 0
    assert apply(community, "attendance", LATER_MS) == 1
    assert count(community, "attendance") == 0


def test_a_visitor_is_forgotten_although_nobody_revoked_a_pass_whose_hours_were_over(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        given = {"name": "李客", "points": ["south-gate-in"], "from_ms": NOW_MS, "to_ms": NOW_MS + DAY_MS}
        made, _ = visitor_passes.make(work, COMMUNITY, VisitorIn.model_validate(given))
    assert apply(community, "people.left", NOW_MS + DAY_MS) == 0, "it is good until then"
    assert apply(community, "people.left", LATER_MS) == 1
    with community.transactions.read() as session:
        assert cards.get(session, made.card_id).holder_id is None


def test_what_a_visitor_had_goes_when_nothing_names_it_any_more(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        given = {"name": "李客", "points": ["south-gate-in"], "from_ms": NOW_MS, "to_ms": NOW_MS + DAY_MS}
        made, _ = visitor_passes.make(work, COMMUNITY, VisitorIn.model_validate(given))
        before = card_entries.newest(work.session)
        cards.end_without_chip(work, made.card_id or "")
    assert apply(community, "visitors.cards", LATER_MS) == 0, "it is somebody's, and their pass names it"
    assert [apply(community, one, LATER_MS) for one in ("people.left", "visitors")] == [1, 1]
    assert apply(community, "visitors.cards", LATER_MS) == 0, "a tap of that day may still have to be decided again"
    with community.transactions.work(ADMIN) as work:
        past.forget(work.session, LATER_MS + past.KEPT_MS)
    assert apply(community, "visitors.cards", NOW_MS) == 0
    assert apply(community, "visitors.cards", LATER_MS) == 1
    assert count(community, "card") == 0
    with community.transactions.read() as session:
        assert card_entries.changed_since(session, COMMUNITY, before) == ([], [made.card_id])


def test_numbers_of_the_clinic_stay_and_name_nobody(community: Community) -> None:
    life = lived(community)
    assert apply(community, "clinic.tickets", LATER_MS) == 1
    assert count(community, "clinic_ticket") == 1
    with community.transactions.read() as session:
        assert "clinic_ticket" not in about.counts(session, life.holder)


def test_portraits_and_purses_stay_as_long_as_a_card_lives(community: Community) -> None:
    life = lived(community)
    with community.transactions.work(ADMIN) as work:
        entry = Row.metadata.tables["purse_entry"]
        issued = cards.get(work.session, life.card)
        assert issued.state is CardState.ACTIVE
        work.session.execute(entry.update().values(issued_ms=cards.row_of(work.session, life.card).issued_ms or 0))
        row = cards.row_of(work.session, life.card)
        row.issued_ms = row.issued_ms or 0
    for rule in ("photos", "purses", "people.left"):
        assert apply(community, rule, LATER_MS) == 0, rule
    with community.transactions.work(ADMIN) as work:
        moving_out.move_out(work, life.holder, why="moved")
    for rule in ("photos", "purses", "people.left"):
        assert apply(community, rule, NOW_MS) == 0, rule
        assert apply(community, rule, LATER_MS) == 1, rule
    assert count(community, "holder") == 0
