"""`onecard server authority list`: the life of two authorities, as the administrator sees it."""

from datetime import date

import pytest

from onecard.cli import main
from tests.onecard.commands.server.conftest import config, ready

__all__ = ["config", "ready"]


def lines(ready: str, capsys: pytest.CaptureFixture[str]) -> list[list[str]]:
    capsys.readouterr()
    assert main(["server", "authority", "list", "--config", ready]) == 0
    return [line.split("  ") for line in capsys.readouterr().out.splitlines()]


def test_one_follows_the_other(ready: str, capsys: pytest.CaptureFixture[str]) -> None:
    ((number, mark, state, life, gateways),) = lines(ready, capsys)
    assert (number, len(mark), state, gateways) == ("1", 39, "issues", "0 gateways")
    made, until = (date.fromisoformat(day) for day in life.split(" to "))
    assert (until - made).days in (3649, 3650, 3651), "when it must have been followed by another"
    assert main(["server", "authority", "add", "--config", ready]) == 0
    assert [line[2] for line in lines(ready, capsys)] == ["issues", "trusted"]
    assert main(["server", "authority", "use", "2", "--config", ready]) == 0
    assert [line[2] for line in lines(ready, capsys)] == ["trusted", "issues"]
    assert main(["server", "authority", "retire", "1", "--config", ready]) == 0
    assert [line[2] for line in lines(ready, capsys)] == ["retired", "issues"]
