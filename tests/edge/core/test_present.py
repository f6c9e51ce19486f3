"""What a card becomes in the decider's words, with a simulated card at the other end."""

import os

import pytest

from card_protocol.channel.converse import converse
from card_protocol.errors import CardGone, EquipmentFault
from card_protocol.profiles.card_records import AccessEvent
from card_protocol.profiles.write_back import WriteBack, write_back
from card_protocol.words.moment import ClockQuality
from card_protocol.words.point import Assurance
from card_protocol.words.reason import Reason
from card_protocol.words.verdict import Presentation
from edge.core.present import LEASE_OVER, Grants, Told, bare, present
from firmware_sim.card.card import Card
from firmware_sim.field.chip import Chip, OtherSmartCard
from tests.edge.carried import STRANGER, grant
from tests.edge.issued import FOREIGN_COMMUNITY, SIGNER, bundle, issued_card, stock_card
from tests.edge.words import CARD_ID, OTHER_UID, UID, moment


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


def tell_with(card: Card, newest_serial: int | None) -> tuple[Told, int]:
    """With a box that knows of this newest serial, or knows the card (None); and the round trips."""
    card.power_on()
    said: list[bytes] = []

    def transmit(command: bytes) -> bytes:
        said.append(command)
        return card.transmit(command)

    grants = Grants(SIGNER.verifier.verify, lambda card_id: newest_serial if card_id == CARD_ID else None)
    return converse(present(UID, bundle(), os.urandom, moment(), grants), transmit), len(said)


def test_a_card_that_the_book_knows_is_not_asked_for_its_grant() -> None:
    told, round_trips = tell_with(issued_card(grant=grant()), None)
    assert (told.presentation.grant, round_trips) == (None, 4)


def test_the_grant_of_a_card_nobody_heard_of_is_read_in_the_same_session() -> None:
    told, round_trips = tell_with(issued_card(grant=grant()), 0)
    assert told.presentation.grant is not None
    assert (told.presentation.grant.serial, told.cause, round_trips) == (7, "", 5)
    assert told.reading is not None


@pytest.mark.parametrize(
    ("carried", "newest_serial", "fault", "cause"),
    [
        (b"", 0, None, "grant_absent"),
        (grant(STRANGER), 0, Reason.GRANT_FORGED, "grant_forged"),
        (grant(uid=OTHER_UID), 0, Reason.GRANT_COPIED, "grant_copied"),
        (grant(holder="FFFFFFFFFFFFFFFF"), 0, Reason.GRANT_COPIED, "grant_copied"),
        (grant(community=FOREIGN_COMMUNITY), 0, Reason.WRONG_COMMUNITY, "wrong_community"),
        (grant(), 8, Reason.GRANT_STALE, "grant_older"),
    ],
)
def test_a_grant_that_does_not_count_says_why(carried: bytes, newest_serial: int, fault: Reason, cause: str) -> None:
    told, _ = tell_with(issued_card(grant=carried), newest_serial)
    assert (told.presentation.grant, told.presentation.fault, told.cause) == (None, fault, cause)
    assert told.presentation.card_id == CARD_ID, "the card itself has proven who it is"


def test_a_card_that_leaves_before_its_grant_is_read_was_pulled_away() -> None:
    card = issued_card(grant=grant())
    card.power_on()
    said = 0

    def leaving(command: bytes) -> bytes:
        nonlocal said
        said += 1
        if said == 5:
            raise CardGone("gone")
        return card.transmit(command)

    grants = Grants(SIGNER.verifier.verify, lambda _: 0)
    told = converse(present(UID, bundle(), os.urandom, moment(), grants), leaving)
    assert told == Told(bare(UID, Reason.PULLED_AWAY), "pulled_away")
    assert told.reading is None


def tell_with_log(card: Card) -> tuple[Told, int]:
    """As a point does that must know where the card went last; and the round trips."""
    card.power_on()
    said: list[bytes] = []

    def transmit(command: bytes) -> bytes:
        said.append(command)
        return card.transmit(command)

    return converse(present(UID, bundle(), os.urandom, moment(), asks_log=True), transmit), len(said)


def test_a_point_that_asks_the_log_hears_where_the_card_went_last() -> None:
    card = issued_card()
    told, round_trips = tell_with_log(card)
    assert (told.presentation.card_id, told.last, round_trips) == (CARD_ID, None, 4 + 1 + 4)
    assert told.reading is not None
    event = AccessEvent(1, 7, 2, 1_780_000_000_000, 3, 4)
    converse(write_back(told.reading, bundle(), WriteBack(event.encode()), os.urandom), card.transmit)
    told, round_trips = tell_with_log(card)
    assert (told.presentation.card_id, told.last, round_trips) == (CARD_ID, event, 5)


def test_who_pulls_the_card_away_before_its_log_is_read_does_not_pass() -> None:
    card = issued_card()
    card.power_on()
    said = 0

    def leaving(command: bytes) -> bytes:
        nonlocal said
        said += 1
        if said == 5:
            raise CardGone("gone")
        return card.transmit(command)

    told = converse(present(UID, bundle(), os.urandom, moment(), asks_log=True), leaving)
    assert told == Told(bare(UID, Reason.PULLED_AWAY), "pulled_away")
