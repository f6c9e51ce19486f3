"""`onecard server desk-token`"""

from pathlib import Path

import pytest

from onecard.cli import main
from onecard.commands.server._common import load, opened
from server.services.roles import Role
from server.services.users import tokens


def test_the_token_alone_is_printed_and_is_the_desks(ready: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["server", "desk-token", "desk-1", "--config", ready]) == 0
    actor = tokens.who(opened(load(Path(ready))), capsys.readouterr().out.strip())
    assert actor is not None
    assert (actor.name, actor.role) == ("desk:desk-1", Role.DESK)
