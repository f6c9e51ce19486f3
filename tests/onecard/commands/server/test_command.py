"""`onecard server command`"""

from pathlib import Path

import pytest

from card_protocol.wire.command import CommandAck, Outcome
from onecard.cli import main
from onecard.commands.server import command
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


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "WAIT_S", 0.0)


def test_an_order_is_numbered_and_waits_for_the_server(box: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["server", "command", "g-1", "read_log", "--why", "looks slow", "--config", box]) == 0
    said = capsys.readouterr()
    assert "not answered yet" in said.err
    number = int(said.out)
    with opened(load(Path(box))).read() as session:
        view = commands.get(session, "g-1", number, 0)
    assert (view.state, view.why, view.given_by) == (CommandState.WAITING, "looks slow", "system")


@pytest.mark.parametrize(("outcome", "status"), [(Outcome.DONE, 0), (Outcome.EXPIRED, 1)])
def test_what_became_of_it_is_told(
    box: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, outcome: Outcome, status: int
) -> None:
    """While it waits the gateway answers."""
    transactions = opened(load(Path(box)))

    def gateway_answers(_seconds: float) -> None:
        with transactions.work(SYSTEM) as work:
            newest = commands.listing(work.session, "g-1", 0)[0].number
            commands.answered(work, CommandAck(gateway="g-1", number=newest, newest=newest, outcome=outcome, at_ms=1))

    monkeypatch.setattr(command, "WAIT_S", 60.0)
    monkeypatch.setattr(command.time, "sleep", gateway_answers)
    assert main(["server", "command", "g-1", "read_log", "--why", "looks slow", "--config", box]) == status
    assert ("done" if status == 0 else "refused: it came too late") in capsys.readouterr().err


def test_what_cannot_be_is_one_line(box: str, capsys: pytest.CaptureFixture[str]) -> None:
    for wrong, status in (
        (["g-1", "open_once", "--point", "nowhere", "--why", "x"], 1),
        (["g-9", "read_log", "--why", "x"], 1),
        (["g-1", "read_log", "--why", ""], 2),
        (["g-1", "lock_down", "--area", "yard", "--level", "9", "--why", "x"], 2),
    ):
        assert main(["server", "command", *wrong, "--config", box]) == status, wrong
        assert capsys.readouterr().err.count("\n") == 1, wrong
