"""What the commands on a card share."""

import json
from pathlib import Path

import pytest
import typer

from card_protocol.crypto.tree import Purpose
from card_protocol.errors import EquipmentFault
from card_protocol.wire.desk import Show
from onecard.commands.card._common import CARD_SENTENCES, FAILED, Terminal, operator, reading_keys, told_errors
from server.services.opening import ServerError
from server.services.problems import TEXTS, Code, Problem
from server.services.roles import Role

STATUS = "Authenticate: the card answered 91AE authentication error."


def told(error: Exception, *, as_json: bool, capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    with pytest.raises(typer.Exit) as ended, told_errors(as_json=as_json):
        raise error
    assert ended.value.exit_code == FAILED
    said = capsys.readouterr()
    return said.out, said.err


@pytest.mark.parametrize("code", sorted(CARD_SENTENCES))
def test_what_a_card_answered_is_for_scripts_not_for_people(
    code: Code, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONECARD_LANG", "en")
    assert told(Problem(code, STATUS), as_json=False, capsys=capsys) == ("", f"onecard: {TEXTS[code].en}\n")
    out, err = told(Problem(code, STATUS), as_json=True, capsys=capsys)
    assert (json.loads(out), err) == ({"problem": code.value, "detail": STATUS}, "")


def test_other_problems_keep_their_detail(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONECARD_LANG", "zh")
    _, err = told(Problem(Code.WRONG_STATE, "Card 1 is lost."), as_json=False, capsys=capsys)
    assert err == f"onecard: {TEXTS[Code.WRONG_STATE].zh} Card 1 is lost.\n"
    assert told(EquipmentFault("unplugged"), as_json=False, capsys=capsys)[1] == "onecard: 读卡器：unplugged\n"
    out, _ = told(EquipmentFault("unplugged"), as_json=True, capsys=capsys)
    assert json.loads(out)["problem"] == "reader"
    assert told(ServerError("no passphrase"), as_json=False, capsys=capsys)[1] == "onecard: no passphrase\n"


def test_the_terminal_says_sentences_and_progress_beside_the_result(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONECARD_LANG", "zh")
    terminal = Terminal()
    terminal.show(Show(zh="请放卡", en="Put the card", good=True))
    terminal.show(Show(zh="不行", en="No", good=False))
    terminal.progress("desk", {"busy": True, "progress": (3, 8)})
    terminal.progress("desk", {"busy": False, "progress": None})
    terminal.progress("card", {"id": "x"})
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "✓ 请放卡\n✗ 不行\n  3/8\n")


def test_the_operator_is_named_even_without_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "wang")
    assert (operator().name, operator().role) == ("terminal:wang", Role.SYSTEM.value)

    def nobody() -> str:
        raise KeyError("uid 12345")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert operator().name.removeprefix("terminal:").isdigit()


def test_the_keys_of_a_point_from_the_servers_file(config: str) -> None:
    keys = reading_keys(Path(config))
    assert set(keys.leaves) == {Purpose.DOOR_READ}
