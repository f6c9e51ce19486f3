"""`onecard server api-token`"""

from pathlib import Path

import pytest

from onecard.cli import main
from onecard.commands.server._common import load, opened
from server.services.roles import Role
from server.services.users import tokens


@pytest.mark.parametrize(("words", "role"), [([], Role.GUARD), (["--role", "admin"], Role.ADMIN)])
def test_the_token_alone_is_printed_and_has_its_role(
    ready: str, capsys: pytest.CaptureFixture[str], words: list[str], role: Role
) -> None:
    assert main(["server", "api-token", "script", *words, "--config", ready]) == 0
    actor = tokens.who(opened(load(Path(ready))), capsys.readouterr().out.strip())
    assert actor is not None
    assert actor.role == role


def test_nobody_gets_the_rights_of_the_server_itself(ready: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["server", "api-token", "script", "--role", "system", "--config", ready]) == 1
    assert capsys.readouterr().out == ""
