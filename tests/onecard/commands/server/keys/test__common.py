"""What the commands of key versions say."""

import pytest

from onecard.commands.server.keys._common import confirmed, lines
from server.services.keys.key_versions import HeldKeys, KeysView, KeyVersions


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONECARD_LANG", "en")


def test_an_offline_gateway_says_so() -> None:
    held = HeldKeys(gateway="g-1", oldest=1, newest=2, until_ms=1_772_323_200_000, online=False)
    view = KeysView(versions=KeyVersions(oldest=1, newest=2), for_cards=2, cards={1: 3, 2: 4}, gateways=[held])
    said = lines(view)
    assert "✓ g-1: version 1 + 2, leased until 2026-03-01, offline" in said
    assert "Cards by version: 1: 3, 2: 4" in said


def test_a_yes_in_advance_asks_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    confirmed(["It will rain."], yes=True)
    assert capsys.readouterr().err == "It will rain.\n"
