"""`onecard server claim`"""

import pytest

from onecard.cli import main
from onecard.commands.server._common import load, opened
from server.services.gateways import gateways


def test_the_claim_alone_is_printed(ready: str, capsys: pytest.CaptureFixture[str]) -> None:
    from pathlib import Path

    assert main(["server", "claim", "g-1", "--place", "gate house", "--config", ready]) == 0
    text = capsys.readouterr().out
    assert len(text.strip()) == 32
    assert text.count("\n") == 1
    with opened(load(Path(ready))).read() as session:
        assert gateways.get(session, "g-1").place == "gate house"
