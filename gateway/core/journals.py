"""All journal files of which the server may still lack events: the one in use, and those that were set aside.

Each has a sync machine of its own; live events do not wait for the remains of an old file. One that was done with comes
back when the server lost some of it: it was put back from a backup.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from card_protocol.wire.ack import Ack
from card_protocol.wire.sealed import Sign
from card_protocol.wire.state import PAST_MAX
from gateway.core import sync_words as sync
from gateway.core.pack import Gap, Packed, pack
from gateway.core.sync import SyncMachine
from gateway.ports.journal import Entry, Head

OLD_MAX = 64


class Seen(NamedTuple):
    """A journal file: its end, and where it begins (what was pruned before)."""

    head: Head
    floor: Head


class Done(NamedTuple):
    """The server has an old file up to `upto`; behind it, to `end`, it holds another history."""

    upto: int
    end: int


class Outcome(NamedTuple):
    """What a machine wants. `done`: of an old file that has nothing more to give."""

    epoch: str
    effects: list[sync.Effect]
    done: Done | None = None


class Journals:
    """`dice` is uniform in [0, 1)."""

    def __init__(self, gateway: str, sign: Sign, dice: Callable[[], float], seen: Seen, acked: Head | None) -> None:
        self._gateway, self._sign, self._dice = gateway, sign, dice
        self._up = False
        self.head = seen.head
        self.current = self._machine(seen, acked, tell_gaps=False)
        self._old: dict[str, tuple[SyncMachine, int]] = {}
        self._finished: dict[str, int] = {}
        self._heard_ms = 0

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

    @property
    def past(self) -> dict[str, int]:
        """The newest files that were done with, each with the number up to which the server had it."""
        return dict(list(self._finished.items())[-PAST_MAX:])

    def finished_before(self, upto: Mapping[str, int]) -> None:
        """What was done with in earlier runs. One that is on its way again stays so."""
        earlier = {epoch: seq for epoch, seq in upto.items() if epoch not in self._old}
        self._finished = {**earlier, **self._finished}

    def is_wanted_again(self, ack: Ack) -> bool:
        """Whether a server that was put back asks for a file that was done with. An old ack looks the same but for
        its time; a genuine wish is said again after the next report."""
        late, self._heard_ms = ack.server_ms < self._heard_ms, max(ack.server_ms, self._heard_ms)
        lacks = ack.need_from is not None and ack.upto < self._finished.get(ack.epoch, 0)
        return lacks and not late and len(self._old) < OLD_MAX

    def reopen(self, ack: Ack, seen: Seen | None) -> Outcome:
        """A file that was done with is on its way again, as far as it is still there; None: it is gone.

        Its end may not be readable any more: nothing comes behind such a gap, so that it is told here.
        """
        epoch, upto = ack.epoch, self._finished.pop(ack.epoch, 0)
        end = min(upto, seen.head.seq) if seen is not None else 0
        missing: list[sync.Effect] = [sync.Missing(max(end, ack.upto) + 1, upto)] if end < upto else []
        if seen is None or end <= ack.upto:
            self._finished[epoch] = ack.upto
            return Outcome(epoch, missing, Done(ack.upto, ack.upto))
        acked = Head(epoch, ack.upto, bytes.fromhex(ack.head_hash))
        self._old[epoch] = (self._machine(seen, acked, tell_gaps=True, end=end), end)
        on = self.of(epoch, sync.LinkUp()) if self._up else Outcome(epoch, [])
        return on._replace(effects=[*missing, *on.effects])

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
        self._old[epoch] = (self._machine(seen, acked, tell_gaps=True), seen.head.seq)
        return self.of(epoch, sync.LinkUp()) if self._up else Outcome(epoch, [])

    def of(self, epoch: str, given: sync.Input) -> Outcome:
        """An input of one file; nothing when that file is not on its way (any more)."""
        if epoch == self.head.epoch:
            return Outcome(epoch, self.current.step(given))
        if epoch not in self._old:
            return Outcome(epoch, [])
        machine, end = self._old[epoch]
        missing: list[sync.Effect] = []
        if isinstance(given, sync.Pulled):
            # What stands behind was told again in another journal.
            kept = [entry for entry in given.entries if entry.seq <= end]
            if given.entries and not kept:
                # And what is before that is not readable any more: nothing comes behind such a gap either.
                missing, end = [sync.Missing(given.from_seq, end)], given.from_seq - 1
                self._old[epoch] = (machine, end)
                machine.step(sync.Grown(end))
            given = given._replace(entries=kept)
        effects = missing + machine.step(given)
        parted = [effect for effect in effects if isinstance(effect, sync.Parted)]
        same = next((effect.same_upto for effect in parted if effect.same_upto is not None), None)
        done = None
        if machine.acked.seq >= end or same is not None:
            done = Done(end if same is None else same, end)
            del self._old[epoch]
            self._finished[epoch] = done.upto
        return Outcome(epoch, [effect for effect in effects if effect not in parted], done)

    def _machine(self, seen: Seen, acked: Head | None, *, tell_gaps: bool, end: int | None = None) -> SyncMachine:
        """What was pruned had been acknowledged, whatever else was forgotten."""
        epoch = seen.head.epoch
        known = acked if acked is not None and acked.epoch == epoch else seen.floor
        start = max(known, seen.floor, key=lambda head: head.seq)

        def packed(before: bytes, run: Sequence[Entry], gap: Gap | None) -> list[Packed]:
            return pack(self._gateway, epoch, before, run, self._sign, gap)

        return SyncMachine(start, seen.head.seq if end is None else end, packed, self._dice, tell_gaps=tell_gaps)
