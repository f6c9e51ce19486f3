"""One point's thread: performs what the tap machine asks for, and tells it what came of it.

Nothing that happens here ends the thread: a device that fails is reported to the machine and opened again with
back-off, a bug is logged with its traceback and treated like a lost reader.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Protocol, TypeAlias

import structlog

from card_protocol.errors import EquipmentFault
from card_protocol.policy.book import Book
from card_protocol.policy.decider import decide
from card_protocol.profiles.card_records import AccessEvent
from card_protocol.profiles.tap import CardReading
from card_protocol.words.event import Event
from card_protocol.words.moment import Moment
from card_protocol.words.reason import Reason
from card_protocol.words.service import Answer, Service
from card_protocol.words.situation import Situation
from card_protocol.words.verdict import Presentation, Verdict
from edge.core.pass_code import uid_of
from edge.core.present import Told, bare
from edge.core.service import Done
from edge.core.tap import Tap, TapState, step
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
    Serve,
    Served,
    Show,
    TapSettings,
    Unlock,
    WriteBack,
    WrittenBack,
)
from edge.ports.duress import DuressSign, NoSign
from edge.ports.feedback import Feedback
from edge.ports.lock import Lock, Opener
from edge.ports.reader import CardInField, CardKind, Reader
from edge.ports.recorder import Recorder
from edge.ports.renewer import Left
from edge.ports.surroundings import Surroundings
from edge.shell.surroundings import Alone
from gateway.ports.book import BookUnavailable

WAIT_SLICE_MS: Final = 200
"""How long a wait for a card may keep the thread from noticing that it shall stop."""

BACK_OFF_FIRST_MS: Final = 500
BACK_OFF_MAX_MS: Final = 8000
INPUTS_MAX: Final = 32
"""Bound of one chain of inputs; a tap takes 5."""

_log = structlog.get_logger()

Restarted: TypeAlias = Callable[[str], None]
"""Told when a reader was opened anew: empty, or why it could not be."""
Transmit: TypeAlias = Callable[[bytes], bytes]
Talk: TypeAlias = Callable[[str, Transmit, Moment], Told]
"""The whole conversation with the card of a UID, begun at a moment."""
ReadCode: TypeAlias = Callable[[str, Moment], Told]
"""What the text of a visitor's code comes to at a moment."""
Care: TypeAlias = Callable[[CardReading, Verdict, int, Transmit, Left], tuple[Event, ...]]
"""What is done for a card after the person was let in, with the seq of the tap; events for the journal."""


class Services(Protocol):
    """What the point is for besides yes and no."""

    def serves(self, verdict: Verdict) -> bool:
        """Whether something is done for this card before the person is answered."""
        ...

    def serve(self, reading: CardReading | None, verdict: Verdict, seq: int, transmit: Transmit) -> Done:
        """Do it. EquipmentFault when the reader, not the card, is lost."""
        ...


@dataclass(frozen=True, kw_only=True)
class Devices:
    """What a point works with. `book` and `now` are asked anew for every decision."""

    open_reader: Callable[[], Reader]
    talk: Talk
    care: Care
    book: Callable[[], Book]
    now: Callable[[], Moment]
    lock: Opener
    feedback: Feedback
    recorder: Recorder
    surroundings: Surroundings = field(default_factory=Alone)
    duress: DuressSign = field(default_factory=NoSign)
    floors: Mapping[int, Lock] = field(default_factory=dict)
    """Of a lift: what frees the button of a floor."""
    services: Services | None = None
    read_code: ReadCode = lambda text, _: Told(bare(uid_of(text)))
    """Without one a code is a number that anyone can copy."""


class TapLoop:
    """The life of one point, until `stop` is set."""

    def __init__(self, settings: TapSettings, devices: Devices, stop: threading.Event, *, lost: bool = False) -> None:
        """`lost`: the reader is known to be lost, and coming back is told."""
        self.point = settings.point
        self._tap = Tap(settings, TapState.NO_READER) if lost else Tap(settings)
        self._given_up = False
        self.beat_ns = time.monotonic_ns()
        """When the thread went round last, or the card said something."""
        self._devices = devices
        self._stop = stop
        self._reader: Reader | None = None
        self._lost = ("", 0)
        """Why the reader was lost last and how long was waited then [ms]."""
        self._card: CardInField | None = None
        self._reading: CardReading | None = None
        self._is_elsewhere = False
        """A service selected another application: the session of the tap is over."""
        self._carried: AccessEvent | None = None
        self._back_off_ms = BACK_OFF_FIRST_MS
        self._restarts: deque[Restarted] = deque()
        self._log = _log.bind(point=settings.point)

    @property
    def state(self) -> TapState:
        """Where the point is, for health and tests."""
        return self._tap.state

    @property
    def is_busy(self) -> bool:
        """Whether a card is being served, or still lies there."""
        return self._card is not None

    def give_up(self) -> None:
        """Another has taken over: whatever the thread sits in, it does nothing any more when it comes back."""
        self._given_up = True
        reader = self._reader
        if reader is not None:
            reader.close()

    def restart_reader(self, told: Restarted) -> None:
        """Close the reader and open it anew, before the next card; any thread. `told` hears on the point's thread."""
        self._restarts.append(told)

    def run(self) -> None:
        """Blocks until `stop` is set."""
        while not (self._stop.is_set() or self._given_up):
            self.beat_ns = time.monotonic_ns()
            try:
                self._wait_for_something()
            except EquipmentFault as fault:
                self._lose_reader(str(fault))
            except Exception as bug:
                self._log.exception("point_failed")
                self._lose_reader(f"internal: {type(bug).__name__}")
        self._close_reader()

    def _wait_for_something(self) -> None:
        if self._restarts:
            self._restart()
        if self._reader is None:
            self._reader = self._devices.open_reader()
        if self._tap.state is TapState.LEAVING and self._card is not None:
            if self._card.wait_for_removal(WAIT_SLICE_MS):
                self._card = None
                self._happened(CardLeft())
        else:
            self._look_for_card(self._reader)
        self._back_off_ms, self._lost = BACK_OFF_FIRST_MS, ("", 0)

    def _restart(self) -> None:
        """Whoever asked hears once, whatever becomes of it; a reader that does not come back is lost as always."""
        if self._card is not None:
            self._happened(CardLeft())
        self._close_reader()
        asked, why = list(self._restarts), "internal"
        self._restarts.clear()
        try:
            self._reader = self._devices.open_reader()
            self._look_for_card(self._reader)
            why = ""
        except EquipmentFault as fault:
            why = str(fault) or type(fault).__name__
            raise
        finally:
            for told in asked:
                told(why)

    def _look_for_card(self, reader: Reader) -> None:
        """A reader is there when it has answered: some lines (UDP, serial) open whoever is at the other end."""
        card = reader.wait_for_card(WAIT_SLICE_MS)
        if self._tap.state in (TapState.STARTING, TapState.NO_READER):
            self._log.info("reader_open", reader=reader.name)
            self._happened(ReaderBack())
        if card is not None:
            self._card, self._carried = card, None
            speaks, vouched = card.kind in (CardKind.ISO_DEP, CardKind.CODE), card.kind is CardKind.VOUCHED
            self._happened(CardArrived(card.uid, speaks, card.seen_ns, vouched))

    def _lose_reader(self, why: str) -> None:
        self._close_reader()
        try:
            self._happened(ReaderLost(why))
        except Exception:
            # The tap under way cannot even be ended. The next person must not stand before a dead point.
            self._log.exception("tap_given_up")
            self._tap = Tap(self._tap.settings, TapState.NO_READER, self._tap.number)
        if (why, self._back_off_ms) != self._lost:
            # Once a step of the back-off, not every eight seconds of a weekend: the log has other things to tell too.
            self._lost = (why, self._back_off_ms)
            self._log.warning("reader_lost", why=why, retry_after_ms=self._back_off_ms)
        self.beat_ns = time.monotonic_ns()
        self._stop.wait(self._back_off_ms / 1000)
        self._back_off_ms = min(2 * self._back_off_ms, BACK_OFF_MAX_MS)

    def _close_reader(self) -> None:
        if self._reader is not None:
            self._reader.close()
        self._reader = self._card = None

    def _happened(self, first: Input) -> None:
        waiting: deque[Input] = deque([first])
        moment = self._devices.now()
        for _ in range(INPUTS_MAX):
            if not waiting or self._given_up:
                break
            happened = waiting.popleft()
            self._tap, effects = step(self._tap, happened, moment)
            for effect in effects:
                if self._given_up or (answer := self._perform(effect, moment)) is None:
                    continue
                waiting.append(answer)
                if isinstance(answer, _TOOK_TIME):
                    moment = self._devices.now()
        if self._tap.state is TapState.NO_READER:
            self._close_reader()

    def _perform(self, effect: Effect, moment: Moment) -> Input | None:
        match effect:
            case ReadCard(number):
                return self._read_card(number, moment)
            case Decide(number, presentation):
                if self._devices.duress.stands():
                    presentation = presentation.model_copy(update={"duress": True})
                situation = self._devices.surroundings.situation(self.point, presentation, moment, self._carried)
                verdict = self._decide(presentation, moment, situation)
                return Decided(number, verdict, situation, self._serves(verdict))
            case Record(number, event, deadline_ms):
                return self._record(number, event, deadline_ms)
            case Unlock(for_ms, floors):
                self._try("lock_failed", lambda: self._devices.lock.unlock(for_ms))
                for button in (self._devices.floors[floor] for floor in floors if floor in self._devices.floors):
                    self._try("floor_failed", partial(button.unlock, for_ms))
            case Show(reason, answer):
                self._log_tap(reason, answer)
                self._try("feedback_failed", lambda: self._devices.feedback.show(reason, answer))
            case Serve(number, verdict, seq):
                return self._serve(number, verdict, seq)
            case Note(event):
                self._try("note_failed", lambda: self._devices.recorder.note(event))
            case WriteBack(number, verdict, seq):
                return self._write_back(number, verdict, seq)
        return None

    def _read_card(self, number: int, moment: Moment) -> Input:
        assert self._card is not None
        transmit = _Counted(self._card.transmit)
        self._reading = self._carried = None
        self._is_elsewhere = False
        try:
            if self._card.kind is CardKind.CODE:
                told = self._devices.read_code(transmit(b"").decode(), moment)
            else:
                told = self._devices.talk(self._card.uid, transmit, moment)
        except EquipmentFault as fault:
            return ReaderLost(str(fault))
        self._reading, self._carried = told.reading, told.last
        return CardRead(number, told.presentation, transmit.round_trips, told.cause)

    def _write_back(self, number: int, verdict: Verdict, seq: int) -> Input:
        if self._card is None or self._reading is None:
            return WrittenBack(number)
        try:
            reading = self._read_again(self._card) if self._is_elsewhere else self._reading
            if reading is None:
                return WrittenBack(number)
            return WrittenBack(
                number, self._devices.care(reading, verdict, seq, self._card.transmit, self._card.wait_for_removal)
            )
        except BookUnavailable as fault:
            self._log.error("card_not_cared_for", why=str(fault))
            return WrittenBack(number)
        except EquipmentFault as fault:
            return ReaderLost(str(fault))
        except Exception:
            # The door has opened; our bug in what follows must not cost the point its reader.
            self._log.exception("card_not_cared_for")
            return WrittenBack(number)

    def _read_again(self, card: CardInField) -> CardReading | None:
        return self._devices.talk(card.uid, card.transmit, self._devices.now()).reading

    def _serves(self, verdict: Verdict) -> bool:
        try:
            return self._devices.services is not None and self._devices.services.serves(verdict)
        except Exception:
            self._log.exception("services_failed")
            return False

    def _serve(self, number: int, verdict: Verdict, seq: int) -> Input:
        unavailable = Served(number, Answer(Service.UNAVAILABLE))
        if self._card is None or self._devices.services is None:
            return unavailable
        self._is_elsewhere = True
        try:
            done = self._devices.services.serve(self._reading, verdict, seq, self._card.transmit)
        except BookUnavailable as fault:
            self._log.error("card_not_served", why=str(fault))
            return unavailable
        except EquipmentFault as fault:
            return ReaderLost(str(fault))
        except Exception:
            self._log.exception("card_not_served")
            return unavailable
        return Served(number, done.answer, done.events)

    def _decide(self, presentation: Presentation, moment: Moment, situation: Situation) -> Verdict:
        point = self._tap.settings.point
        try:
            return decide(presentation, point, self._devices.book(), moment, situation)
        except Exception:
            # The decider itself is total; a book on a failing disk is not. Fail closed, and go on.
            self._log.exception("book_failed")
            return Verdict(reason=Reason.NO_POLICY, point=point, policy_version=0)

    def _record(self, number: int, event: Event, deadline_ms: int) -> Input:
        try:
            seq = self._devices.recorder.record(event, deadline_ms)
        except Exception:
            self._log.exception("recorder_failed")
            seq = None
        self._devices.surroundings.happened(event)
        self._devices.duress.tapped(event)
        return CommitLate(number) if seq is None else Committed(number, seq)

    def _try(self, said: str, act: Callable[[], None]) -> None:
        """One effect must not keep the next from happening: with a broken lock the person still hears why."""
        try:
            act()
        except EquipmentFault as fault:
            self._log.error(said, why=str(fault))
        except Exception:
            self._log.exception(said)

    def _log_tap(self, reason: Reason, answer: Answer | None) -> None:
        """After the unlock, before the feedback: the time that the person waited at the door."""
        waited_ms = (time.monotonic_ns() - self._tap.seen_ns) / 1_000_000
        self._log.info(
            "tap",
            reason=reason.value,
            seen_to_unlock_ms=round(waited_ms, 3),
            round_trips=self._tap.round_trips,
            **({"service": answer.service.value} if answer else {}),
        )


_TOOK_TIME = (CardRead, ReaderLost, CommitLate, Served)
"""Answers for which somebody had to be waited for: what follows happens at a later moment."""


class _Counted:
    """`transmit` that counts its APDUs."""

    def __init__(self, transmit: Transmit) -> None:
        self._transmit = transmit
        self.round_trips = 0

    def __call__(self, command: bytes) -> bytes:
        self.round_trips += 1
        return self._transmit(command)
