"""The sync machine: brings one journal file to the server, exactly once in the end (design § 6).

The journal is the outbox. The machine asks for entries (`Pull`), sends them as batches, and forgets nothing before
the server's countersigned acknowledgement says that its database holds them. Up to `WINDOW_BATCHES` are under way,
fewer when the server has much to do (`Ack.credit`); it answers each with "everything up to here". What is lost on
the way is sent again from the first unacknowledged event on (go-back-N); the server recognises what it has.

| phase | it means | leaves it by |
|---|---|---|
| down | no link | link up: resume behind the last acknowledged event |
| idle | nothing under way | entries sent; link down |
| flying | batches wait for their acknowledgement | all acknowledged; none in time: probing; link down |
| probing | the server is silent: one batch at a time, less and less often | progress; link down |

Live events wait for company (50 events or 200 ms), a backlog does not. Timers are effects; a timer that was replaced
carries an old token and is ignored.
"""

from collections import deque
from collections.abc import Callable, Sequence
from enum import StrEnum

from card_protocol.wire.ack import Ack
from card_protocol.wire.batch import CATCHUP_BATCH_EVENTS, LIVE_BATCH_EVENTS, LIVE_LINGER_MS
from gateway.core.backoff import Backoff
from gateway.core.pack import Gap, Packed
from gateway.core.sync_words import (
    Acked,
    Effect,
    Fired,
    Grown,
    Input,
    LinkDown,
    LinkUp,
    Missing,
    Parted,
    Pull,
    Pulled,
    Refuse,
    SaveAcked,
    Send,
    StartTimer,
    Timer,
)
from gateway.ports.journal import Entry, Head

WINDOW_BATCHES = 16
PROBE_BATCHES = 1
PROGRESS_TIMEOUT = Backoff(first_ms=2000, longest_ms=60_000)

Pack = Callable[[bytes, Sequence[Entry], Gap | None], list[Packed]]
"""(chain hash before the first entry, entries, a gap before them) -> signed messages."""


class Phase(StrEnum):
    """Where the machine is."""

    DOWN = "down"
    IDLE = "idle"
    FLYING = "flying"
    PROBING = "probing"


_D, _I, _F, _P = Phase.DOWN, Phase.IDLE, Phase.FLYING, Phase.PROBING

TABLE: dict[tuple[Phase, type], tuple[str, frozenset[Phase]]] = {
    # (phase, input): (what is done, where that may lead). A pair that is not here changes nothing.
    (_D, LinkUp): ("_resume", frozenset({_I})),
    (_D, Grown): ("_grow", frozenset({_D})),
    (_I, LinkUp): ("_resume", frozenset({_I})),
    (_I, LinkDown): ("_fall", frozenset({_D})),
    (_I, Grown): ("_grow", frozenset({_I})),
    (_I, Pulled): ("_send", frozenset({_I, _F})),
    (_I, Acked): ("_settle", frozenset({_I})),
    (_I, Fired): ("_fire", frozenset({_I})),
    (_F, LinkUp): ("_resume", frozenset({_I})),
    (_F, LinkDown): ("_fall", frozenset({_D})),
    (_F, Grown): ("_grow", frozenset({_F})),
    (_F, Pulled): ("_send", frozenset({_F})),
    (_F, Acked): ("_settle", frozenset({_F, _I})),
    (_F, Fired): ("_fire", frozenset({_F, _P})),
    (_P, LinkUp): ("_resume", frozenset({_I})),
    (_P, LinkDown): ("_fall", frozenset({_D})),
    (_P, Grown): ("_grow", frozenset({_P})),
    (_P, Pulled): ("_send", frozenset({_P})),
    (_P, Acked): ("_settle", frozenset({_P, _F, _I})),
    (_P, Fired): ("_fire", frozenset({_P})),
}


class SyncMachine:
    """One journal file on its way to the server. `dice` is uniform in [0, 1).

    `tell_gaps`: say of every gap that it is there. Otherwise only of one in what was acknowledged before: whoever
    removed events that were not, has told so itself.
    """

    def __init__(
        self, acked: Head, head_seq: int, pack: Pack, dice: Callable[[], float], *, tell_gaps: bool = False
    ) -> None:
        self.acked = acked
        self._pack, self._dice = pack, dice
        self._head = head_seq
        self._next = acked.seq + 1
        self._due = 0
        """Up to here nothing waits for company."""
        self._under_way: deque[int] = deque()
        """The last seq of each batch that waits for its acknowledgement; bounded by the window."""
        self._up = self._pulling = self._lingering = False
        self._stalls = 0
        self._tokens = dict.fromkeys(Timer, 0)
        self._tell_gaps = tell_gaps
        self._told_gap = 0
        self._best_acked = acked.seq
        self._asked_from = 0
        self._nudged = False
        self._server_ms = 0
        self._credit = WINDOW_BATCHES

    @property
    def phase(self) -> Phase:
        """Where the machine is."""
        if not self._up:
            return Phase.DOWN
        if self._stalls:
            return Phase.PROBING
        return Phase.FLYING if self._under_way else Phase.IDLE

    def step(self, given: Input) -> list[Effect]:
        """What one input changes, and what is to be done about it. Total: every input may come in every phase."""
        found = TABLE.get((self.phase, type(given)))
        if found is None:
            return []
        act, leads_to = found
        effects: list[Effect] = getattr(self, act)(given)
        assert self.phase in leads_to, f"{act} led to {self.phase}"
        return effects

    def _resume(self, _: LinkUp) -> list[Effect]:
        self._up = True
        self._stalls = 0
        self._credit = WINDOW_BATCHES
        self._pulling = self._lingering = False
        return self._rewind()

    def _fall(self, _: LinkDown) -> list[Effect]:
        self._up = False
        self._stalls = 0
        self._under_way.clear()
        return []

    def _grow(self, given: Grown) -> list[Effect]:
        self._head = given.head_seq
        return self._advance()

    def _send(self, given: Pulled) -> list[Effect]:
        self._pulling = False
        if given.from_seq != self._next:
            return self._advance()
        if not given.entries:
            # The journal could not be read just now, or has less than we thought: look again in a while.
            self._lingering = True
            return [self._start(Timer.LINGER, LIVE_LINGER_MS)]
        run = _gapless(given.entries)
        gap = self._gap_before(given) if run[0].seq > given.from_seq else None
        effects: list[Effect] = self._tell(given.from_seq, run[0].seq - 1) if gap is not None else []
        for packed in self._pack(given.previous, run, gap):
            if not self._under_way:
                effects.append(self._start(Timer.PROGRESS, self._patience_ms()))
            self._under_way.append(packed.last_seq)
            effects.append(Send(packed.message, packed.last_seq))
        self._next = run[-1].seq + 1
        return effects + self._advance()

    def _gap_before(self, given: Pulled) -> Gap:
        """What the file does not have before the gap, the server has told us, if it acknowledged as far as that."""
        known = self.acked.hash if given.from_seq == self.acked.seq + 1 else None
        return Gap(given.from_seq, given.before if given.before is not None else known)

    def _tell(self, from_seq: int, to_seq: int) -> list[Effect]:
        """Once per gap, however often the batch behind it has to be sent."""
        upto = to_seq if self._tell_gaps else min(to_seq, self._best_acked)
        if upto <= self._told_gap or upto < from_seq:
            return []
        self._told_gap = upto
        return [Missing(from_seq, upto)]

    def _settle(self, given: Acked) -> list[Effect]:
        if self._is_of_another(given):
            given = given._replace(ack=given.ack.model_copy(update={"same_upto": None, "forked": None}))
        ack = given.ack
        if ack.epoch == self.acked.epoch and (why := self._other_history(given)):
            return self._part(given, why)
        if given.own_hash is None and self._agree(given):
            return [SaveAcked(self.acked), *self._advance()]
        if problem := self._misfit(given):
            return [problem]
        self._credit = min(ack.credit or WINDOW_BATCHES, WINDOW_BATCHES)
        if ack.upto > self.acked.seq:
            return self._progress(ack)
        if ack.need_from is None:
            return self._sign_of_life(ack)
        if ack.upto < self.acked.seq:
            return self._fall_back(ack)
        return self._send_again(ack)

    def _is_of_another(self, given: Acked) -> bool:
        """Whether what an ack says of both histories is about an earlier state of the file, or about somebody with our
        name: it is old, or was sent once more by somebody who wants events to be forgotten."""
        ack, ours = given.ack, given.same_hash
        if ack.same_upto is None:
            return False
        other = ours is not None and ack.same_hash is not None and ours.hex() != ack.same_hash
        return other or ack.same_upto > self._head

    def _other_history(self, given: Acked) -> str | None:
        """Whether the server holds what the file does not, and what about it."""
        ack = given.ack
        if given.own_hash is None and ack.upto > self._head:
            return f"the server holds events up to {ack.upto} and the file ends at {self._head}"
        if given.own_hash is not None and given.own_hash.hex() != ack.head_hash:
            return f"the server holds another event {ack.upto}"
        agreed = ack.same_upto if ack.forked and given.same_hash is not None else None
        if given.own_hash is None and agreed is not None and self.acked.seq <= agreed:
            # Its newest event lies in a hole of ours. Had it acknowledged more than that to us, it would not speak of
            # us now, but of somebody who has our name.
            return f"the server holds other events behind {agreed}"
        return None

    def _part(self, given: Acked, why: str) -> list[Effect]:
        """The server's answers to what we send show where the two histories part; until then we go on sending."""
        ack = given.ack
        if ack.forked and ack.same_upto is None and given.floor_seq < self.acked.seq:
            # It never had what we took for acknowledged, as far as we are concerned: from the very beginning.
            self.acked = Head(ack.epoch, given.floor_seq, given.floor_hash)
            return [Parted(why), *self._rewind()]
        if ack.forked:
            return [Parted(why, given.floor_seq if ack.same_upto is None else ack.same_upto)]
        self._agree(given)
        if self.acked.seq >= self._head:
            return [Parted(why, self._head)]
        return [Parted(why), *self._advance()]

    def _agree(self, given: Acked) -> bool:
        """The server's own newest event is none of ours, but it has what we sent up to `same_upto`: whether that is
        more than we knew."""
        ack = given.ack
        if ack.same_upto is None or given.same_hash is None or ack.same_upto <= self.acked.seq:
            return False
        self._have(Head(ack.epoch, ack.same_upto, given.same_hash))
        return True

    def _have(self, acked: Head) -> None:
        """The server has everything up to there."""
        self.acked = acked
        self._stalls = 0
        while self._under_way and self._under_way[0] <= acked.seq:
            self._under_way.popleft()
        self._next = max(self._next, acked.seq + 1)

    def _misfit(self, given: Acked) -> Refuse | None:
        """Why an ack is not about our journal. One of another epoch may be a late one: it is refused all the same."""
        ack = given.ack
        if ack.epoch != self.acked.epoch:
            return Refuse(f"an ack for epoch {ack.epoch}; ours is {self.acked.epoch}")
        if given.own_hash is None and ack.upto >= max(given.floor_seq, self.acked.seq):
            return Refuse(f"an ack for event {ack.upto}, which is not there")
        # Before the floor, or in a hole before what was acknowledged, nothing is left to compare with: the server was
        # put back.
        return None

    def _progress(self, ack: Ack) -> list[Effect]:
        self._server_ms = max(self._server_ms, ack.server_ms)
        self._have(_head_of(ack))
        self._best_acked = max(self._best_acked, ack.upto)
        effects: list[Effect] = [SaveAcked(self.acked)]
        if ack.need_from is not None:
            return effects + self._send_again(ack)
        if self._under_way:
            effects.append(self._start(Timer.PROGRESS, self._patience_ms()))
        return effects + self._advance()

    def _sign_of_life(self, ack: Ack) -> list[Effect]:
        """The server is back and says where it stands: probe at once, but once, or a server that takes nothing and
        answers everything would make us hurry for ever."""
        if not self._stalls or self._nudged or ack.upto < self.acked.seq:
            return []
        self._nudged = True
        return self._rewind()

    def _send_again(self, ack: Ack) -> list[Effect]:
        """A batch was lost on the way. Every batch behind it is answered with the same wish: heed it once."""
        if ack.need_from is None or ack.need_from <= self._asked_from or ack.need_from >= self._next:
            return self._advance()
        self._asked_from = ack.need_from
        return self._rewind()

    def _fall_back(self, ack: Ack) -> list[Effect]:
        """The server lost what it had acknowledged: it was put back from a backup.

        An old ack, doubled or late, looks the same but for its time. While the server is silent we believe any: one
        that was replayed then costs no more than re-sending.
        """
        if ack.server_ms < self._server_ms and not self._stalls:
            return []
        self._server_ms = ack.server_ms
        self._stalls = 0
        self._asked_from = ack.need_from or 0
        self.acked = _head_of(ack)
        return [SaveAcked(self.acked), *self._rewind()]

    def _fire(self, given: Fired) -> list[Effect]:
        if given.token != self._tokens[given.timer]:
            return []
        if given.timer is Timer.LINGER:
            self._lingering = False
            self._due = self._head
            return self._advance()
        if not self._under_way:
            return []
        self._stalls += 1
        self._nudged = False
        return self._rewind()

    def _rewind(self) -> list[Effect]:
        """Go back to the first unacknowledged event."""
        if self._asked_from <= self.acked.seq or self._stalls:
            self._asked_from = 0
        self._under_way.clear()
        self._next = self.acked.seq + 1
        self._due = self._head
        self._tokens[Timer.PROGRESS] += 1
        return self._advance()

    def _advance(self) -> list[Effect]:
        window = PROBE_BATCHES if self._stalls else self._credit
        if not self._up or self._pulling or len(self._under_way) >= window or self._next > self._head:
            return []
        waiting = self._head - self._next + 1
        if self._next <= self._due or waiting >= LIVE_BATCH_EVENTS:
            self._pulling = True
            return [Pull(self._next, CATCHUP_BATCH_EVENTS if waiting > LIVE_BATCH_EVENTS else LIVE_BATCH_EVENTS)]
        if self._lingering:
            return []
        self._lingering = True
        return [self._start(Timer.LINGER, LIVE_LINGER_MS)]

    def _patience_ms(self) -> int:
        return PROGRESS_TIMEOUT.wait_ms(self._stalls, self._dice())

    def _start(self, timer: Timer, wait_ms: int) -> StartTimer:
        self._tokens[timer] += 1
        return StartTimer(timer, wait_ms, self._tokens[timer])


def _gapless(entries: Sequence[Entry]) -> Sequence[Entry]:
    """The entries up to the first hole; what is behind it is pulled next."""
    for index, entry in enumerate(entries):
        if entry.seq != entries[0].seq + index:
            return entries[:index]
    return entries


def _head_of(ack: Ack) -> Head:
    return Head(ack.epoch, ack.upto, bytes.fromhex(ack.head_hash))
