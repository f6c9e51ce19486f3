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
