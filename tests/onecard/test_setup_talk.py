"""The terminal of `onecard point setup`."""

from collections.abc import Iterator

import pytest
import typer

from onecard.setup_talk import Terminal


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    monkeypatch.setenv("ONECARD_LANG", "en")
    answers: list[str] = []

    def prompt(question: str, default: str, show_default: bool) -> str:
        assert question
        assert show_default is bool(default)
        return answers.pop(0) or default

    monkeypatch.setattr(typer, "prompt", prompt)
    yield answers
    assert answers == []


def test_a_line_or_its_default(said: list[str]) -> None:
    said += [" north ", ""]
    assert (Terminal().ask("Name"), Terminal().ask("Name", "reader")) == ("north", "reader")


def test_yes_and_no_until_it_is_one(said: list[str]) -> None:
    said += ["what", "", "Y", "否"]
    assert (Terminal().yes("Did it?"), Terminal().yes("Did it?")) == (True, False)


def test_one_of_several_by_its_number(said: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    said += ["0", "3", "b", "2"]
    assert Terminal().choose("Which?", ["a", "b"]) == "b"
    assert capsys.readouterr().out == "Which?\n  1  a\n  2  b\n"
