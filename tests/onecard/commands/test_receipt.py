"""`onecard receipt`"""

import json
from pathlib import Path

import pytest

from card_protocol.words.card import CardState
from card_protocol.words.moment import DAY_MS
from onecard.cli import main
from onecard.commands.receipt import BECAUSE, ENDED
from onecard.commands.server._common import load, opened
from server.services.cards import cards
from server.services.cards.receipts import Bound
from server.services.gateways import gateways
from server.services.keys import keystore_file
from server.services.keys.keystore_file import read
from server.services.people import holders
from server.services.people.holders import HolderIn
from server.services.policies import policy
from server.services.work import SYSTEM
from server.tables import GatewayRow, PolicyVersionRow
from tests.onecard.commands.founded import found
from tests.server.build import Box, admit

COMMUNITY = "330105009012"
PASSPHRASE = "correct horse battery staple"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """A server with the lost card 1 and the gateway g-1, which holds a policy from before the loss."""
    monkeypatch.setenv("ONECARD_LANG", "en")
    monkeypatch.setenv("ONECARD_KEYSTORE_PASSPHRASE", PASSPHRASE)
    monkeypatch.setattr(keystore_file.write, "__kwdefaults__", {"log_n": 4})
    path = tmp_path / "server.toml"
    path.write_text(
        f'community = "{COMMUNITY}"\ndatabase_url = "sqlite:///{tmp_path}/server.db"\n'
        f'[keystore]\npath = "{tmp_path}/keystore"\n',
        encoding="utf-8",
    )
    found(str(path))
    transactions, keystore, box = opened(load(path)), read(tmp_path / "keystore", PASSPHRASE), Box("g-1")
    with transactions.work(SYSTEM) as work:
        claim = gateways.claim(work, "g-1", COMMUNITY)
    admit(transactions, keystore, box, claim)
    with transactions.work(SYSTEM) as work:
        person = holders.add(work, COMMUNITY, HolderIn(name="王秀英"))
        card = cards.reserve(work, person.id, "04010203040506", [], valid_to_ms=work.now_ms + 30 * DAY_MS)
        cards.change_state(work, card.id, CardState.ACTIVE)
    (published,) = policy.publish(transactions, keystore, ["g-1"])
    with transactions.work(SYSTEM) as work:
        gateways.note_state(work, box.state(policy_version=published.version, at_ms=work.now_ms))
        cards.change_state(work, card.id, CardState.LOST)
    capsys.readouterr()
    return str(path)


def test_every_bound_has_a_sentence() -> None:
    assert set(BECAUSE) == set(ENDED) == set(Bound)


def test_a_gateway_that_has_not_answered_is_told_with_its_bound(
    config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["receipt", "1", "--config", config]) == 1
    said = capsys.readouterr().out
    assert said.startswith("g-1: may still admit until ")
    assert said.endswith("because: its policy expires then\n")


def test_a_gateway_that_was_shut_out_and_one_whose_policy_is_over(
    config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    transactions = opened(load(Path(config)))
    with transactions.work(SYSTEM) as work:
        gateways.revoke(work, "g-1")
    assert main(["receipt", "1", "--config", config]) == 1
    assert "because: shut out, so it hears nothing; its policy expires then" in capsys.readouterr().out
    with transactions.work(SYSTEM) as work:
        row = work.session.get_one(GatewayRow, "g-1")
        row.revoked_ms = None
        version = work.session.get_one(PolicyVersionRow, ("g-1", row.policy_version))
        version.expires_ms = work.now_ms
        work.session.add_all([row, version])
    assert main(["receipt", "1", "--config", config]) == 0
    said = capsys.readouterr().out
    assert said.startswith("g-1: denied since ")
    assert said.endswith("because its policy had expired then; it has not heard of the revocation\n")


def test_when_all_have_answered_it_is_complete(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    with opened(load(Path(config))).work(SYSTEM) as work:
        gateways.note_state(work, Box("g-1").state(policy_version=1, rev_seq=1, at_ms=work.now_ms))
    assert main(["receipt", "1", "--json", "--config", config]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["lines"][0]["denied_since_ms"]
    assert main(["receipt", found["card_id"], "--config", config]) == 0
    assert "g-1: denied since " in capsys.readouterr().out


def test_a_card_without_a_receipt_is_one_line(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["receipt", "7", "--config", config]) == 1
    assert capsys.readouterr().err.count("\n") == 1
