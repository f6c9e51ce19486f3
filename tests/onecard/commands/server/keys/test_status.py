"""`onecard server keys status`"""

import json

import pytest

from tests.onecard.commands.server.keys.conftest import Said, tell


def test_nothing_is_under_way(said: Said) -> None:
    code, out, _ = said("status")
    assert code == 0
    assert out.splitlines()[0] == "Doors accept key version 1."
    assert out.splitlines()[-1] == "No key change is under way."


def test_for_scripts(said: Said, lived: str) -> None:
    found = json.loads(said("status", "--json")[1])
    assert found["versions"] == {"oldest": 1, "newest": 1, "at_once": False}
    assert found["cards"] == {"1": 1}
    assert found["gateways"][0]["gateway"] == "g-1"


def test_the_way_of_a_change(said: Said, lived: str) -> None:
    said("raise", "--yes")
    out = said("status")[1]
    assert "Doors accept key version 1 + 2." in out
    assert "… g-1: version 1, leased until" in out
    assert "Waiting for g-1" in out
    tell(lived, keys_newest=2)
    assert "1 cards are still to be renewed" in said("status")[1]
    tell(lived, card=2)
    assert "Every card has version 2: run onecard server keys retire." in said("status")[1]
    said("retire", "--yes")
    assert "Not yet with the present keys: g-1." in said("status")[1]
    tell(lived, keys_newest=0)
    assert "has not said which keys it holds" in said("status")[1]


def test_in_chinese(said: Said, lived: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONECARD_LANG", "zh")
    assert "门禁接受密钥版本 1。" in said("status")[1]
