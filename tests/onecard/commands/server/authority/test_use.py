"""`onecard server authority use`"""

import pytest

from onecard.cli import main
from tests.onecard.commands.server.conftest import config, ready

__all__ = ["config", "ready"]


def test_one_that_is_not_there_cannot_issue(ready: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["server", "authority", "use", "7", "--config", ready]) == 1
    assert "no authority 7" in capsys.readouterr().err
    assert main(["server", "authority", "use", "1", "--config", ready]) == 0
    assert capsys.readouterr().out == "Authority 1 issues.\n"
