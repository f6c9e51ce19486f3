"""The tap machine, by example."""

import pytest

from card_protocol.words.event import EventKind, note_event
from card_protocol.words.point import Assurance, LateCommit
from card_protocol.words.reason import Reason
from card_protocol.words.verdict import Presentation
from edge.core.tap import TABLE, Tap, TapState, step
from edge.core.tap_words import (
    CardArrived,
    CardLeft,
    CardRead,
    CommitLate,
    Committed,
    Decide,
    Decided,
    Effect,
    Input,
    Note,
    ReadCard,
    ReaderBack,
    ReaderLost,
    Record,
    Show,
    Unlock,
    WriteBack,
    WrittenBack,
)
from tests.edge.words import CARD_ID, OTHER_UID, UID, moment, presentation, settings, verdict

ARRIVED = CardArrived(UID, speaks=True, seen_ns=4_980_000_000)


def play(*inputs: Input, late: LateCommit = LateCommit.STAY_CLOSED) -> tuple[Tap, list[Effect]]:
    """The state after the inputs, and the effects of the last one."""
    tap, effects = Tap(settings(late)), ()
    for happened in inputs:
        tap, effects = step(tap, happened, moment())
    return tap, list(effects)


GRANTED = (ReaderBack(), ARRIVED, CardRead(1, presentation(), 4), Decided(1, verdict()))
REFUSED = (ReaderBack(), ARRIVED, CardRead(1, presentation(), 4), Decided(1, verdict(Reason.REVOKED)))


def test_a_card_is_read_then_decided_on() -> None:
    assert play(ReaderBack(), ARRIVED)[1] == [ReadCard(1)]
    assert play(ReaderBack(), ARRIVED, CardRead(1, presentation(), 4))[1] == [Decide(1, presentation())]


def test_the_event_is_on_disk_before_the_door_opens() -> None:
    tap, effects = play(*GRANTED)
    [record] = effects
    assert isinstance(record, Record)
    assert (record.tap, record.deadline_ms) == (1, 250)
    assert (record.event.kind, record.event.reason, record.event.card_id) == (EventKind.TAP, Reason.GRANTED, CARD_ID)
    assert record.event.detail == {"seen_to_append_us": 20_000, "round_trips": 4}
    assert tap.state is TapState.COMMITTING
    assert play(*GRANTED, Committed(1, 7))[1] == [Unlock(3000), Show(Reason.GRANTED), WriteBack(1, verdict(), 7)]


def test_a_refusal_is_recorded_and_shown_and_opens_nothing() -> None:
    assert play(*REFUSED, Committed(1, 7))[1] == [Show(Reason.REVOKED)]


@pytest.mark.parametrize(
    ("late", "opened", "shown", "did"),
    [
        (LateCommit.STAY_CLOSED, [], Reason.JOURNAL_LATE, "stayed_closed"),
        (LateCommit.UNLOCK, [Unlock(3000)], Reason.GRANTED, "unlocked"),
    ],
)
def test_past_the_deadline_the_points_own_setting_decides(
    late: LateCommit, opened: list[Effect], shown: Reason, did: str
) -> None:
    _, effects = play(*GRANTED, CommitLate(1), late=late)
    if opened:
        assert effects.pop() == WriteBack(1, verdict(), 0)
    *done, note = effects
    assert done == [*opened, Show(shown)]
    assert isinstance(note, Note)
    assert note.event.kind is EventKind.COMMIT_LATE
    assert note.event.detail == {"deadline_ms": 250, "verdict": "granted", "did": did}


def test_a_refusal_that_is_late_stays_a_refusal_whatever_the_setting() -> None:
    _, effects = play(*REFUSED, CommitLate(1), late=LateCommit.UNLOCK)
    assert effects[0] == Show(Reason.REVOKED)
    assert not [effect for effect in effects if isinstance(effect, Unlock)]


def test_a_card_that_was_let_in_is_written_to_after_the_answer_and_before_it_may_leave() -> None:
    tap, effects = play(*GRANTED, Committed(1, 7))
    assert (tap.state, effects[-1]) == (TapState.WRITING, WriteBack(1, verdict(), 7))
    heard = note_event(EventKind.CARD_WRITTEN, moment())
    assert play(*GRANTED, Committed(1, 7), WrittenBack(1, (heard,)))[1] == [Note(heard)]
    assert play(*GRANTED, Committed(1, 7), WrittenBack(1))[0].state is TapState.LEAVING


@pytest.mark.parametrize(
    "inputs",
    [
        (*REFUSED, Committed(1, 7)),
        (*GRANTED, CardLeft(), Committed(1, 7)),
        (*GRANTED, CommitLate(1)),
        (ReaderBack(), CardArrived(UID, speaks=False, seen_ns=0), Decided(1, verdict()), Committed(1, 7)),
    ],
    ids=["not let in", "gone", "late and closed", "never proven"],
)
def test_no_other_card_is_written_to(inputs: tuple[Input, ...]) -> None:
    tap, effects = play(*inputs)
    assert tap.state in (TapState.LEAVING, TapState.EMPTY)
    assert not [effect for effect in effects if isinstance(effect, WriteBack)]


@pytest.mark.parametrize(("cut", "then"), [(CardLeft(), TapState.EMPTY), (ReaderLost("gone"), TapState.NO_READER)])
def test_what_goes_wrong_while_writing_changes_nothing_of_the_verdict(cut: Input, then: TapState) -> None:
    tap, effects = play(*GRANTED, Committed(1, 7), cut)
    assert tap.state is then
    assert not [effect for effect in effects if isinstance(effect, Unlock | Show | Record)]


def test_a_commit_that_comes_after_its_deadline_opens_nothing() -> None:
    assert play(*GRANTED, CommitLate(1), Committed(1, 7))[1] == []


def test_the_commit_of_an_older_tap_does_not_open_for_a_newer_one() -> None:
    again = (CommitLate(1), CardLeft(), ARRIVED, CardRead(2, presentation(), 4), Decided(2, verdict()))
    tap, effects = play(*GRANTED, *again, Committed(1, 7))
    assert (tap.state, effects) == (TapState.COMMITTING, [])
    assert play(*GRANTED, *again, Committed(2, 7))[1][:2] == [Unlock(3000), Show(Reason.GRANTED)]


def test_a_card_that_stays_does_not_tap_again() -> None:
    assert play(*GRANTED, Committed(1, 7), ARRIVED)[1] == []
    assert play(*GRANTED, Committed(1, 7), WrittenBack(1), ARRIVED)[1] == []
    assert play(*GRANTED, Committed(1, 7), WrittenBack(1), CardLeft(), ARRIVED)[1] == [ReadCard(2)]


def test_another_card_on_top_of_it_does() -> None:
    assert play(*GRANTED, Committed(1, 7), WrittenBack(1), CardArrived(OTHER_UID, speaks=True, seen_ns=0))[1] == [
        ReadCard(2)
    ]


def test_a_card_without_apdus_is_decided_on_by_its_number() -> None:
    _, effects = play(ReaderBack(), CardArrived(UID, speaks=False, seen_ns=0))
    assert effects == [Decide(1, Presentation(uid=UID, assurance=Assurance.UID))]


def test_a_card_that_a_reader_vouches_for_is_decided_on_as_such() -> None:
    _, effects = play(ReaderBack(), CardArrived(UID, speaks=False, seen_ns=0, vouched=True))
    assert effects == [Decide(1, Presentation(uid=UID, assurance=Assurance.READER))]


@pytest.mark.parametrize(
    ("cut", "cause"),
    [
        (CardRead(1, presentation(OTHER_UID), 4), "swapped"),
        (CardArrived(OTHER_UID, speaks=True, seen_ns=0), "swapped"),
        (CardLeft(), "pulled_away"),
        (ReaderLost("unplugged"), "reader_lost"),
    ],
)
def test_a_conversation_that_the_card_did_not_finish_is_void(cut: Input, cause: str) -> None:
    tap, effects = play(ReaderBack(), ARRIVED, cut)
    assert effects[0] == Decide(1, presentation(fault=Reason.PULLED_AWAY))
    _, [record] = step(tap, Decided(1, verdict(Reason.PULLED_AWAY)), moment())
    assert isinstance(record, Record)
    assert record.event.detail["cause"] == cause


def test_a_card_with_random_ids_may_tell_its_real_number_later() -> None:
    _, effects = play(ReaderBack(), CardArrived("08A1B2C3", speaks=True, seen_ns=0), CardRead(1, presentation(), 5))
    assert effects == [Decide(1, presentation())]


@pytest.mark.parametrize(
    ("meanwhile", "then"),
    [(CardLeft(), TapState.EMPTY), (ReaderLost("unplugged"), TapState.NO_READER)],
)
@pytest.mark.parametrize("after_inputs", [3, 4])
def test_what_happens_to_card_or_reader_does_not_stop_a_tap(
    meanwhile: Input, then: TapState, after_inputs: int
) -> None:
    inputs = list(GRANTED)
    inputs.insert(after_inputs, meanwhile)
    tap, effects = play(*inputs, Committed(1, 7))
    assert effects == [Unlock(3000), Show(Reason.GRANTED)]
    assert tap.state is then


def test_a_lost_reader_is_told_once_and_so_is_its_return() -> None:
    def kinds(*inputs: Input) -> list[EventKind]:
        return [effect.event.kind for effect in play(*inputs)[1] if isinstance(effect, Note)]

    lost = ReaderLost("unplugged")
    assert kinds(lost) == [EventKind.READER_LOST]
    assert kinds(lost, lost) == []
    assert kinds(lost, lost, ReaderBack()) == [EventKind.READER_BACK]
    assert kinds(ReaderBack()) == []
    assert kinds(ReaderBack(), lost) == [EventKind.READER_LOST]
    assert kinds(*GRANTED, Committed(1, 7), lost) == [EventKind.READER_LOST]


def test_the_reason_of_a_lost_reader_is_told() -> None:
    _, [note] = play(ReaderLost("unplugged\x00"))
    assert isinstance(note, Note)
    assert note.event.detail == {"why": "unplugged "}


@pytest.mark.parametrize("state", TapState)
def test_every_state_has_a_way_out(state: TapState) -> None:
    assert {to for (at, _), (_, allowed) in TABLE.items() if at is state for to in allowed} - {state}
