"""Users."""

import pytest

from server.services.problems import Code, Problem
from server.services.roles import Role
from server.services.users import sessions, signing_in, users
from server.services.users.users import UserIn
from tests.server.build import ADMIN, COMMUNITY, Community

OWN = "tall bamboo by the canal"


def add(community: Community, name: str = "wang", role: Role = Role.GUARD) -> tuple[str, str]:
    with community.transactions.work(ADMIN) as work:
        view, password = users.add(work, community.house.passwords, UserIn(name=name, role=role, org=COMMUNITY))
    return view.id, password


def change(community: Community, user_id: str, old: str, new: str) -> None:
    with community.transactions.work(ADMIN) as work:
        users.change_password(work, community.house.passwords, user_id, old, new)


def test_the_first_password_must_be_changed(community: Community) -> None:
    user_id, one_time = add(community)
    _, who = signing_in.by_password(community.house, "wang", one_time)
    assert who.must_change
    change(community, user_id, one_time, OWN)
    _, who = signing_in.by_password(community.house, "wang", OWN)
    assert not who.must_change
    with pytest.raises(Problem):
        signing_in.by_password(community.house, "wang", one_time)


def test_changing_ends_every_session(community: Community) -> None:
    user_id, one_time = add(community)
    secret, _ = signing_in.by_password(community.house, "wang", one_time)
    change(community, user_id, one_time, OWN)
    assert sessions.who(community.transactions, secret) is None


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("wrong", OWN, Code.PASSWORD_WRONG), (None, "short", Code.PASSWORD_WEAK), (None, None, Code.PASSWORD_WEAK)],
)
def test_a_bad_change_is_refused(community: Community, old: str | None, new: str | None, code: Code) -> None:
    user_id, one_time = add(community)
    with pytest.raises(Problem) as told:
        change(community, user_id, old or one_time, new or one_time)
    assert told.value.code is code


def test_a_forgotten_password_is_replaced_by_a_one_time_one(community: Community) -> None:
    user_id, one_time = add(community)
    change(community, user_id, one_time, OWN)
    with community.transactions.work(ADMIN) as work:
        fresh = users.reset_password(work, community.house.passwords, "wang")
    _, who = signing_in.by_password(community.house, "wang", fresh)
    assert who.must_change


def test_names_are_taken_once_and_roles_are_a_persons(community: Community) -> None:
    add(community)
    for name, role, code in (("wang", Role.ADMIN, Code.EXISTS), ("li", Role.DESK, Code.INVALID)):
        with pytest.raises(Problem) as told:
            add(community, name, role)
        assert told.value.code is code


def test_users_are_listed_without_secrets(community: Community) -> None:
    with community.transactions.read() as session:
        assert not users.any_user(session)
    add(community, "wang")
    add(community, "chen", Role.ADMIN)
    with community.transactions.read() as session:
        assert users.any_user(session)
        listed = users.listing(session)
    assert [view.name for view in listed] == ["chen", "wang"]
    assert "argon2" not in str(listed)


def test_nobody_is_a_problem(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        with pytest.raises(Problem, match="no user"):
            users.row_of(work.session, "nobody")
        with pytest.raises(Problem, match="no user"):
            users.change_password(work, community.house.passwords, "01HZZZZZZZZZZZZZZZZZZZZZZZ", "a", "b")


def test_another_role_or_shut_out_ends_every_session(community: Community) -> None:
    _, one_time = add(community)
    secret, _ = signing_in.by_password(community.house, "wang", one_time)
    with community.transactions.work(ADMIN) as work:
        assert users.change(work, "wang", role=Role.NURSE, disabled=False).role is Role.NURSE
    assert sessions.who(community.transactions, secret) is None
    with community.transactions.work(ADMIN) as work:
        users.change(work, "wang", role=Role.NURSE, disabled=True)
    with pytest.raises(Problem) as told:
        signing_in.by_password(community.house, "wang", one_time)
    assert told.value.code is Code.PASSWORD_WRONG


def test_changing_nothing_ends_nothing_and_is_not_recorded(community: Community) -> None:
    _, one_time = add(community)
    secret, _ = signing_in.by_password(community.house, "wang", one_time)
    with community.transactions.work(ADMIN) as work:
        users.change(work, "wang", role=Role.GUARD, disabled=False)
    assert sessions.who(community.transactions, secret) is not None


def test_one_admin_always_stays(community: Community) -> None:
    add(community, "first", Role.ADMIN)
    for role, disabled in ((Role.GUARD, False), (Role.ADMIN, True)):
        with community.transactions.work(ADMIN) as work, pytest.raises(Problem) as told:
            users.change(work, "first", role=role, disabled=disabled)
        assert told.value.code is Code.IN_USE
    add(community, "second", Role.ADMIN)
    with community.transactions.work(ADMIN) as work:
        assert users.change(work, "first", role=Role.GUARD, disabled=False).role is Role.GUARD
        with pytest.raises(Problem):
            users.change(work, "second", role=Role.DESK, disabled=False)
