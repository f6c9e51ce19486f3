"""What a card becomes in the decider's words, with a simulated card at the other end."""

import os

import pytest

from card_protocol.channel.converse import converse
from card_protocol.errors import CardGone, EquipmentFault
from card_protocol.words.moment import ClockQuality
from card_protocol.words.point import Assurance
from card_protocol.words.reason import Reason
from card_protocol.words.verdict import Presentation
from edge.core.present import LEASE_OVER, Told, bare, present
from firmware_sim.card.card import Card
from firmware_sim.field.chip import Chip, OtherSmartCard
from tests.edge.issued import FOREIGN_COMMUNITY, bundle, issued_card, stock_card
from tests.edge.words import CARD_ID, UID, moment


def tell(chip: Chip, uid: str = UID) -> Told:
    chip.power_on()
    return converse(present(uid, bundle(), os.urandom, moment()), chip.transmit)


def test_our_card_proves_who_it_is() -> None:
    assert tell(issued_card()) == Told(Presentation(uid=UID, assurance=Assurance.CARD, card_id=CARD_ID))


def test_a_card_of_another_community_is_foreign() -> None:
    assert tell(issued_card(community=FOREIGN_COMMUNITY)) == Told(bare(UID, Reason.FOREIGN), "key_rejected")


@pytest.mark.parametrize("chip", [stock_card(), OtherSmartCard(bytes.fromhex(UID))])
def test_what_is_not_of_our_kind_is_a_number_and_no_fault(chip: Card | OtherSmartCard) -> None:
    assert tell(chip) == Told(bare(UID), "no_application")


def test_a_number_that_none_of_our_cards_has_is_not_even_asked() -> None:
    told = converse(present("01020304", bundle(), os.urandom, moment()), lambda _: pytest.fail("spoken to"))
    assert told == Told(bare("01020304"), "not_our_uid")


def test_without_a_lease_the_keys_are_not_used() -> None:
    over = bundle(lease_until_ms=moment().wall_ms)
    told = converse(present(UID, over, os.urandom, moment()), lambda _: pytest.fail("spoken to"))
    assert told == Told(bare(UID, Reason.POLICY_EXPIRED), LEASE_OVER)


def test_a_box_that_does_not_know_the_time_cannot_judge_its_lease() -> None:
    card = issued_card()
    card.power_on()
    unsure = moment().model_copy(update={"clock": ClockQuality.UNKNOWN})
    told = converse(present(UID, bundle(lease_until_ms=0), os.urandom, unsure), card.transmit)
    assert told.presentation.card_id == CARD_ID


def test_a_card_that_leaves_is_pulled_away_and_a_reader_that_fails_is_none_of_its_business() -> None:
    def leaves(_: bytes) -> bytes:
        raise CardGone("gone")

    def fails(_: bytes) -> bytes:
        raise EquipmentFault("unplugged")

    assert converse(present(UID, bundle(), os.urandom, moment()), leaves) == Told(
        bare(UID, Reason.PULLED_AWAY), "pulled_away"
    )
    with pytest.raises(EquipmentFault):
        converse(present(UID, bundle(), os.urandom, moment()), fails)
