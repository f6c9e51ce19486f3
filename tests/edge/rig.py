"""A point with everything real but the world: driver, thread, conversation, decider, journal on disk, lock."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from card_protocol.channel.converse import converse
from card_protocol.policy.book import Book
from card_protocol.words.event import Event, EventKind
from card_protocol.words.moment import ClockQuality, Moment
from card_protocol.words.point import LateCommit
from card_protocol.words.reason import Reason
from card_protocol.words.service import Answer
from edge.app import sought_serial
from edge.core.pass_code import present_code
from edge.core.present import Grants, Told, present
from edge.core.tap_words import TapSettings
from edge.drivers.journal_recorder import JournalRecorder
from edge.drivers.sim_lock import SimLock
from edge.ports.duress import DuressSign, NoSign
from edge.ports.feedback import Feedback
from edge.ports.lock import Lock
from edge.ports.reader import Reader
from edge.ports.recorder import Recorder
from edge.ports.surroundings import Surroundings
from edge.shell.card_care import CardCare
from edge.shell.surroundings import Alone
from edge.shell.tap_loop import Devices, Services, TapLoop, Transmit
from gateway.drivers.carried_file import CarriedFile
from gateway.drivers.journal_file import JournalFile
from tests.edge.issued import SIGNER, bundle
from tests.edge.policy import book as one_gate
from tests.edge.words import GATE
from tests.support.patience import PATIENCE_S, eventually


class Clock:
    """Real monotonic time, a fixed day."""

    def now(self) -> Moment:
        return Moment(wall_ms=1_780_000_000_000, mono_ns=time.monotonic_ns(), boot="test", clock=ClockQuality.SERVER)


class Shown:
    """Feedback that remembers."""

    def __init__(self) -> None:
        self.answers: list[Answer | None] = []
        self.reasons: list[Reason] = []

    def show(self, reason: Reason, answer: Answer | None = None) -> None:
        self.answers.append(answer)
        self.reasons.append(reason)


class CountingLock(SimLock):
    """A lock that counts how often it was opened."""

    def __init__(self) -> None:
        super().__init__("test")
        self.unlocked = 0

    def unlock(self, for_ms: int | None) -> None:
        super().unlock(for_ms)
        self.unlocked += 1


class Rig:
    """Use as a context manager: the point runs in a thread of its own inside."""

    def __init__(self, folder: Path, open_reader: Callable[[], Reader]) -> None:
        self.journal = JournalFile(folder, "gw-1", Clock())
        self.carried = CarriedFile(folder)
        self.keys = bundle()
        self.rev_seq = 0
        self.recorder: Recorder = JournalRecorder(self.journal)
        self.lock = CountingLock()
        self.feedback = Shown()
        self.book: Book = one_gate()
        self.services: Services | None = None
        self.stop = threading.Event()
        self.settings = TapSettings(
            point=GATE, unlock_ms=3000, commit_deadline_ms=5000, late_commit=LateCommit.STAY_CLOSED
        )
        self.open_reader = open_reader
        self.floors: dict[int, Lock] = {}
        self.surroundings: Surroundings = Alone()
        self.duress: DuressSign = NoSign()
        self.loop: TapLoop | None = None
        self._thread: threading.Thread | None = None

    def talk(self, uid: str, transmit: Transmit, moment: Moment) -> Told:
        grants = Grants(SIGNER.verifier.verify, lambda card_id: sought_serial(self.book, self.carried, card_id))
        asks_log = self.surroundings.asks_log(GATE)
        told = converse(present(uid, self.keys, os.urandom, moment, grants, asks_log=asks_log), transmit)
        if (grant := told.presentation.grant) is not None:
            self.carried.saw_serial(grant.card_id, grant.serial)
        return told

    def make_loop(self, lock: Lock | None = None, feedback: Feedback | None = None) -> TapLoop:
        devices = Devices(
            open_reader=self.open_reader,
            talk=self.talk,
            care=CardCare(
                "gw-1",
                lambda: self.keys,
                SIGNER.verifier.verify,
                self.carried,
                lambda: self.book,
                lambda: self.rev_seq,
                Clock().now,
            ),
            book=lambda: self.book,
            now=Clock().now,
            lock=lock or self.lock,
            feedback=feedback or self.feedback,
            recorder=self.recorder,
            services=self.services,
            floors=self.floors,
            surroundings=self.surroundings,
            duress=self.duress,
            read_code=lambda text, moment: present_code(text, SIGNER.verifier.verify, moment),
        )
        return TapLoop(self.settings, devices, self.stop)

    def __enter__(self) -> "Rig":
        self.loop = self.make_loop()
        self._thread = threading.Thread(target=self.loop.run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        assert self._thread is not None
        self._thread.join(PATIENCE_S)
        self.close()

    def close(self) -> None:
        if isinstance(self.recorder, JournalRecorder):
            self.recorder.close()
        self.journal.close()
        self.carried.close()

    def events(self, kind: EventKind = EventKind.TAP) -> list[Event]:
        found = [Event.from_bytes(entry.body) for entry in self.journal.read(1, 1000)]
        return [event for event in found if event.kind is kind]

    def next_tap(self, so_far: int) -> Event:
        """The tap event after `so_far` others, once the point has also shown its answer."""
        return eventually(lambda: len(self.feedback.reasons) > so_far and self.events()[so_far : so_far + 1])[0]
