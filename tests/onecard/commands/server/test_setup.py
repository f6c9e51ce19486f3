"""`onecard server setup`: asks for what is missing, leaves for later what is not answered, tells the rest."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from card_protocol.words.division import lineage
from onecard.cli import main
from onecard.commands.server import setup
from server.config import ServerConfig
from server.services import first_steps
from server.services.first_steps import Step
from server.services.keys.keystore import Keystore
from server.services.opening import open_keystore, open_transactions
from tests.server.build import COMMUNITY

PASSPHRASE = "a heron stands in the canal"


class Person:
    """Answers from a list; "" to everything else."""

    def __init__(self, *answers: str) -> None:
        self.answers, self.heard = list(answers), []

    def tell(self, text: str) -> None:
        self.heard.append(text)

    def ask(self, question: str, default: str = "") -> str:
        self.heard.append(question)
        return self.answers.pop(0) if self.answers else default

    def secret(self, question: str) -> str:
        self.heard.append(question)
        return ""

    def yes(self, question: str) -> bool:
        raise NotImplementedError

    def choose(self, question: str, options: Sequence[str]) -> str:
        raise NotImplementedError


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration, initialised."""
    monkeypatch.setenv("ONECARD_KEYSTORE_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("ONECARD_LANG", "en")
    path = tmp_path / "server.toml"
    path.write_text(
        f'community = "{COMMUNITY}"\ndatabase_url = "sqlite:///{tmp_path / "server.db"}"\n'
        f'[keystore]\npath = "{tmp_path / "keystore.json"}"\n'
    )
    assert main(["server", "init", "--config", str(path)]) == 0
    return path


def test_the_whole_conversation_and_its_status_in_json(
    server: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings: ServerConfig = setup.load(server)
    transactions = open_transactions(settings)
    keystore: Keystore = open_keystore(settings, {"ONECARD_KEYSTORE_PASSPHRASE": PASSPHRASE})
    person = Person("杭州市", "Hangzhou", "拱墅区", "Gongshu")
    setup.work_through(person, settings, transactions, keystore)
    assert f"Chinese name of the city {lineage(COMMUNITY)[0]}" in person.heard
    with transactions.read() as session:
        assert first_steps.missing_units(session, COMMUNITY) == [lineage(COMMUNITY)[2]], "left for later"
    copy = tmp_path / "stick.json"
    person = Person("上塘街道", "", "", str(copy))
    setup.work_through(person, settings, transactions, keystore)
    assert any(keystore.check_value() in line for line in person.heard)
    assert (
        open_keystore(
            settings.model_copy(update={"keystore": settings.keystore.model_copy(update={"path": copy})}),
            {"ONECARD_KEYSTORE_PASSPHRASE": PASSPHRASE},
        ).check_value()
        == keystore.check_value()
    )
    told = setup.told(setup.status(transactions, keystore))
    assert told[0].startswith("✓ City, district")
    assert any(line.startswith("→ An administrator") and "choose a password" in line for line in told)

    capsys.readouterr()
    assert main(["server", "setup", "--config", str(server), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["next"] == "admin"
    assert {one["step"] for one in shown["steps"] if one["done"]} == {"units", "keys"}


def test_every_step_has_its_words() -> None:
    assert set(setup.TITLES) == set(Step)
