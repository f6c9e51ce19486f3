"""Steps of the first run at the terminal, against a real data base and keystore."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyotp
import pytest

from onecard.commands.server import _setup_steps as steps
from server.services.gateways import gateways
from server.services.people import houses
from server.services.users import second_factor, users
from server.services.work import SYSTEM
from server.tables.engine import make_engine
from tests.server.build import COMMUNITY, Box, Community, make_community

OWN = "tall bamboo by the canal"


@dataclass
class Person:
    """Answers in turn; an answer may be made from what was heard."""

    answers: list[str | Callable[[list[str]], str]]
    secrets: list[str] = field(default_factory=list)
    agrees: bool = True
    heard: list[str] = field(default_factory=list)

    def tell(self, text: str) -> None:
        self.heard.append(text)

    def ask(self, question: str, default: str = "") -> str:
        self.heard.append(question)
        answer = self.answers.pop(0) if self.answers else default
        return answer if isinstance(answer, str) else answer(self.heard)

    def secret(self, question: str) -> str:
        self.heard.append(question)
        return self.secrets.pop(0) if self.secrets else ""

    def yes(self, question: str) -> bool:
        self.heard.append(question)
        return self.agrees

    def choose(self, question: str, options: Sequence[str]) -> str:
        raise NotImplementedError


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONECARD_LANG", "en")


@pytest.fixture
def community(tmp_path: Path) -> Iterator[Community]:
    engine = make_engine(f"sqlite:///{tmp_path / 'server.db'}")
    yield make_community(engine)
    engine.dispose()


def admin(community: Community) -> None:
    with community.transactions.work(SYSTEM) as work:
        users.add(work, community.house.passwords, users.UserIn(name="admin", role="admin", org=COMMUNITY))


def test_a_password_is_typed_twice_and_a_weak_one_asked_for_again(community: Community) -> None:
    admin(community)
    person = Person([], ["short", "short", OWN, "other", OWN, OWN])
    steps.own_password(person, community.transactions, "admin")
    assert "These are two different passwords." in person.heard
    assert any("Choose a longer" in line for line in person.heard)
    with community.transactions.read() as session:
        assert not users.row_of(session, "admin").must_change


def test_the_app_is_shown_as_a_code_and_confirmed_by_its_first_digits(community: Community) -> None:
    admin(community)
    now_s = community.real[0] // 1000

    def digits(heard: list[str]) -> str:
        found = re.search(r"type ([A-Z2-7]+)", " ".join(heard))
        assert found is not None
        return pyotp.TOTP(found[1]).at(now_s)

    person = Person(["000000", digits])
    steps.authenticator(person, community.transactions, community.house.keystore, "admin")
    with community.transactions.read() as session:
        state = second_factor.state(session, users.row_of(session, "admin").id)
    assert state.on
    assert person.heard[-state.codes_left - 1].startswith("Recovery codes")
    assert any("▀" in line or "█" in line or "▄" in line for line in person.heard)


def test_houses_come_from_a_file_and_wrong_rows_are_told(community: Community, tmp_path: Path) -> None:
    file = tmp_path / "houses.csv"
    file.write_text("房号\n3-1-502\n3-1-503\nby the canal\n", encoding="utf-8")
    keystore = community.house.keystore
    for missing in ("", str(tmp_path / "nowhere.xlsx")):
        steps.houses_from_file(Person([missing]), community.transactions, keystore)
    person = Person([str(file)])
    steps.houses_from_file(person, community.transactions, keystore)
    assert any("2 new, 1 wrong" in line for line in person.heard)
    assert any(line.startswith("Row 4:") for line in person.heard)
    with community.transactions.read() as session:
        assert len(houses.listing(session, COMMUNITY, "").items) == 2


def test_a_file_that_is_no_list_is_told(community: Community, tmp_path: Path) -> None:
    file = tmp_path / "houses.csv"
    file.write_text("天气\n晴\n", encoding="utf-8")
    person = Person([str(file)])
    steps.houses_from_file(person, community.transactions, community.house.keystore)
    assert any("which column" in line for line in person.heard)
    file.write_bytes(b"")
    person = Person([str(file)])
    steps.houses_from_file(person, community.transactions, community.house.keystore)
    assert any("is no list" in line for line in person.heard)


def test_a_gateway_is_claimed_and_then_confirmed_by_its_fingerprint(community: Community) -> None:
    keystore = community.house.keystore
    person = Person(["north-gate"])
    steps.first_gateway(person, community.transactions, keystore)
    claim = re.search(r"--claim (\S+) --fingerprint (\S+)", " ".join(person.heard))
    assert claim is not None
    request = Box("north-gate").request(claim[1])
    with community.transactions.work(SYSTEM) as work:
        gateways.enrol(work, keystore, request)
    wrong = Person(["00:00"])
    steps.first_gateway(wrong, community.transactions, keystore)
    assert len(wrong.heard) == 2
    steps.first_gateway(Person([request.mark]), community.transactions, keystore)
    with community.transactions.work(SYSTEM) as work:
        assert gateways.enrol(work, keystore, request) is not None


def test_a_name_that_is_none_is_told(community: Community) -> None:
    person = Person(["North Gate"])
    steps.first_gateway(person, community.transactions, community.house.keystore)
    assert any("is no name" in line for line in person.heard)
