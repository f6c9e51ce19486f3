"""`onecard server revoke`"""

from pathlib import Path

import pytest

from onecard.cli import main
from onecard.commands.server._common import load, opened
from server.services.gateways import gateways


def test_a_gateway_is_shut_out(ready: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["server", "claim", "g-1", "--config", ready]) == 0
    said = capsys.readouterr()
    assert "Fingerprint of this server, for the box: " in said.err
    assert main(["server", "revoke", "g-1", "--why", "stolen", "--config", ready]) == 0
    said = capsys.readouterr()
    assert said.out == "g-1 is shut out.\n"
    assert "broker-config" in said.err
    with opened(load(Path(ready))).read() as session:
        assert gateways.get(session, "g-1").revoked
    assert main(["server", "revoke", "g-9", "--config", ready]) == 1


def test_the_broker_hears_of_it_at_once(ready: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = tmp_path / "broker"
    with Path(ready).open("a", encoding="utf-8") as file:
        file.write(f'[broker]\nfolder = "{folder}"\n')
    assert main(["server", "broker-config", "--config", ready]) == 0
    assert main(["server", "claim", "g-1", "--config", ready]) == 0
    before = (folder / "onecard.acl").read_bytes()
    capsys.readouterr()
    assert main(["server", "revoke", "g-1", "--config", ready]) == 0
    assert "SIGHUP if nothing watches" in capsys.readouterr().err
    assert (folder / "onecard.acl").read_bytes() != before


def test_without_the_passphrase_the_running_server_tells_it(
    ready: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path(ready).open("a", encoding="utf-8") as file:
        file.write(f'[broker]\nfolder = "{tmp_path}"\n')
    assert main(["server", "claim", "g-1", "--config", ready]) == 0
    monkeypatch.delenv("ONECARD_KEYSTORE_PASSPHRASE")
    assert main(["server", "revoke", "g-1", "--config", ready]) == 0
    assert "within a minute" in capsys.readouterr().err
