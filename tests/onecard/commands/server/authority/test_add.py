"""`onecard server authority add`"""

import pytest

from onecard.cli import main
from tests.onecard.commands.server.conftest import config, ready

__all__ = ["config", "ready"]


def test_its_number_alone_is_printed(ready: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["server", "authority", "add", "--config", ready]) == 0
    said = capsys.readouterr()
    assert said.out == "2\n"
    assert "within an hour" in said.err
