"""`onecard server authority export`"""

import pytest

from card_protocol.crypto.certificates import authorities_in
from onecard.cli import main
from tests.onecard.commands.server.conftest import config, ready

__all__ = ["config", "ready"]


def test_certificates_and_nothing_secret(ready: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["server", "authority", "export", "--config", ready]) == 0
    text = capsys.readouterr().out
    assert authorities_in(text) == [text]
    assert "PRIVATE" not in text
