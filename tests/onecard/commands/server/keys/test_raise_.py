"""`onecard server keys raise`"""

import json

import pytest

from tests.onecard.commands.server.keys.conftest import Said


def test_it_says_what_will_happen_and_does_it(said: Said, lived: str) -> None:
    code, out, err = said("raise", "--yes", "--why", "a box was stolen")
    assert code == 0
    assert "Doors will accept key versions 1 and 2" in err
    assert "as soon as every gateway has it" in err
    assert "Doors accept key version 1 + 2." in out


def test_without_a_yes_nothing_happens(said: Said, lived: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("typer.confirm", lambda *_, **__: (_ for _ in ()).throw(SystemExit(1)))
    assert said("raise")[0] == 1
    assert "Doors accept key version 1." in said("status")[1]


def test_at_once_says_what_that_costs(said: Said, lived: str) -> None:
    _, out, err = said("raise", "--at-once", "--yes", "--json")
    assert "a door that has not heard of it yet refuses them" in err
    assert json.loads(out)["for_cards"] == 2


def test_a_second_one_is_refused_in_a_sentence(said: Said, lived: str) -> None:
    said("raise", "--yes")
    code, _, err = said("raise", "--yes")
    assert code == 1
    assert "retire 1 first" in err
