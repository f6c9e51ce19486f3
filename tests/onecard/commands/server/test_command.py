"""`onecard server command`"""

from pathlib import Path

import pytest

from onecard.cli import main
from onecard.commands.server._common import load, opened, passphrase_of
from server.services.gateways import commands, gateways
from server.services.gateways.commands import CommandState
from server.services.keys.keystore_file import read
from server.services.work import SYSTEM
from tests.server.build import Box, admit


@pytest.fixture
def box(ready: str) -> str:
    """A gateway that is enrolled, with a point."""
    settings = load(Path(ready))
    keystore = read(settings.keystore.path, passphrase_of(settings))
    transactions = opened(settings)
    with transactions.work(SYSTEM) as work:
        claim = gateways.claim(work, "g-1", settings.community)
    admit(transactions, keystore, Box("g-1"), claim)
    return ready


def test_an_order_is_numbered_and_waits_for_the_server(box: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["server", "command", "g-1", "read_log", "--why", "looks slow", "--config", box]) == 0
    number = int(capsys.readouterr().out)
    with opened(load(Path(box))).read() as session:
        view = commands.get(session, "g-1", number, 0)
    assert (view.state, view.why, view.given_by) == (CommandState.WAITING, "looks slow", "system")


def test_what_cannot_be_is_one_line(box: str, capsys: pytest.CaptureFixture[str]) -> None:
    for wrong, status in (
        (["g-1", "open_once", "--point", "nowhere", "--why", "x"], 1),
        (["g-9", "read_log", "--why", "x"], 1),
        (["g-1", "read_log", "--why", ""], 2),
        (["g-1", "lock_down", "--area", "yard", "--level", "9", "--why", "x"], 2),
    ):
        assert main(["server", "command", *wrong, "--config", box]) == status, wrong
        assert capsys.readouterr().err.count("\n") == 1, wrong
