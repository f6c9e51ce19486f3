"""`onecard server authority retire`"""

import pytest

from onecard.cli import main
from tests.onecard.commands.server.conftest import config, ready

__all__ = ["config", "ready"]


def test_one_that_issues_is_not_retired(ready: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["server", "authority", "retire", "1", "--config", ready]) == 1
    assert "let another one issue first" in capsys.readouterr().err
