"""The policy book as the daemon writes it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from card_protocol.errors import EquipmentFault
from card_protocol.policy.buckets import CardsIndex
from card_protocol.policy.cards_delta import CardsDelta
from card_protocol.policy.rules import CardEntry, PolicyHead
from card_protocol.words.revocation import Revocation


class BookUnavailable(EquipmentFault):
    """The book cannot be read or written: no decision can stand on it."""


class Standing(NamedTuple):
    """Where the book stands: the policy in force, the highest version ever seen, the newest revocation applied.

    `rev_floor`: the newest one that this box had applied when the book was opened. It lies above `rev_seq` in a book
    that took a lost one's place.
    """

    version: int = 0
    digest: str = ""
    highest: int = 0
    rev_seq: int = 0
    rev_floor: int = 0


class Staged(NamedTuple):
    """A whole policy, checked and on the disk, but not yet in force. `place` is the driver's own.

    `buckets` is the index that the cards came by; `changes` are laid over them.
    """

    head: PolicyHead
    digest: str
    place: str
    buckets: CardsIndex | None = None
    changes: CardsDelta | None = None


class BookWriter(Protocol):
    """Written only by the daemon. BookUnavailable when the disk does not take it."""

    def standing(self) -> Standing:
        """Where the book stands."""
        ...

    def holding(self) -> CardsIndex | None:
        """The buckets of the policy in force; None when there is none, or nobody knows in which they came."""
        ...

    def held(self, buckets: CardsIndex, number: int) -> list[CardEntry]:
        """The cards of one bucket of `holding()`, as they came. May run on another thread than the rest."""
        ...

    def stage(
        self,
        head: PolicyHead,
        cards: Iterable[CardEntry],
        digest: str,
        buckets: CardsIndex | None = None,
        changes: CardsDelta | None = None,
    ) -> Staged:
        """Write a policy beside the one in force. May run on another thread than the rest; seconds for a million.

        ValueError when the cards cannot be read or one is there twice.
        """
        ...

    def restage(self, head: PolicyHead, digest: str, changes: CardsDelta | None) -> Staged:
        """A policy of the same buckets as the one in force: as cheap as its changes."""
        ...

    def flip(self, staged: Staged) -> Standing:
        """Make a staged policy the one in force, in one transaction; revocations that it contains are dropped."""
        ...

    def revoke(self, entries: Sequence[Revocation], upto: int) -> tuple[Sequence[Revocation], Standing]:
        """Make revocations stick until a snapshot contains them; returns those that were new.

        `upto`: all up to here have now been seen.
        """
        ...

    def saw(self, version: int) -> Standing:
        """Remember a version that a genuine manifest named: there is no way back behind it."""
        ...
