"""The one place of assembly: what the daemon runs on, and what the edge opens beside it."""

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from card_protocol.crypto.signing import Verifier
from card_protocol.policy.book import Book
from card_protocol.profiles.key_bundle import KeyBundle, unwrap_bundle
from card_protocol.words.moment import PlayedDay
from gateway.drivers.book_file import BookFile
from gateway.drivers.journal_file import JournalFile
from gateway.drivers.state_file import StateFile
from gateway.drivers.system_clock import SystemClock
from gateway.ports.clock import Clock
from gateway.ports.journal import Journal


@dataclass(frozen=True, kw_only=True)
class Box:
    """What a program on the box works with. Close it, or use it as a context manager.

    `gateway_id` and `community` are the box's place; `leaf_keys` the unwrapped bundle (check `leased_at`);
    `grant_key` is who signs grants on cards.
    """

    gateway_id: str
    community: str
    leaf_keys: KeyBundle
    grant_key: Verifier
    clock: Clock
    _journal: JournalFile
    _book: BookFile

    @property
    def journal(self) -> Journal:
        """Append here; one instance serves all threads of a program."""
        return self._journal

    @property
    def book(self) -> Book:
        """The policy in force at this instant; take it once per decision, from any thread.

        It sees what the daemon applied last. Without a readable book it is one without a policy. A card look-up
        raises BookUnavailable (an EquipmentFault) in the rare case that the file fails at that very moment.
        """
        return self._book.current()

    def close(self) -> None:
        """Write what waits for the journal, and close the files."""
        self._journal.close()
        self._book.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def open_box(state_dir: Path, played: PlayedDay | None = None) -> Box:
    """Open the box's files beside the daemon, which need not run.

    Faults: NotEnrolled (equipment) before `onecard gateway enrol`; IdentityExposed, MacWrong (trust) when the keys
    are not this box's own; JournalUnavailable (equipment).
    """
    state = StateFile(state_dir)
    enrolment = state.enrolment()
    _, opener = state.keys()
    clock = SystemClock(state_dir, played)
    return Box(
        gateway_id=enrolment.gateway,
        community=enrolment.community,
        leaf_keys=unwrap_bundle(bytes.fromhex(enrolment.wrapped_keys), enrolment.gateway, opener),
        grant_key=Verifier(bytes.fromhex(enrolment.grant_key)),
        clock=clock,
        _journal=JournalFile(state_dir, enrolment.gateway, clock),
        _book=BookFile(state_dir),
    )
