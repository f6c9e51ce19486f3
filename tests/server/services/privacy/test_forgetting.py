"""Forgetting: altogether, one purpose, or because a consent was taken back; the trail tells of it without content."""

import pytest
from sqlmodel import select

from server.services import audit
from server.services.people import consents
from server.services.people.consents import Purpose
from server.services.policies import card_entries
from server.services.privacy import about, forgetting
from server.services.problems import Code, Problem
from server.tables import AuditRow, CareCaseRow, EventGoneRow, EventRow
from tests.server.build import ADMIN, Community
from tests.server.services.privacy.lives import lived, put_event


def told(community: Community) -> list[AuditRow]:
    with community.transactions.read() as session:
        assert audit.broken_at(session) is None
        return list(session.exec(select(AuditRow).where(AuditRow.action == "privacy.forget")))


def test_forgotten_altogether_and_the_card_stays_revoked_for_the_gates(community: Community) -> None:
    life = lived(community)
    with community.transactions.work(ADMIN) as work:
        forgetting.forget(work, life.holder, why="request 1")
    with community.transactions.read() as session:
        entry = card_entries.one(session, life.card)
        assert entry is not None
        assert (entry.state.value, entry.holder) == ("revoked", card_entries.NOBODY)
    (line,) = told(community)
    assert '"holder_photo":1' in line.after
    assert "王" not in line.after


def test_not_while_somebody_looks_for_them(community: Community) -> None:
    life = lived(community)
    with community.transactions.work(ADMIN) as work:
        work.session.add(CareCaseRow(id="C" * 26, holder_id=life.holder, stage="contact", opened_ms=1))
    with pytest.raises(Problem) as problem, community.transactions.work(ADMIN) as work:
        forgetting.forget(work, life.holder, why="x")
    assert problem.value.code is Code.IN_USE
    assert forgetting.OPEN_CASE in problem.value.detail


def test_a_consent_that_was_taken_back_takes_its_data_along_and_no_other(community: Community) -> None:
    life, other = lived(community), lived(community, "04010203040507")
    with community.transactions.work(ADMIN) as work:
        consents.say(work, life.holder, Purpose.CLINIC, False)
        consents.say(work, other.holder, Purpose.CLINIC, False)
        consents.say(work, other.holder, Purpose.CLINIC, True)
        assert forgetting.withdrawn(work.session, Purpose.CLINIC) == [life.holder]
        assert forgetting.forget_withdrawn(work, Purpose.CLINIC) == 2
        assert forgetting.forget_withdrawn(work, Purpose.CLINIC) == 0
        left, theirs = about.counts(work.session, life.holder), about.counts(work.session, other.holder)
    assert "clinic_recall" not in left
    assert left["care_case"] == theirs["clinic_recall"] == 1
    assert [line.why for line in told(community)] == ["consent withdrawn: clinic"]


def test_what_happened_at_the_points_of_a_purpose_goes_with_its_consent(community: Community) -> None:
    life, other = lived(community), lived(community, "04010203040507")
    for seq, (who, point) in enumerate(((life, "clinic"), (life, "south-gate-in"), (other, "clinic")), 1):
        put_event(community, seq, who, point)
    with community.transactions.work(ADMIN) as work:
        consents.say(work, life.holder, Purpose.CLINIC, False)
        assert forgetting.forget_withdrawn(work, Purpose.CLINIC) == 3
        session = work.session
        assert list(session.exec(select(EventRow.seq).order_by(EventRow.seq))) == [2, 3]
        assert list(session.exec(select(EventGoneRow.seq))) == [1]
