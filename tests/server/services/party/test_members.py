"""Members of the Party: kept apart from what everybody reads."""

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from card_protocol.profiles.membership import Standing
from server.services.party import members
from server.services.party.members import Ending, MemberIn
from server.services.people import holders
from server.services.problems import Code, Problem
from server.services.roles import ALLOWED, PEOPLE_ROLES, Permission, Role
from server.services.work import Actor
from server.tables import AuditRow
from tests.server.build import Community, make_community

PARTY = Actor("user:wu", Role.PARTY.value)
FULL = MemberIn.model_validate({"standing": "full", "branch": "第一支部", "since": "2001-07-01"})


@pytest.fixture
def community(sqlite_engine: Engine) -> Community:
    return make_community(sqlite_engine)


def test_entered_corrected_listed_and_ended(community: Community) -> None:
    wang, li = community.holder("王秀英").id, community.holder("李建国").id
    with community.transactions.work(PARTY) as work:
        members.put(work, wang, FULL)
        members.put(work, li, FULL.model_copy(update={"branch": "第二支部"}))
        members.put(work, li, FULL.model_copy(update={"branch": "第二支部", "standing": Standing.PROBATIONARY}))
        assert [(one.holder_id, one.standing) for one in members.listing(work.session)] == [
            (wang, Standing.FULL),
            (li, Standing.PROBATIONARY),
        ]
        assert [one.name for one in members.listing(work.session, "第二支部")] == ["李建国"]
        assert members.branches(work.session) == ["第一支部", "第二支部"]
        members.remove(work, wang)
        assert members.standing_of(work.session, wang) is None
        assert members.standing_of(work.session, None) is None
        with pytest.raises(Problem) as told:
            members.remove(work, wang)
        assert told.value.code is Code.NOT_FOUND


def test_neither_the_person_nor_the_trail_tells_who_is_a_member(community: Community) -> None:
    wang = community.holder("王秀英").id
    with community.transactions.work(PARTY) as work:
        members.put(work, wang, FULL)
        members.remove(work, wang, Ending.MOVED)
        seen = holders.get(work.session, wang).model_dump_json()
        trail = [row.model_dump() for row in work.session.exec(select(AuditRow).where(AuditRow.subject == "party"))]
    assert "支部" not in seen
    assert [line["why"] for line in trail] == ["", Ending.MOVED]
    assert wang not in str(trail)


def test_one_role_of_people_knows() -> None:
    assert [role for role in PEOPLE_ROLES if Permission.PARTY_WORK in ALLOWED[role]] == [Role.PARTY]
    assert not ALLOWED[Role.PARTY] & {Permission.EVENTS_READ, Permission.LIVE_READ, Permission.CARDS_READ}
