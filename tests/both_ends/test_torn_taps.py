"""The whole tap with everything that follows the unlock, torn before and after each frame.

Afterwards the card is in its old state or in its new one, the next tap works, and the counters that were reported
leave no gap that a torn write does not explain. First on the bare core, under every order of cuts that Hypothesis
thinks of; then a sample on the real stacks.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from card_protocol.channel.converse import converse
from card_protocol.errors import CardGone
from card_protocol.policy.decider import decide
from card_protocol.profiles.transaction_gaps import find_gaps
from card_protocol.words.event import EventKind
from card_protocol.words.reason import Reason
from edge.core.aftercare import Errand, access_event, care, follow_up
from edge.core.present import Grants, present
from edge.core.tap import TapState
from edge.drivers.nfc_reader import NfcReader
from edge.drivers.pcsc_reader import PcscReader, reader_names
from firmware_sim.card.card import Card
from firmware_sim.card.entropy import seeded
from firmware_sim.field.field import Field
from firmware_sim.field.udp import UdpField
from firmware_sim.field.visit import Pull, Visit
from firmware_sim.field.vpcd import VpcdField
from gateway.drivers.carried_file import DELTA_NAME
from tests.edge.carried import NOW_MS, delta, grant, log_of, revocation, revocations_on
from tests.edge.issued import SIGNER, bundle, issued_card
from tests.edge.policy import book, entry, gate
from tests.edge.rig import Rig, eventually
from tests.edge.words import CARD_ID, GATE, OTHER_UID, UID, moment

OTHER_CARD_ID = "01JD0000000000000000000002"
FRAMES = 11
"""Four of the tap, one for the grant, one to read the revocations, five to write."""
LOG_RECORDS = 16
VERIFY = SIGNER.verifier.verify
UNHEARD_OF = book(entry(card_id=OTHER_CARD_ID, uid=OTHER_UID))

cuts = st.none() | st.tuples(st.integers(0, FRAMES - 1), st.booleans())


class Hand:
    """Holds a card to a reader, and may pull it away at a frame (from 0), before or after the card has heard it."""

    def __init__(self, card: Card, cut: tuple[int, bool] | None) -> None:
        self._card, self._cut = card, cut
        self.frames = 0
        card.power_on()

    def transmit(self, command: bytes) -> bytes:
        frame, self.frames = self.frames, self.frames + 1
        if self._cut is not None and frame >= self._cut[0]:
            if frame == self._cut[0] and self._cut[1]:
                self._card.transmit(command)
            self._card.power_off()
            raise CardGone("pulled away")
        return self._card.transmit(command)


class Journey:
    """One card that passes one door again and again."""

    def __init__(self) -> None:
        self.card = issued_card(grant=grant())
        self.counters: list[int] = [1]
        """Reported; the first transaction is the issue."""
        self.torn = 0
        self.taps = 0

    def tap(self, cut: tuple[int, bool] | None, known: bool) -> None:
        self.taps += 1
        ours = delta(self.taps, revocation(self.taps))
        event = access_event("gw-1", gate(), 0, self.taps, 3, NOW_MS)
        before = log_of(self.card), revocations_on(self.card)
        hand = Hand(self.card, cut)
        grants = Grants(VERIFY, lambda _: None if known else 0)
        told = converse(present(UID, bundle(), seeded(f"t{self.taps}"), moment(), grants), hand.transmit)
        said = decide(told.presentation, GATE, book() if known else UNHEARD_OF, moment())
        if told.reading is None or not said.granted:
            assert said.reason is Reason.PULLED_AWAY
            assert (log_of(self.card), revocations_on(self.card)) == before
            return
        done = converse(care(told.reading, Errand(bundle(), VERIFY, event, (ours,)), seeded("w")), hand.transmit)
        for heard in follow_up(done, None, CARD_ID, GATE, self.taps, moment()):
            if heard.kind is EventKind.CARD_WRITTEN:
                self.counters.append(int(heard.detail["counter"]))
            else:
                self.torn += 1
        after = log_of(self.card), revocations_on(self.card)
        assert after in (before, ([*before[0], event][-LOG_RECORDS:], ours))
        assert after != before or cut is not None


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(cuts, st.booleans()), min_size=1, max_size=6))
def test_whenever_the_card_is_pulled_away_it_is_whole_and_the_next_tap_works(
    passes: list[tuple[tuple[int, bool] | None, bool]],
) -> None:
    journey = Journey()
    for cut, known in passes:
        journey.tap(cut, known)
    written = len(journey.counters)
    journey.tap(None, known=True)
    assert len(journey.counters) == written + 1, "the last tap was whole"
    gaps = find_gaps(journey.counters, since=0, now=journey.counters[-1])
    assert sum(gap.count for gap in gaps) <= journey.torn


@pytest.mark.parametrize(("at", "executed"), [(at, executed) for at in range(FRAMES) for executed in (False, True)])
def test_each_frame_in_turn(at: int, executed: bool) -> None:
    journey = Journey()
    journey.tap((at, executed), known=False)
    journey.tap(None, known=False)
    assert len(log_of(journey.card)) in (1, 2)


@pytest.fixture(params=["nfc", pytest.param("pcsc", marks=pytest.mark.pcscd)])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Rig, Field]]:
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
    (tmp_path / DELTA_NAME).write_bytes(delta(4, revocation(4)))
    yield rig, field
    field.close()


SAMPLE = [Pull(5), Pull(7, executed=True), Pull(9), Pull(10), Pull(10, executed=True)]
"""In the reading of revocations, in the authentication, between the writes, around the commit."""


def test_a_card_pulled_away_after_the_unlock_has_opened_the_door_all_the_same(stage: tuple[Rig, Field]) -> None:
    rig, field = stage
    with rig:
        for number, pull in enumerate(SAMPLE):
            card = issued_card()
            assert _held(rig, field, Visit(card, pull=pull)) is Reason.GRANTED
            whole = (1, delta(4, revocation(4)))
            assert (len(log_of(card)), revocations_on(card)) in (whole, (0, bytes(192)))
            assert (len(log_of(card)) == 1) is (pull == Pull(10, executed=True))
            assert _held(rig, field, Visit(card)) is Reason.GRANTED, "the next tap works"
            assert revocations_on(card) == delta(4, revocation(4))
            eventually(lambda: len(rig.events(EventKind.CARD_WRITTEN)) == number + 1)  # noqa: B023 - asked at once
    assert rig.lock.unlocked == 2 * len(SAMPLE)


def _held(rig: Rig, field: Field, visit: Visit) -> Reason:
    so_far = len(rig.feedback.reasons)
    field.place(visit)
    eventually(lambda: len(rig.feedback.reasons) > so_far)
    eventually(lambda: rig.loop is not None and rig.loop.state is not TapState.WRITING)
    field.clear()
    eventually(lambda: rig.loop is not None and rig.loop.state is TapState.EMPTY)
    return rig.feedback.reasons[so_far]
