"""The tap machine under every order of inputs that Hypothesis thinks of."""

from typing import Any

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from card_protocol.words.event import EventKind
from card_protocol.words.point import LateCommit
from card_protocol.words.reason import Reason
from card_protocol.words.service import Answer, Service
from edge.core.tap import Tap, TapState, step
from edge.core.tap_words import (
    CardArrived,
    CardLeft,
    CardRead,
    CommitLate,
    Committed,
    Decided,
    Input,
    Note,
    ReaderBack,
    ReaderLost,
    Record,
    Serve,
    Served,
    Show,
    Unlock,
    WriteBack,
    WrittenBack,
)
from tests.edge.words import OTHER_UID, UID, moment, presentation, settings, verdict

uids = st.sampled_from([UID, OTHER_UID])
reasons = st.sampled_from([Reason.GRANTED, Reason.REVOKED, Reason.PULLED_AWAY])
BUSY = (TapState.READING, TapState.DECIDING, TapState.COMMITTING, TapState.SERVING)


class TapLife(RuleBasedStateMachine):
    """Anything may happen at any time; answers may be repeated, belong to an older tap, or come unasked."""

    @initialize(late=st.sampled_from(LateCommit))
    def start(self, late: LateCommit) -> None:
        self.tap = Tap(settings(late))
        self.late = late
        self.recorded: dict[int, Reason | None] = {}
        self.shown: list[int] = []
        self.reader_is_lost = False
        self.clock_ns = 0

    def happen(self, happened: Input) -> None:
        before = self.tap
        self.clock_ns += 1_000_000
        self.tap, effects = step(before, happened, moment(self.clock_ns))
        for effect in effects:
            self._check(before, happened, effect)

    def _check(self, before: Tap, happened: Input, effect: Any) -> None:
        match effect:
            case Record(number, event):
                assert number not in self.recorded, "one tap event for one tap"
                assert number == self.tap.number
                self.recorded[number] = event.reason
            case Unlock():
                committed = isinstance(happened, Committed)
                allowed_late = isinstance(happened, CommitLate) and self.late is LateCommit.UNLOCK
                assert committed or allowed_late
                assert getattr(happened, "tap", None) == before.number
                assert self.recorded[before.number] is Reason.GRANTED
                assert before.number not in self.shown
            case Show():
                assert before.number in self.recorded
                assert before.number not in self.shown, "one answer to one tap"
                self.shown.append(before.number)
            case Serve(number, said):
                assert (number, said.reason) == (before.number, self.recorded[number])
                assert number not in self.shown, "who is served is answered afterwards"
            case WriteBack(number, said):
                assert (number, said.granted) == (before.number, True)
                assert number in self.shown, "nobody waits for a card to be written to"
            case Note(event) if event.kind is EventKind.READER_LOST:
                assert not self.reader_is_lost, "told once"
                self.reader_is_lost = True
            case Note(event) if event.kind is EventKind.READER_BACK:
                assert self.reader_is_lost
                self.reader_is_lost = False

    @rule(uid=uids, speaks=st.booleans())
    def card_arrives(self, uid: str, speaks: bool) -> None:
        self.happen(CardArrived(uid, speaks, self.clock_ns))

    @rule()
    def card_leaves(self) -> None:
        self.happen(CardLeft())

    @rule(why=st.text(max_size=600))
    def reader_goes(self, why: str) -> None:
        self.happen(ReaderLost(why))

    @rule()
    def reader_comes(self) -> None:
        self.happen(ReaderBack())

    @rule(older=st.integers(0, 2), uid=uids)
    def conversation_ends(self, older: int, uid: str) -> None:
        self.happen(CardRead(self.tap.number - older, presentation(uid), 4))

    @rule(older=st.integers(0, 2), reason=reasons, serves=st.booleans())
    def decider_speaks(self, older: int, reason: Reason, serves: bool) -> None:
        self.happen(Decided(self.tap.number - older, verdict(reason), serves=serves))

    @rule(older=st.integers(0, 2), service=st.sampled_from(Service))
    def card_is_served(self, older: int, service: Service) -> None:
        self.happen(Served(self.tap.number - older, Answer(service)))

    @rule(older=st.integers(0, 2))
    def disk_is_done(self, older: int) -> None:
        self.happen(Committed(self.tap.number - older, 7))

    @rule(older=st.integers(0, 2))
    def disk_is_late(self, older: int) -> None:
        self.happen(CommitLate(self.tap.number - older))

    @rule(older=st.integers(0, 2))
    def card_is_written(self, older: int) -> None:
        self.happen(WrittenBack(self.tap.number - older))

    @precondition(lambda self: self.tap.state in BUSY)
    @rule(reason=reasons)
    def the_tap_is_answered_to_its_end(self, reason: Reason) -> None:
        number = self.tap.number
        self.happen(CardRead(number, presentation(self.tap.uid), 4))
        self.happen(Decided(number, verdict(reason)))
        self.happen(Committed(number, 7))
        self.happen(Served(number, None))
        assert number in self.shown

    @invariant()
    def every_finished_tap_was_recorded_and_shown(self) -> None:
        finished = range(1, self.tap.number + (self.tap.state not in BUSY))
        assert sorted(self.shown) == list(finished)
        assert set(finished) <= set(self.recorded)


TestTapLife = TapLife.TestCase
TestTapLife.settings = hypothesis_settings(max_examples=150, stateful_step_count=40, deadline=None)
