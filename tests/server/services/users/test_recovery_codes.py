"""Recovery codes: ten, once each, for one user, and nothing of them in the data base."""

import re

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from server.services.roles import Role
from server.services.users import recovery_codes, users
from server.services.users.recovery_codes import CODES
from server.services.users.users import UserIn
from server.tables import RecoveryCodeRow
from tests.server.build import ADMIN, COMMUNITY, Community, make_community


@pytest.fixture
def community(sqlite_engine: Engine) -> Community:
    """The rows are asked for on both data bases by test_second_factor."""
    return make_community(sqlite_engine)


@pytest.fixture
def wang(community: Community) -> str:
    with community.transactions.work(ADMIN) as work:
        return users.add(work, community.house.passwords, UserIn(name="wang", role=Role.GUARD, org=COMMUNITY))[0].id


def used(community: Community, user_id: str, text: str) -> bool:
    with community.transactions.work(ADMIN) as work:
        return recovery_codes.use(work, community.house.keystore, user_id, text)


def left(community: Community, user_id: str) -> int:
    with community.transactions.read() as session:
        return recovery_codes.left(session, user_id)


def made(community: Community, user_id: str) -> list[str]:
    with community.transactions.work(ADMIN) as work:
        return recovery_codes.make(work, community.house.keystore, user_id)


def test_each_works_once_however_it_is_typed(community: Community, wang: str) -> None:
    codes = made(community, wang)
    assert len(set(codes)) == CODES == left(community, wang)
    assert all(re.fullmatch(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}", code) for code in codes)
    assert used(community, wang, codes[0].upper().replace("-", " "))
    assert not used(community, wang, codes[0])
    assert left(community, wang) == CODES - 1
    for nonsense in ("", "-", "0000-0000-0000-0000"):
        assert not used(community, wang, nonsense)


def test_new_ones_end_the_old_ones_and_they_are_nobody_elses(community: Community, wang: str) -> None:
    old, new = made(community, wang), made(community, wang)
    assert not used(community, wang, old[0])
    assert not used(community, "somebody", new[0])
    assert left(community, wang) == CODES


def test_the_data_base_holds_marks_alone(community: Community, wang: str) -> None:
    codes = made(community, wang)
    with community.transactions.read() as session:
        rows = str(session.exec(select(RecoveryCodeRow)).all())
    assert not any(code in rows or code.replace("-", "") in rows for code in codes)
