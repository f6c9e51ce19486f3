"""Second factors: the app's life, codes that count once, and what is left when they go."""

import pytest
from pyotp import TOTP
from sqlalchemy import Engine
from sqlmodel import select

from server.services import audit
from server.services.problems import Code, Problem
from server.services.roles import Role
from server.services.users import second_factor, sessions, signing_in, users
from server.services.users.recovery_codes import CODES
from server.services.users.second_factor import BY_APP, BY_RECOVERY, SecondFactor
from server.services.users.totp import STEP_S, secret_text
from server.services.users.users import UserIn
from server.tables import TotpRow
from tests.server.build import ADMIN, COMMUNITY, Community, make_community


class Wang:
    """A guard, and the telephone in their hand."""

    def __init__(self, community: Community) -> None:
        self.community, self.keystore = community, community.house.keystore
        with community.transactions.work(ADMIN) as work:
            made, self.password = users.add(
                work, community.house.passwords, UserIn(name="wang", role=Role.GUARD, org=COMMUNITY)
            )
        self.id, self.secret = made.id, b""

    def begins(self) -> None:
        with self.community.transactions.work(ADMIN) as work:
            self.secret = second_factor.begin_app(work, self.keystore, self.id)

    def code(self) -> str:
        return TOTP(secret_text(self.secret)).at(self.community.real[0] // 1000)

    def confirms(self, code: str) -> list[str]:
        with self.community.transactions.work(ADMIN) as work:
            return second_factor.confirm_app(work, self.keystore, self.id, code)

    def set_up(self) -> list[str]:
        self.begins()
        codes = self.confirms(self.code())
        self.community.real[0] += STEP_S * 1000
        return codes

    def checked(self, text: str) -> str | None:
        with self.community.transactions.work(ADMIN) as work:
            return second_factor.check(work, self.keystore, self.id, text)

    @property
    def has(self) -> SecondFactor:
        with self.community.transactions.read() as session:
            return second_factor.state(session, self.id)


@pytest.fixture
def wang(sqlite_engine: Engine) -> Wang:
    return Wang(make_community(sqlite_engine))


def test_app_codes_and_reset_on_either_data_base(community: Community) -> None:
    wang = Wang(community)
    codes = wang.set_up()
    assert wang.checked(wang.code()) == BY_APP
    assert wang.checked(wang.code()) is None
    assert wang.checked(codes[0]) == BY_RECOVERY
    assert wang.has.codes_left == CODES - 1
    with community.transactions.read() as session:
        assert [user.second_factor for user in users.listing(session)] == [True]
    with community.transactions.work(ADMIN) as work:
        users.reset_second_factor(work, "wang", "lost")
    assert not wang.has.on


def test_an_app_counts_from_its_first_code(wang: Wang) -> None:
    wang.begins()
    assert not wang.has.on, "a QR code that nobody scanned locks nobody out"
    assert wang.checked(wang.code()) is None
    with pytest.raises(Problem) as told:
        wang.confirms("000000")
    assert told.value.code is Code.CODE_WRONG
    codes = wang.confirms(wang.code())
    assert wang.has.on
    assert len(codes) == CODES == wang.has.codes_left


def test_a_code_is_taken_once_the_first_one_too(wang: Wang) -> None:
    wang.begins()
    first = wang.code()
    wang.confirms(first)
    assert wang.checked(first) is None
    wang.community.real[0] += STEP_S * 1000
    assert wang.checked(" ".join(wang.code())) == BY_APP
    assert wang.checked(wang.code()) is None


def test_a_recovery_code_serves_once(wang: Wang) -> None:
    codes = wang.set_up()
    assert wang.checked(codes[3]) == BY_RECOVERY
    assert wang.checked(codes[3]) is None
    with wang.community.transactions.work(ADMIN) as work:
        fresh = second_factor.new_codes(work, wang.keystore, wang.id)
    assert wang.checked(codes[4]) is None
    assert wang.checked(fresh[4]) == BY_RECOVERY


def test_beginning_anew_forgets_the_secret_of_before_and_a_running_app_is_left_alone(wang: Wang) -> None:
    wang.begins()
    old = wang.code()
    wang.begins()
    with wang.community.transactions.read() as session:
        assert second_factor.begun_app(session, wang.keystore, wang.id) == wang.secret
    with pytest.raises(Problem):
        wang.confirms(old)
    wang.confirms(wang.code())
    with pytest.raises(Problem) as told:
        wang.begins()
    assert told.value.code is Code.WRONG_STATE
    with wang.community.transactions.read() as session:
        assert second_factor.begun_app(session, wang.keystore, wang.id) is None


def test_the_secret_is_in_a_box_that_the_keystore_alone_opens(wang: Wang) -> None:
    wang.set_up()
    with wang.community.transactions.read() as session:
        row = session.exec(select(TotpRow)).one()
    assert wang.secret not in row.box
    assert wang.keystore.unlock(f"totp:{wang.id}", row.box) == wang.secret


def test_without_the_app_the_recovery_codes_go_too(wang: Wang) -> None:
    wang.set_up()
    with wang.community.transactions.work(ADMIN) as work:
        second_factor.remove_app(work, wang.id)
        second_factor.remove_app(work, wang.id)
    assert wang.has == SecondFactor(app_since_ms=None, passkeys=[], codes_left=0)
    with pytest.raises(Problem), wang.community.transactions.work(ADMIN) as work:
        second_factor.new_codes(work, wang.keystore, wang.id)


def test_an_admin_resets_it_with_a_reason_that_stands_on_record(wang: Wang) -> None:
    opened = signing_in.by_password(wang.community.house, "wang", wang.password)
    wang.set_up()
    with pytest.raises(Problem) as told, wang.community.transactions.work(ADMIN) as work:
        users.reset_second_factor(work, "wang", "  ")
    assert told.value.code is Code.INVALID
    assert wang.has.on
    with wang.community.transactions.work(ADMIN) as work:
        assert users.reset_second_factor(work, "wang", "telephone lost on the bus") == wang.id
    assert not wang.has.on
    assert sessions.who(wang.community.transactions, opened[0]) is None
    with wang.community.transactions.read() as session:
        line = audit.trail(session, subject="user:wang", limit=1).items[0]
        assert audit.broken_at(session) is None
    assert (line.action, line.actor, line.why) == ("user.second_reset", ADMIN.name, "telephone lost on the bus")


def test_no_line_of_the_trail_holds_a_secret(wang: Wang) -> None:
    codes = wang.set_up()
    with wang.community.transactions.read() as session:
        text = str(audit.trail(session).items)
    assert secret_text(wang.secret) not in text
    assert not any(code in text for code in codes)
