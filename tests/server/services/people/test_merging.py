"""Two entries become one person."""

import pytest
from sqlmodel import select

from card_protocol.words.reason import Reason
from server.services.cards import cards
from server.services.events import events
from server.services.people import consents, holders, households, houses, merging, timeline
from server.services.people.consents import Purpose
from server.services.problems import Code, Problem
from server.services.sight import EVERYTHING
from server.services.signals import Wish
from server.tables import (
    ActivityRow,
    AttendanceRow,
    CareAbsenceRow,
    EventRow,
    HolderRow,
    PartyMemberRow,
    SubsidyRow,
)
from server.tables.base import Row
from tests.server.build import ADMIN, COMMUNITY, EPOCH, NOW_MS, Community, tap


def test_cards_consents_and_the_past_come_along(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        house = houses.add(work, COMMUNITY, "3-1-502").id
        houses.add(work, COMMUNITY, "9-9-901")
    kept = community.holder("单秀英", house="9-9-901")
    card = community.active_card()
    other = card.holder_id or ""
    with community.transactions.work(ADMIN) as work:
        pseudonym = holders.row_of(work.session, other).pseudonym
        body = tap(1, card.id, Reason.GRANTED, holder=pseudonym)
        work.session.add(
            EventRow(gateway_id="g-1", epoch=EPOCH, seq=1, body=body, hash=bytes(32), kind="tap", point="south-gate-in",
                     card_id=card.id, holder=pseudonym, reason="granted", wall_ms=NOW_MS, clock="server",
                     received_ms=NOW_MS)
        )  # fmt: skip
        consents.say(work, other, Purpose.CARE, True)
    with community.transactions.work(ADMIN) as work:
        merged = merging.merge(work, kept.id, other, why="same person")
        assert work.wishes == {Wish.PUBLISH}
    assert (merged.name, merged.house) == ("单秀英", "9-9-901")
    with community.transactions.read() as session:
        assert cards.get(session, card.id).holder_id == kept.id
        assert consents.is_given(session, kept.id, Purpose.CARE)
        (event,) = events.query(session, events.EventFilter(card_id=card.id), sight=EVERYTHING).items
        assert (event.holder_id, event.name) == (kept.id, "单秀英")
        assert session.get(HolderRow, other) is None
        assert households.of_house(session, house)[0].ended_ms is not None
        told = timeline.of_person(session, ADMIN, kept.id)
        assert {moment.action for moment in told} >= {"holder.add", "holder.merge", "card.active", "holder.consent"}
        assert [moment.tap.id for moment in told if moment.tap] == [event.id]


ACTIVITY = {
    "kind": "activity", "title": "读书会", "from_ms": 1, "to_ms": 2, "rule": "none", "state": "planned", "made_by": "x",
    "made_ms": 0, "changed_ms": 0,
}  # fmt: skip
ENTERED = {"entered_by": "x", "changed_ms": 0}

# Rows of a person that have their own way: made anew from what is there, or looked after in merging itself.
OWN_WAY = {"card", "household_member", "holder_key", "holder_photo", "holder_watch", "attendance"}


def test_no_table_with_people_in_it_is_forgotten() -> None:
    tables = {name for name, table in Row.metadata.tables.items() if "holder_id" in table.columns}
    moved = {str(row.__tablename__) for row in (*merging.COME_ALONG, *merging.ONE_EACH)}
    assert tables == moved | OWN_WAY
    assert not moved & OWN_WAY


def test_care_attendance_and_membership_come_along_and_one_of_each_stays(community: Community) -> None:
    kept, other = community.holder("单秀英"), community.holder("单秀瑛")
    with community.transactions.work(ADMIN) as work:
        work.session.add(ActivityRow(**ACTIVITY, number=1))
        work.session.add(ActivityRow(**ACTIVITY, number=2))
        work.session.flush()
        work.session.add(AttendanceRow(number=1, holder_id=other.id, mark="came", why="other's"))
        work.session.add(AttendanceRow(number=2, holder_id=other.id, mark="came", why="other's"))
        work.session.add(AttendanceRow(number=2, holder_id=kept.id, mark="came", why="kept"))
        work.session.add(PartyMemberRow(holder_id=other.id, standing="full", branch="1", since="2000-07-01", **ENTERED))
        work.session.add(CareAbsenceRow(id="A" * 26, holder_id=other.id, kind="away", from_ms=1, to_ms=2))
        work.session.add(SubsidyRow(id="S" * 26, holder_id=other.id, per_meal=1, day_limit=2, first="2026-03-01"))
    with community.transactions.work(ADMIN) as work:
        merging.merge(work, kept.id, other.id, why="same person")
    with community.transactions.read() as session:
        rows = session.exec(select(AttendanceRow).order_by(AttendanceRow.number)).all()
        assert [(row.number, row.holder_id, row.why) for row in rows] == [(1, kept.id, "other's"), (2, kept.id, "kept")]
        for table in (CareAbsenceRow, SubsidyRow, PartyMemberRow):
            assert [row.holder_id for row in session.exec(select(table))] == [kept.id]


def test_what_is_not_one_person_is_not_merged(community: Community) -> None:
    first, second = community.holder(), community.holder()
    with community.transactions.work(ADMIN) as work:
        for person, mark in ((first, "a"), (second, "b")):
            row = holders.row_of(work.session, person.id)
            row.id_mark = mark
            work.session.add(row)
        for other in (first.id, second.id):
            with pytest.raises(Problem) as told:
                merging.merge(work, first.id, other, why="x")
            assert told.value.code is Code.INVALID
