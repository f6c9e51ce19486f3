"""A server's folder with a gateway's events in it."""

from pathlib import Path

import pytest

from card_protocol.wire.topics import Channel, topic
from onecard.commands.server._common import load, opened
from server.intake.processor import Message, Processor
from server.services.gateways import gateways
from server.services.keys import keystore_file
from server.services.keys.keystore_file import read
from server.services.work import SYSTEM
from tests.onecard.commands.founded import found
from tests.server.build import Box, admit, tap

COMMUNITY = "330105009012"
PASSPHRASE = "correct horse battery staple"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """The path of a server's file; three events have come, the day is that of their times."""
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
    fill(path, tmp_path / "keystore")
    capsys.readouterr()
    return str(path)


def fill(path: Path, keystore_path: Path) -> None:
    transactions = opened(load(path))
    keystore = read(keystore_path, PASSPHRASE)
    box = Box("g-1")
    with transactions.work(SYSTEM) as work:
        claim = gateways.claim(work, "g-1", COMMUNITY)
    admit(transactions, keystore, box, claim)
    box.append(tap(1), tap(2), tap(3))
    message = Message(topic("g-1", Channel.EVENTS), box.sealed("batch", box.batch(1, 3)))
    Processor(transactions, keystore).process([message])
