"""What a point reads from a card that passed and writes onto it, with a simulated card at the other end."""

from typing import Any

import pytest

from card_protocol.channel.converse import converse
from card_protocol.channel.transaction import TransactionMark
from card_protocol.errors import CardGone, EquipmentFault
from card_protocol.profiles.card_records import AccessEvent, Passage, point_tag
from card_protocol.profiles.gossip import Adoption, Knowledge, adopt
from card_protocol.profiles.refusal import CardRefusal, Cause
from card_protocol.profiles.revocation_delta import RevocationDelta
from card_protocol.profiles.tap import CardReading, read_card
from card_protocol.words.event import EventKind
from card_protocol.words.point import Direction
from edge.core.aftercare import Cared, Errand, access_event, care, follow_up, newest_of
from firmware_sim.card.card import Card
from firmware_sim.card.entropy import seeded
from tests.edge.carried import LOST_CARD_ID, NOW_MS, STRANGER, delta, log_of, revocation, revocations_on
from tests.edge.issued import COMMUNITY, SIGNER, bundle, issued_card
from tests.edge.policy import gate
from tests.edge.words import CARD_ID, GATE, UID, moment

VERIFY = SIGNER.verifier.verify
EVENT = access_event("gw-1", gate(), 4, 9, 3, NOW_MS)


def errand(*deltas: bytes) -> Errand:
    return Errand(bundle(), VERIFY, EVENT, deltas)


def tapped(card: Card) -> CardReading:
    card.power_on()
    reading = converse(read_card(bytes.fromhex(UID), bundle(), seeded("tap")), card.transmit)
    assert isinstance(reading, CardReading)
    return reading


def cared(card: Card, *deltas: bytes, transmit: Any = None) -> Cared:
    return converse(care(tapped(card), errand(*deltas), seeded("care")), transmit or card.transmit)


def test_the_event_says_where_and_when_somebody_went() -> None:
    assert AccessEvent.decode(EVENT) == AccessEvent(Passage.IN, 4, point_tag("gw-1", GATE), NOW_MS, 9, 3)
    out = access_event("gw-1", gate(direction=Direction.OUT), 0, 2**32 + 5, 2**32 + 6, NOW_MS)
    assert AccessEvent.decode(out) == AccessEvent(Passage.OUT, 0, point_tag("gw-1", GATE), NOW_MS, 5, 6)


def test_a_blank_card_gets_event_and_revocations_in_one_transaction() -> None:
    card, ours = issued_card(), delta(3, revocation(3))
    done = cared(card, ours)
    assert isinstance(done.written, TransactionMark)
    assert (done.carried, done.written.counter, done.handed_upto) == (None, 2, 3)
    assert (log_of(card), revocations_on(card)) == ([EVENT], ours)


@pytest.mark.parametrize("newer", [4, 5])
def test_a_card_that_knows_as_much_or_more_tells_us_and_keeps_its_list(newer: int) -> None:
    theirs = delta(newer, revocation(newer))
    card = issued_card(revocations=theirs)
    done = cared(card, delta(4, revocation(4)))
    assert isinstance(done.carried, RevocationDelta)
    assert (done.carried.upto, done.signed, done.handed_upto) == (newer, theirs, None)
    assert (log_of(card), revocations_on(card)) == ([EVENT], theirs)


@pytest.mark.parametrize(
    ("theirs", "cause"),
    [
        (delta(9, revocation(9), signer=STRANGER), Cause.REVOCATIONS_FORGED),
        (delta(9, foreign=True), Cause.REVOCATIONS_FOREIGN),
        (bytes(100) + b"\x01" * 92, Cause.REVOCATIONS_FORGED),
    ],
)
def test_a_false_list_does_not_count_and_is_written_over(theirs: bytes, cause: Cause) -> None:
    card, ours = issued_card(revocations=theirs), delta(4, revocation(4))
    done = cared(card, ours)
    assert isinstance(done.carried, CardRefusal)
    assert done.carried.cause is cause
    assert revocations_on(card) == ours


def test_an_older_list_is_brought_up_to_date() -> None:
    card, ours = issued_card(revocations=delta(3)), delta(4, revocation(4))
    assert cared(card, ours).handed_upto == 4
    assert revocations_on(card) == ours


def test_what_is_not_genuine_is_never_handed_on() -> None:
    forged, foreign = delta(9, signer=STRANGER), delta(9, foreign=True)
    assert newest_of((forged, foreign, b""), COMMUNITY, VERIFY) is None
    found = newest_of((delta(3), forged, delta(5), delta(4)), COMMUNITY, VERIFY)
    assert found is not None
    assert (found[0].upto, found[1]) == (5, delta(5))
    card = issued_card()
    assert cared(card, forged).handed_upto is None
    assert revocations_on(card) == bytes(192)


@pytest.mark.parametrize("executed", [False, True])
@pytest.mark.parametrize("at", range(6))
def test_a_card_that_leaves_has_its_old_state_or_its_new_one(at: int, executed: bool) -> None:
    card, ours, said = issued_card(), delta(4, revocation(4)), 0

    def leaving(command: bytes) -> bytes:
        nonlocal said
        said += 1
        if said <= at:
            return card.transmit(command)
        if executed:
            card.transmit(command)
        card.power_off()
        raise CardGone("gone")

    done = cared(card, ours, transmit=leaving)
    refusal = done.carried if at == 0 else done.written
    assert isinstance(refusal, CardRefusal)
    assert refusal.cause is Cause.PULLED_AWAY
    whole = at == 5 and executed
    assert (log_of(card), revocations_on(card)) == (([EVENT], ours) if whole else ([], bytes(192)))
    assert isinstance(cared(card, ours).written, TransactionMark), "the next tap works"


def test_a_reader_that_fails_is_not_the_cards_business() -> None:
    def fails(_: bytes) -> bytes:
        raise EquipmentFault("unplugged")

    with pytest.raises(EquipmentFault):
        cared(issued_card(), transmit=fails)


def test_what_the_journal_hears() -> None:
    theirs = delta(5, revocation(5))
    done = cared(issued_card(revocations=theirs), delta(4))
    assert isinstance(done.carried, RevocationDelta)
    adopted = adopt(Knowledge(), done.carried, NOW_MS)
    written, applied = follow_up(done, adopted, CARD_ID, GATE, 9, moment())
    assert (written.kind, written.card_id, written.point) == (EventKind.CARD_WRITTEN, CARD_ID, GATE)
    assert written.detail == {"tap_seq": 9, "counter": 2}
    assert (applied.kind, applied.card_id) == (EventKind.REVOCATION_APPLIED, LOST_CARD_ID)
    assert applied.detail == {"rev_seq": 5, "state": "lost", "source": "card"}
    [again] = follow_up(cared(issued_card(), delta(4)), Adoption(Knowledge(), ()), CARD_ID, GATE, 9, moment())
    assert again.detail == {"tap_seq": 9, "counter": 2, "revocations_upto": 4}


def test_the_journal_hears_of_a_write_that_did_not_finish_and_not_of_one_that_never_began() -> None:
    torn = Cared(None, b"", CardRefusal(Cause.PULLED_AWAY, "gone"))
    [event] = follow_up(torn, None, CARD_ID, GATE, 9, moment())
    assert (event.kind, event.detail) == (EventKind.CARD_UNWRITTEN, {"tap_seq": 9, "cause": "pulled_away"})
    assert follow_up(Cared(CardRefusal(Cause.PULLED_AWAY, "gone")), None, CARD_ID, GATE, 9, moment()) == []
