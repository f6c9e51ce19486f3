"""The one place of assembly: what the daemon runs on, and what the edge opens beside it."""

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from card_protocol.crypto.signing import Verifier
from card_protocol.policy.book import Book
from card_protocol.profiles.key_bundle import KeyBundle
from card_protocol.words.moment import PlayedDay
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
    journal: Journal
    clock: Clock

    @property
    def book(self) -> Book:
        """The policy in force at this instant: take it once per decision. It sees what the daemon applied last."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the files."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def open_box(state_dir: Path, played: PlayedDay | None = None) -> Box:
    """Open the box's files beside the daemon. NotEnrolled (an EquipmentFault) before `onecard gateway enrol`."""
    raise NotImplementedError
