"""Cards by name, remembered on disk."""

from pathlib import Path

import pytest

from firmware_sim.card.card import Card
from firmware_sim.config import CardConfig
from firmware_sim.field.chip import OtherSmartCard, UidOnlyChip
from firmware_sim.pocket import Pocket
from tests.firmware_sim.jobs import AID
from tests.firmware_sim.reader import le3, reader_of

LIN = CardConfig(name="lin", uid="04A1B2C3D4E580")


def test_kinds() -> None:
    pocket = Pocket(None, "seed")
    for name, kind in (("c", "classic"), ("p", "phone"), ("b", "bank")):
        pocket.add(CardConfig.model_validate({"name": name, "kind": kind, "uid": "01020304"}))
    pocket.add(LIN)
    assert pocket.names == ["c", "p", "b", "lin"]
    assert isinstance(pocket.get("c"), UidOnlyChip)
    assert isinstance(pocket.get("p"), OtherSmartCard)
    assert isinstance(pocket.get("b"), OtherSmartCard)
    assert isinstance(pocket.get("lin"), Card)
    assert pocket.get("nobody") is None
    pocket.save("lin")
    pocket.save("nobody")


def test_memory_comes_back(tmp_path: Path) -> None:
    folder = tmp_path / "cards"
    pocket = Pocket(folder, None)
    pocket.add(LIN)
    card = pocket.get("lin")
    assert isinstance(card, Card)
    card.power_on()
    reader_of(card).ok(0xCA, le3(AID) + b"\x0f\x85")
    pocket.save("lin")
    again = Pocket(folder, None)
    again.add(CardConfig(name="lin", uid="04000000000000"))
    card = again.get("lin")
    assert isinstance(card, Card)
    assert AID in card.state.applications
    assert card.uid == bytes.fromhex("04A1B2C3D4E580")


def test_damaged_memory(tmp_path: Path) -> None:
    (tmp_path / "lin.json").write_text("{")
    with pytest.raises(ValueError, match="JSON"):
        Pocket(tmp_path, None).add(LIN)


def test_seeded_cards_throw_their_own_dice() -> None:
    def challenge(seed: str | None, name: str) -> bytes:
        pocket = Pocket(None, seed)
        pocket.add(CardConfig(name=name, uid="04A1B2C3D4E580"))
        card = pocket.get(name)
        assert card is not None
        card.power_on()
        return card.transmit(bytes.fromhex("9071000002000000"))

    assert challenge("s", "a") == challenge("s", "a") != challenge("s", "b")
    assert challenge(None, "a") != challenge(None, "a")
