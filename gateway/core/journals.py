"""All journal files of which the server may still lack events: the one in use, and those that were set aside.

Each has a sync machine of its own; live events do not wait for the remains of an old file.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from card_protocol.wire.sealed import Sign
from gateway.core import sync_words as sync
from gateway.core.pack import Packed, pack
from gateway.core.sync import SyncMachine
from gateway.ports.journal import Entry, Head

OLD_MAX = 64


class Seen(NamedTuple):
    """A journal file: its end, and where it begins (what was pruned before)."""

    head: Head
    floor: Head


class Outcome(NamedTuple):
    """What a machine wants. `finished`: the server has all that there is of an old file.

    `carry_from`: but for what stands there from this number on, where the server holds another history.
    """

    epoch: str
    effects: list[sync.Effect]
    finished: bool = False
    carry_from: int | None = None


class Journals:
    """`dice` is uniform in [0, 1)."""

    def __init__(self, gateway: str, sign: Sign, dice: Callable[[], float], seen: Seen, acked: Head | None) -> None:
        self._gateway, self._sign, self._dice = gateway, sign, dice
        self._up = False
        self.head = seen.head
        self.current = self._machine(seen, acked, tell_gaps=False)
        self._old: dict[str, tuple[SyncMachine, Head]] = {}
        self._finished: set[str] = set()

    @property
    def old_count(self) -> int:
        """Old files that are still on their way."""
        return len(self._old)

    def knows(self, epoch: str) -> bool:
        """Whether an ack for this epoch is about a file that is on its way."""
        return epoch == self.head.epoch or epoch in self._old

    def is_finished(self, epoch: str) -> bool:
        """Whether it is about an old file that was done with: a late ack, no reason for alarm."""
        return epoch in self._finished

    def link(self, given: sync.LinkUp | sync.LinkDown) -> Iterator[Outcome]:
        """The link came or went: for every file."""
        self._up = isinstance(given, sync.LinkUp)
        for epoch in [self.head.epoch, *self._old]:
            yield self.of(epoch, given)

    def seen(self, seen: Seen) -> Outcome:
        """The end of the file in use; of another epoch when a new file has taken over."""
        replaced = seen.head.epoch != self.head.epoch
        grown = seen.head != self.head
        self.head = seen.head
        if replaced:
            self.current = self._machine(seen, None, tell_gaps=False)
            given: sync.Input = sync.LinkUp() if self._up else sync.LinkDown()
            return self.of(seen.head.epoch, given)
        return self.of(seen.head.epoch, sync.Grown(seen.head.seq)) if grown else Outcome(seen.head.epoch, [])

    def old(self, seen: Seen, acked: Head | None) -> Outcome:
        """A file that was set aside still holds something. One that is known already, or one too many, is let be."""
        epoch = seen.head.epoch
        if self.knows(epoch) or self.is_finished(epoch) or len(self._old) >= OLD_MAX:
            return Outcome(epoch, [])
        self._old[epoch] = (self._machine(seen, acked, tell_gaps=True), seen.head)
        return self.of(epoch, sync.LinkUp()) if self._up else Outcome(epoch, [])

    def of(self, epoch: str, given: sync.Input) -> Outcome:
        """An input of one file; nothing when that file is not on its way (any more)."""
        if epoch == self.head.epoch:
            return Outcome(epoch, self.current.step(given))
        if epoch not in self._old:
            return Outcome(epoch, [])
        machine, head = self._old[epoch]
        effects = machine.step(given)
        parted = [effect for effect in effects if isinstance(effect, sync.Parted)]
        same = next((effect.same_upto for effect in parted if effect.same_upto is not None), None)
        finished = machine.acked.seq >= head.seq or same is not None
        if finished:
            del self._old[epoch]
            self._finished.add(epoch)
        carry_from = same + 1 if same is not None and same < head.seq else None
        return Outcome(epoch, [effect for effect in effects if effect not in parted], finished, carry_from)

    def _machine(self, seen: Seen, acked: Head | None, *, tell_gaps: bool) -> SyncMachine:
        """What was pruned had been acknowledged, whatever else was forgotten."""
        epoch = seen.head.epoch
        known = acked if acked is not None and acked.epoch == epoch else seen.floor
        start = max(known, seen.floor, key=lambda head: head.seq)

        def packed(before: bytes, run: Sequence[Entry], gap_from: int | None) -> list[Packed]:
            return pack(self._gateway, epoch, before, run, self._sign, gap_from)

        return SyncMachine(start, seen.head.seq, packed, self._dice, tell_gaps=tell_gaps)
