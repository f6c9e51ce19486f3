"""What is said of a card, by card and by keys."""

from dataclasses import dataclass

import pytest

from card_protocol.errors import CardGone
from card_protocol.profiles.personalise import IssueOrder, personalise
from edge.ports.reader import CardKind
from firmware_sim.card.card import Card
from firmware_sim.field.chip import OtherSmartCard
from onecard.card_seen import What, see, sentence
from tests.card_protocol.field import HEADER, NEIGHBOUR, UID, dice, issued, issuer, point_keys, stock


@dataclass
class InHand:
    """A card as a reader's driver shows it; `leaves_at` counts commands from 1."""

    chip: Card | OtherSmartCard
    leaves_at: int | None = None
    kind: CardKind = CardKind.ISO_DEP
    seen_ns: int = 0
    sent: int = 0

    def __post_init__(self) -> None:
        self.chip.power_on()

    @property
    def uid(self) -> str:
        return self.chip.uid.hex().upper()

    def transmit(self, command: bytes) -> bytes:
        self.sent += 1
        if self.sent == self.leaves_at:
            raise CardGone("gone")
        return self.chip.transmit(command)

    def wait_for_removal(self, timeout_ms: int) -> bool:
        return False


def what(card: InHand, keys: object = None) -> What:
    seen = see(card, keys, dice())  # type: ignore[arg-type]
    assert seen is not None
    assert seen.uid == card.uid
    return seen.what


def test_without_keys():
    assert what(InHand(issued().card)) is What.LIKE_OURS
    assert what(InHand(stock().card)) is What.FOREIGN
    assert what(InHand(OtherSmartCard(bytes.fromhex("01020304")))) is What.UID


def test_a_card_that_takes_no_commands_is_sent_none():
    card = InHand(stock().card, kind=CardKind.UID_ONLY)
    assert what(card, point_keys()) is What.UID
    assert card.sent == 0


def test_with_keys_it_proves_itself():
    seen = see(InHand(issued().card), point_keys(), dice())
    assert seen is not None
    assert (seen.what, seen.card_id, seen.uid, seen.why) == (What.OURS, HEADER.card_id, UID.hex().upper(), None)
    assert what(InHand(stock().card), point_keys()) is What.FOREIGN


def test_a_card_of_the_neighbours_does_not():
    field = stock()
    field.run(personalise(IssueOrder(UID, HEADER), issuer(NEIGHBOUR), dice()))
    seen = see(InHand(field.card), point_keys(), dice())
    assert seen is not None
    assert (seen.what, seen.card_id, seen.why) == (What.NOT_GENUINE, None, "key_rejected")


@pytest.mark.parametrize("leaves_at", range(1, 11))
def test_a_card_that_leaves_is_nothing(leaves_at: int):
    assert see(InHand(issued().card, leaves_at), point_keys(), dice()) is None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_kind_has_its_sentence(language: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ONECARD_LANG", language)
    seen = see(InHand(stock().card), None, dice())
    assert seen is not None
    sentences = {sentence(seen.model_copy(update={"what": kind})) for kind in What}
    assert len(sentences) == len(What)
    assert all(text.startswith(UID.hex().upper()) for text in sentences)
