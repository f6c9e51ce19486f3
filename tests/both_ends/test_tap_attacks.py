"""Attacks on a real point: driver, conversation, decider, journal. Each is refused, and the event says why.

The same list goes over nfcpy and over PC/SC. `tests/both_ends/test_attacks.py` has the finer ones, which need no radio.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from card_protocol.channel.converse import converse
from card_protocol.crypto.tree import Purpose, leaf_key
from card_protocol.policy.book import MemoryBook
from card_protocol.profiles.card_keys import issuer_keys
from card_protocol.profiles.card_records import PurseEntry
from card_protocol.profiles.header import Header
from card_protocol.profiles.key_bundle import GATEWAY_PURPOSES, KeyBundle
from card_protocol.profiles.layout import ACCESS
from card_protocol.profiles.personalise import Issued, IssueOrder, personalise
from card_protocol.profiles.purse import OpenPurse, open_purse, pay
from card_protocol.profiles.refusal import Cause
from card_protocol.words.event import Event, EventKind
from card_protocol.words.reason import Reason
from edge.core.tap import TapState
from edge.drivers.nfc_reader import NfcReader
from edge.drivers.pcsc_reader import PcscReader, reader_names
from firmware_sim.card.card import Card
from firmware_sim.card.entropy import seeded
from firmware_sim.field.faults import EndlessWait, FaultPlan, LongAnswer
from firmware_sim.field.field import Field
from firmware_sim.field.udp import UdpField
from firmware_sim.field.visit import Relay, Swap, Visit
from firmware_sim.field.vpcd import VpcdField
from gateway.drivers.carried_file import DELTA_NAME
from tests.both_ends.meddler import Bend, Meddler, Recording
from tests.card_protocol.field import UID as CARD_UID
from tests.card_protocol.field import issued as full_card
from tests.card_protocol.field import point_keys
from tests.edge.carried import LOST_CARD_ID, NOW_MS, STRANGER, delta, grant, revocation, revocations_on
from tests.edge.issued import COMMUNITY, FOREIGN_COMMUNITY, LEASE_UNTIL_MS, community_key, issued_card, stock_card
from tests.edge.policy import book, entry
from tests.edge.rig import Rig, eventually
from tests.edge.words import CARD_ID, HOLDER, OTHER_UID, UID

OTHER_CARD_ID = "01JD0000000000000000000002"
UNHEARD_OF = book(entry(card_id=OTHER_CARD_ID, uid=OTHER_UID))
"""A policy that knows the gate, the levels, and not our card: the grant on it decides."""


@dataclass(frozen=True)
class Attack:
    """`visits` are held to the reader one after the other; the last one's event has this reason and cause."""

    visits: Callable[[], list[Visit]]
    reason: Reason
    cause: str
    policy: MemoryBook | None = None
    keys: KeyBundle | None = None


def one(card: object, **more: object) -> Callable[[], list[Visit]]:
    return lambda: [Visit(card() if callable(card) else card, **more)]  # type: ignore[arg-type]


def with_grant(**changes: object) -> Callable[[], list[Visit]]:
    return lambda: [Visit(issued_card(grant=grant(**changes)))]  # type: ignore[arg-type]


def meddled(bend: Bend) -> Callable[[], list[Visit]]:
    return lambda: [Visit(Meddler(issued_card(), bend))]


def bent(exchange: int, how: Callable[[bytes], bytes]) -> Callable[[], list[Visit]]:
    return meddled(lambda number, answer, _: how(answer) if number == exchange else answer)


def clone() -> Card:
    """Shows the UID of a resident; its keys are those that its maker chose."""
    return issued_with(UID, Header(COMMUNITY, CARD_ID, HOLDER, 1, 20_000, 0, 1), b"\x5a" * 16)


def moved() -> Card:
    """Has our keys, and the header of the neighbours: what a careless re-issue would leave."""
    return issued_with(UID, Header(FOREIGN_COMMUNITY, CARD_ID, HOLDER, 1, 20_000, 0, 1))


def issued_with(uid: str, header: Header, key: bytes | None = None) -> Card:
    card = stock_card(uid)
    card.power_on()
    root = community_key() if key is None else type(community_key())(key, 1)
    order = IssueOrder(bytes.fromhex(uid), header)
    keys = issuer_keys(root, COMMUNITY, 1)
    assert isinstance(converse(personalise(order, keys, seeded("desk"), applications=[ACCESS]), card.transmit), Issued)
    card.power_off()
    return card


def later_keys() -> KeyBundle:
    """A box that accepts versions 2 and 3 alone."""

    def leaves(purpose: Purpose) -> tuple:  # type: ignore[type-arg]
        return tuple(leaf_key(community_key(), COMMUNITY, purpose, version) for version in (2, 3))

    return KeyBundle(COMMUNITY, LEASE_UNTIL_MS, {purpose: leaves(purpose) for purpose in GATEWAY_PURPOSES})


def replayed() -> list[Visit]:
    """A genuine tap, written down; then a thing that says it all again."""
    said: list[bytes] = []
    genuine = Visit(issued_card(), recorder=lambda _, answer: said.append(answer))
    return [genuine, Visit(Recording(issued_card(), said))]


def older_put_back() -> list[Visit]:
    return [Visit(issued_card(grant=grant(serial=8))), Visit(issued_card(grant=grant(serial=7)))]


def flipped(place: int) -> Callable[[bytes], bytes]:
    return lambda answer: answer[:place] + bytes((answer[place] ^ 1,)) + answer[place + 1 :]


ATTACKS = {
    "a copied UID": Attack(one(clone), Reason.FOREIGN, "key_rejected"),
    "a recording": Attack(replayed, Reason.FOREIGN, "not_genuine"),
    "a card of the neighbours": Attack(
        one(lambda: issued_card(community=FOREIGN_COMMUNITY)), Reason.FOREIGN, "key_rejected"
    ),
    "another community's header": Attack(one(moved), Reason.WRONG_COMMUNITY, "wrong_community"),
    "a withdrawn key": Attack(one(issued_card), Reason.KEY_VERSION, "key_version", keys=later_keys()),
    "a bit of the challenge": Attack(bent(2, flipped(3)), Reason.FOREIGN, "key_rejected"),
    "a bit of the card's proof": Attack(bent(3, flipped(3)), Reason.FOREIGN, "not_genuine"),
    "a bit of the selection's status": Attack(bent(1, flipped(-1)), Reason.MALFORMED, "malformed"),
    "a bit of the status of its challenge": Attack(bent(2, flipped(-1)), Reason.MALFORMED, "malformed"),
    "a bit of the status of its proof": Attack(bent(3, flipped(-1)), Reason.MALFORMED, "malformed"),
    "a bit of the header's status": Attack(bent(4, flipped(-1)), Reason.CARD_FAULT, "message_altered"),
    "a bit of the header": Attack(bent(4, flipped(10)), Reason.CARD_FAULT, "message_altered"),
    "a bit of the MAC": Attack(bent(4, flipped(-4)), Reason.CARD_FAULT, "message_altered"),
    "half a MAC": Attack(bent(4, lambda a: a[:-6] + a[-2:]), Reason.CARD_FAULT, "message_altered"),
    "an earlier answer again": Attack(
        meddled(lambda number, answer, said: said[3] if number == 5 else answer),
        Reason.CARD_FAULT,
        "message_altered",
        UNHEARD_OF,
    ),
    "an answer without end": Attack(bent(4, lambda a: a[:-2] + b"\x91\xaf"), Reason.CARD_FAULT, "refused_by_card"),
    "an answer too long": Attack(
        one(issued_card, faults=FaultPlan({4: LongAnswer(4000)})), Reason.MALFORMED, "too_long"
    ),
    "waiting without end": Attack(one(issued_card, faults=FaultPlan({3: EndlessWait()})), Reason.CARD_FAULT, "silent"),
    "an open link to another card": Attack(
        one(issued_card, relay=Relay(4, issued_card(OTHER_UID, OTHER_CARD_ID))), Reason.CARD_FAULT, "session_lost"
    ),
    "no grant": Attack(one(issued_card), Reason.UNKNOWN, "grant_absent", UNHEARD_OF),
    "a copied grant": Attack(with_grant(uid=OTHER_UID), Reason.GRANT_COPIED, "grant_copied", UNHEARD_OF),
    "a forged grant": Attack(with_grant(signer=STRANGER), Reason.GRANT_FORGED, "grant_forged", UNHEARD_OF),
    "an expired grant": Attack(with_grant(valid_to_ms=NOW_MS), Reason.GRANT_EXPIRED, "", UNHEARD_OF),
    "an older grant": Attack(older_put_back, Reason.GRANT_STALE, "grant_older", UNHEARD_OF),
    "a grant for elsewhere": Attack(with_grant(levels=(2,), serial=9), Reason.WRONG_POINT, "", UNHEARD_OF),
}


ON_PCSC = {"waiting without end": (Reason.PULLED_AWAY, "pulled_away")}
"""The PC/SC reader itself loses patience, and all that we hear is that the card has gone."""


@pytest.fixture(params=["nfc", pytest.param("pcsc", marks=pytest.mark.pcscd)])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Rig, Field, str]]:
    """A point with one of the two stacks and the field in front of it."""
    field: Field
    if request.param == "nfc":
        udp = UdpField()
        field, rig = udp, Rig(tmp_path, lambda: NfcReader(f"udp:127.0.0.1:{udp.port}"))
    else:
        readers = request.getfixturevalue("virtual_readers")
        name = readers.names[1]
        field, rig = VpcdField(readers.ports[1]), Rig(tmp_path, lambda: PcscReader(name))
        eventually(lambda: name in reader_names())
    yield rig, field, request.param
    field.close()


def hold(rig: Rig, field: Field, visit: Visit) -> Event:
    """Hold a card to the reader until the point has done with it, and take it away."""
    so_far = len(rig.events())
    shown = len(rig.feedback.reasons)
    field.place(visit)
    eventually(lambda: len(rig.feedback.reasons) > shown)
    field.clear()
    eventually(lambda: rig.loop is not None and rig.loop.state in (TapState.EMPTY, TapState.NO_READER))
    return rig.events()[so_far]


def hold_until_written(rig: Rig, field: Field, visit: Visit) -> Event:
    """The same, and the card stays until the point has written onto it."""
    taps, written = len(rig.events()), len(rig.events(EventKind.CARD_WRITTEN))
    field.place(visit)
    eventually(lambda: len(rig.events(EventKind.CARD_WRITTEN)) > written)
    field.clear()
    eventually(lambda: rig.loop is not None and rig.loop.state in (TapState.EMPTY, TapState.NO_READER))
    return rig.events()[taps]


def test_each_attack_is_refused_with_its_own_reason(stage: tuple[Rig, Field, str]) -> None:
    rig, field, stack = stage
    plain, keys = rig.book, rig.keys
    said = {}
    with rig:
        for name, attack in ATTACKS.items():
            rig.book, rig.keys = attack.policy or plain, attack.keys or keys
            events = [hold(rig, field, visit) for visit in attack.visits()]
            said[name] = events[-1].reason, events[-1].detail.get("cause", "")
        expected = {name: (attack.reason, attack.cause) for name, attack in ATTACKS.items()}
        assert said == (expected | ON_PCSC if stack == "pcsc" else expected)
        # Whatever was tried, the next honest tap opens the door, and a grant admits where the book knows nothing.
        rig.book, rig.keys = plain, keys
        honest = hold(rig, field, Visit(issued_card()))
        assert (honest.reason, honest.detail["round_trips"]) == (Reason.GRANTED, 4)
        rig.book = UNHEARD_OF
        unheard_of = hold(rig, field, Visit(issued_card(grant=grant(serial=9))))
        assert (unheard_of.reason, unheard_of.detail["round_trips"]) == (Reason.GRANTED, 5)
        assert unheard_of.grant is not None


CARRIED = {
    "forged revocations": (delta(9, revocation(9), signer=STRANGER), "revocations_forged"),
    "another community's revocations": (delta(9, revocation(9), foreign=True), "revocations_foreign"),
}


@pytest.mark.parametrize("name", CARRIED)
def test_false_revocations_on_a_genuine_card_are_noted_and_replaced(
    stage: tuple[Rig, Field, str], tmp_path: Path, name: str
) -> None:
    rig, field, _ = stage
    false, cause = CARRIED[name]
    (tmp_path / DELTA_NAME).write_bytes(ours := delta(4, revocation(4)))
    card = issued_card(revocations=false)
    with rig:
        assert hold_until_written(rig, field, Visit(card)).reason is Reason.GRANTED, (
            "it is the holder's card all the same"
        )
        (noted,) = eventually(lambda: rig.events(EventKind.CARD_FILE_REFUSED))
    assert noted.detail["cause"] == cause
    assert rig.carried.about(LOST_CARD_ID) is None, "nobody was ended by it"
    assert revocations_on(card) == ours


def test_a_list_that_is_put_back_ends_nothing_that_a_newer_one_had_said(
    stage: tuple[Rig, Field, str], tmp_path: Path
) -> None:
    """Rolled back: an older genuine list neither takes a newer revocation back nor stays on the card."""
    rig, field, _ = stage
    (tmp_path / DELTA_NAME).write_bytes(newest := delta(7, revocation(7)))
    with rig:
        hold_until_written(rig, field, Visit(issued_card(revocations=newest)))
        card = issued_card(revocations=delta(3))
        hold_until_written(rig, field, Visit(card))
    assert revocations_on(card) == newest
    assert rig.carried.about(LOST_CARD_ID) is not None


def test_a_payment_over_the_limit_is_refused_by_the_card_itself(stage: tuple[Rig, Field, str]) -> None:
    """A point that was told of more money than there is: over the very reader of the point."""
    rig, field, _ = stage
    card = full_card().card
    field.place(Visit(card))
    reader = rig.open_reader()
    held = eventually(lambda: reader.wait_for_card(1000))
    purse = converse(open_purse(CARD_UID, point_keys(Purpose.PURSE_DEBIT), seeded("till")), held.transmit)
    boasting = OpenPurse(CARD_UID, 10_000, purse.counter, purse.session)
    refused = converse(pay(boasting, PurseEntry(-1, 0, 0, 0)), held.transmit)
    assert refused.cause is Cause.OVER_LIMIT
    reader.close()


def test_a_card_swapped_under_the_readers_eyes_is_two_taps(stage: tuple[Rig, Field, str]) -> None:
    rig, field, _ = stage
    with rig:
        field.place(Visit(issued_card(), swap=Swap(3, Visit(stock_card(OTHER_UID)))))
        events = [rig.next_tap(0), rig.next_tap(1)]
    assert [event.reason for event in events] == [Reason.PULLED_AWAY, Reason.ASSURANCE_TOO_LOW]
    assert rig.lock.unlocked == 0
