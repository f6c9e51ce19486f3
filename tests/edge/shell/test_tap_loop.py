"""One point's thread, with nfcpy, a simulated card and a journal on disk."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from card_protocol.errors import EquipmentFault
from card_protocol.policy.book import MemoryBook
from card_protocol.words.card import CardState
from card_protocol.words.event import Event, EventKind
from card_protocol.words.point import Assurance, LateCommit, PointKind
from card_protocol.words.reason import Reason
from card_protocol.words.revocation import Revocation
from card_protocol.words.verdict import Flag
from edge.core.tap import TapState
from edge.core.tap_words import TapSettings
from edge.drivers.nfc_reader import NfcReader
from firmware_sim.field.chip import Chip, OtherSmartCard, UidOnlyChip
from firmware_sim.field.faults import CutAnswer, FaultPlan, FlipBit, Noise
from firmware_sim.field.udp import UdpField
from firmware_sim.field.visit import Pull, Swap, Visit
from tests.edge.issued import FOREIGN_COMMUNITY, issued_card, stock_card
from tests.edge.policy import book, entry, gate
from tests.edge.rig import CountingLock, Rig
from tests.edge.words import CARD_ID, GATE, HOLDER, OTHER_UID, UID
from tests.support.patience import eventually

EXCHANGES = [1, 2, 3, 4]
OTHER_CARD_ID = "01JD0000000000000000000002"


@pytest.fixture
def field() -> Iterator[UdpField]:
    field = UdpField()
    yield field
    field.close()


@pytest.fixture
def rig(tmp_path: Path, field: UdpField) -> Rig:
    return Rig(tmp_path, lambda: NfcReader(f"udp:127.0.0.1:{field.port}"))


def tap(rig: Rig, field: UdpField, visit: Visit) -> Event:
    """Hold a card to the reader until it is answered, and take it away."""
    so_far = len(rig.feedback.reasons)
    field.place(visit)
    event = rig.next_tap(so_far)
    field.clear()
    eventually(lambda: rig.loop is not None and rig.loop.state in (TapState.EMPTY, TapState.NO_READER))
    return event


def test_a_resident_is_let_in_with_four_round_trips(rig: Rig, field: UdpField) -> None:
    with rig:
        event = tap(rig, field, Visit(issued_card()))
        assert (event.reason, event.card_id, event.holder, event.uid) == (Reason.GRANTED, CARD_ID, HOLDER, None)
        assert event.detail["round_trips"] == 4
        assert int(event.detail["seen_to_append_us"]) > 0
        assert (rig.lock.unlocked, rig.feedback.reasons) == (1, [Reason.GRANTED])


@pytest.mark.parametrize(
    ("policy", "chip", "reason"),
    [
        (book(entry(card_id=OTHER_CARD_ID)), issued_card(), Reason.UNKNOWN),
        (book(), issued_card(community=FOREIGN_COMMUNITY), Reason.FOREIGN),
        (book(), stock_card(), Reason.ASSURANCE_TOO_LOW),
        (book(), OtherSmartCard(bytes.fromhex(UID)), Reason.ASSURANCE_TOO_LOW),
        (book(), UidOnlyChip(bytes.fromhex("A1B2C3D4")), Reason.ASSURANCE_TOO_LOW),
        (book(entry(CardState.REVOKED)), issued_card(), Reason.REVOKED),
        (book(entry(CardState.LOST)), issued_card(), Reason.LOST),
        (book(entry(CardState.SUSPENDED)), issued_card(), Reason.SUSPENDED),
        (book(entry(valid_to_ms=1)), issued_card(), Reason.EXPIRED),
        (book(entry(valid_from_ms=2**41)), issued_card(), Reason.NOT_YET_VALID),
        (book(entry(levels=())), issued_card(), Reason.WRONG_POINT),
        (MemoryBook(None), issued_card(), Reason.NO_POLICY),
    ],
)
def test_everybody_else_hears_why_not(
    rig: Rig, field: UdpField, policy: MemoryBook, chip: Chip, reason: Reason
) -> None:
    rig.book = policy
    with rig:
        assert tap(rig, field, Visit(chip)).reason is reason
        assert (rig.lock.unlocked, rig.feedback.reasons) == (0, [reason])


def test_a_revocation_holds_from_the_next_tap_on(rig: Rig, field: UdpField) -> None:
    with rig:
        assert tap(rig, field, Visit(issued_card())).granted
        revoked = Revocation(rev_seq=1, card_id=CARD_ID, state=CardState.REVOKED, at_ms=0, expires_ms=2**42)
        rig.book = book(revocations=(revoked,))
        assert tap(rig, field, Visit(issued_card())).reason is Reason.REVOKED


def test_a_waiver_lets_a_copyable_number_in(rig: Rig, field: UdpField) -> None:
    rig.book = book(entry(uid="A1B2C3D4"), point=gate(uid_waived=True, minimum_assurance=Assurance.UID))
    with rig:
        event = tap(rig, field, Visit(UidOnlyChip(bytes.fromhex("A1B2C3D4"))))
        assert (event.reason, event.card_id) == (Reason.GRANTED, CARD_ID)


@pytest.mark.parametrize("executed", [False, True])
def test_a_card_pulled_away_at_any_step_is_told_to_hold_still(rig: Rig, field: UdpField, executed: bool) -> None:
    with rig:
        for exchange in EXCHANGES:
            event = tap(rig, field, Visit(issued_card(), pull=Pull(exchange, executed)))
            assert (event.reason, event.uid, event.detail["cause"]) == (Reason.PULLED_AWAY, UID, "pulled_away")
        assert tap(rig, field, Visit(issued_card())).granted


@pytest.mark.parametrize("exchange", [2, 3, 4])
def test_cards_swapped_in_the_middle_are_two_taps_and_the_first_opens_nothing(
    rig: Rig, field: UdpField, exchange: int
) -> None:
    second = Visit(issued_card(OTHER_UID, OTHER_CARD_ID))
    rig.book = book(entry(), entry(card_id=OTHER_CARD_ID, uid=OTHER_UID))
    with rig:
        field.place(Visit(issued_card(), swap=Swap(exchange, second)))
        events = [rig.next_tap(0), rig.next_tap(1)]
        assert [event.reason for event in events] == [Reason.PULLED_AWAY, Reason.GRANTED]
        assert [events[0].uid, events[1].card_id] == [UID, OTHER_CARD_ID]
        assert rig.lock.unlocked == 1


@pytest.mark.parametrize("fault", [CutAnswer(0), CutAnswer(1), CutAnswer(3), FlipBit(0), FlipBit(-1), Noise()])
def test_an_answer_that_is_cut_or_changed_opens_nothing(
    rig: Rig, field: UdpField, fault: CutAnswer | FlipBit | Noise
) -> None:
    # The answer to SelectApplication is two bytes long: cut at three it is whole.
    exchanges = [n for n in EXCHANGES if n > 1 or fault != CutAnswer(3)]
    with rig:
        for exchange in exchanges:
            assert not tap(rig, field, Visit(issued_card(), faults=FaultPlan({exchange: fault}))).granted
        assert rig.lock.unlocked == 0
        assert tap(rig, field, Visit(issued_card())).granted


def test_a_card_that_stays_taps_once(rig: Rig, field: UdpField) -> None:
    with rig:
        visit = Visit(issued_card())
        field.place(visit)
        rig.next_tap(0)
        eventually(lambda: rig.loop is not None and rig.loop.state is TapState.LEAVING)
        # Four APDUs for the tap, five for what follows, and no more: presence checks are no commands.
        eventually(lambda: visit.exchanges == 9)
        field.clear()
        eventually(lambda: rig.loop is not None and rig.loop.state is TapState.EMPTY)
        assert len(rig.events()) == 1


def test_a_reader_that_is_away_is_told_once_waited_for_and_served_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.shell.tap_loop.BACK_OFF_FIRST_MS", 20)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    rig = Rig(tmp_path, lambda: NfcReader(f"udp:127.0.0.1:{port}"))
    with rig:
        eventually(lambda: rig.events(EventKind.READER_LOST))
        field = UdpField(port)
        try:
            assert tap(rig, field, Visit(issued_card())).granted
        finally:
            field.close()
        eventually(lambda: len(rig.events(EventKind.READER_LOST)) > 1)
        assert rig.events(EventKind.READER_BACK)


class _Failing:
    """A device that is broken in whatever way it is told to be."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __getattr__(self, name: str) -> object:
        def fail(*_: object) -> None:
            raise self.error

        return fail


@pytest.mark.parametrize("error", [EquipmentFault("unplugged"), RuntimeError("a bug")])
def test_broken_lock_book_and_recorder_do_not_end_the_thread(rig: Rig, field: UdpField, error: Exception) -> None:
    good = rig.book
    with rig:
        rig.book = _Failing(error)  # type: ignore[assignment]
        assert tap(rig, field, Visit(issued_card())).reason is Reason.NO_POLICY
        rig.book = good
        assert rig.loop is not None
        rig.loop._devices.lock.unlock = _Failing(error).unlock  # type: ignore[method-assign,assignment]
        assert tap(rig, field, Visit(issued_card())).granted
        recorder = rig.loop._devices.recorder
        recorder.record = _Failing(error).record  # type: ignore[method-assign,assignment]
        field.place(Visit(issued_card()))
        eventually(lambda: rig.feedback.reasons == [Reason.NO_POLICY, Reason.GRANTED, Reason.JOURNAL_LATE])
        assert eventually(lambda: rig.events(EventKind.COMMIT_LATE))


@pytest.mark.parametrize(
    ("late", "shown", "unlocked"),
    [(LateCommit.STAY_CLOSED, Reason.JOURNAL_LATE, 0), (LateCommit.UNLOCK, Reason.GRANTED, 1)],
)
def test_a_disk_that_is_late(rig: Rig, field: UdpField, late: LateCommit, shown: Reason, unlocked: int) -> None:
    rig.settings = TapSettings(point=GATE, unlock_ms=3000, commit_deadline_ms=250, late_commit=late)
    rig.recorder.record = lambda event, deadline_ms: None  # type: ignore[method-assign]
    with rig:
        field.place(Visit(issued_card()))
        eventually(lambda: rig.feedback.reasons == [shown])
        assert rig.lock.unlocked == unlocked
        assert eventually(lambda: rig.events(EventKind.COMMIT_LATE))


class Forced:
    """Somebody has given the sign."""

    def __init__(self) -> None:
        self.taps: list[Event] = []

    def stands(self) -> bool:
        return True

    def tapped(self, event: Event) -> None:
        self.taps.append(event)


def test_a_tap_after_the_sign_of_duress_opens_and_shows_as_always(rig: Rig, field: UdpField) -> None:
    rig.duress = sign = Forced()
    with rig:
        event = tap(rig, field, Visit(issued_card()))
    assert (event.reason, event.flags) == (Reason.GRANTED, {Flag.DURESS})
    assert [one.flags for one in sign.taps] == [event.flags]
    assert (rig.feedback.reasons, rig.lock.unlocked) == ([Reason.GRANTED], 1)


def test_a_lift_frees_the_buttons_of_the_floors_that_are_opened_to_the_card(rig: Rig, field: UdpField) -> None:
    lift = book(point=gate(kind=PointKind.LIFT, floors=frozenset({1, 2, 3})))
    assert lift.head is not None
    level = lift.head.levels[0].model_copy(update={"floors": frozenset({2, 3, 9})})
    rig.book = MemoryBook(lift.head.model_copy(update={"levels": (level,)}), [entry()])
    buttons = {floor: CountingLock() for floor in (1, 2, 3)}
    rig.floors = buttons
    with rig:
        assert tap(rig, field, Visit(issued_card())).reason is Reason.GRANTED
        eventually(lambda: [button.unlocked for button in buttons.values()] == [0, 1, 1])
