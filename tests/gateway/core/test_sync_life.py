"""The sync machine's life with a network that loses, doubles and shuffles, and a server that is put back."""

import random

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from card_protocol.wire.ack import Ack
from card_protocol.wire.sealed import unseal
from card_protocol.words.event import GENESIS
from gateway.core import sync_words as words
from gateway.core.pack import pack
from gateway.core.sync import Phase, SyncMachine
from tests.gateway.world import BOX, GATEWAY, HOLE, SERVER, MemoryJournal, ModelServer, bodies

EPOCH = MemoryJournal().head().epoch


class Life(RuleBasedStateMachine):
    """Everything that can happen between a gateway and a server, in any order; at the end nothing is missing."""

    def __init__(self) -> None:
        super().__init__()
        self.journal = MemoryJournal()
        self.server = ModelServer()
        dice = random.Random(7)
        self.machine = SyncMachine(
            self.journal.head(),
            0,
            lambda before, run, gap: pack(GATEWAY, EPOCH, before, run, BOX.sign, gap),
            dice.random,
        )
        self.upward: list[bytes] = []
        self.downward: list[bytes] = []
        self.timers: dict[words.Timer, int] = {}
        self.ever_acked = 0
        self.told: list[words.Missing] = []

    def step(self, given: words.Input) -> None:
        inputs = [given]
        while inputs:
            for effect in self.machine.step(inputs.pop(0)):
                match effect:
                    case words.Pull():
                        entries = self.journal.read(effect.from_seq, effect.limit)
                        before = self.journal.hash_of(entries[0].seq - 1) if entries else GENESIS
                        assert before is not None
                        inputs.append(words.Pulled(effect.from_seq, before, entries))
                    case words.Send():
                        self.upward.append(effect.message)
                    case words.StartTimer():
                        self.timers[effect.timer] = effect.token
                    case words.SaveAcked():
                        self.ever_acked = max(self.ever_acked, effect.head.seq)
                    case words.Missing():
                        assert effect.to_seq <= self.journal.floor().seq
                        assert effect.to_seq <= self.ever_acked
                        self.told.append(effect)
                    case _:
                        raise AssertionError(f"nothing of this should happen here: {effect}")

    @rule(count=st.integers(1, 120))
    def journal_grows(self, count: int) -> None:
        self.journal.write(bodies(count, self.journal.head().seq + 1))
        self.step(words.Grown(self.journal.head().seq))

    @rule()
    def link_comes(self) -> None:
        self.step(words.LinkUp())

    @rule(lost=st.booleans())
    def link_goes(self, lost: bool) -> None:
        self.step(words.LinkDown())
        if lost:
            self.upward.clear()
            self.downward.clear()

    @precondition(lambda self: self.upward)
    @rule(where=st.integers(0, 1000), twice=st.booleans())
    def batch_arrives(self, where: int, twice: bool) -> None:
        message = self.upward.pop(where % len(self.upward))
        self.downward += [self.server.take(message) for _ in range(1 + twice)]

    @precondition(lambda self: self.upward)
    @rule(where=st.integers(0, 1000))
    def batch_is_lost(self, where: int) -> None:
        self.upward.pop(where % len(self.upward))

    @precondition(lambda self: self.downward)
    @rule(where=st.integers(0, 1000), twice=st.booleans())
    def ack_arrives(self, where: int, twice: bool) -> None:
        message = self.downward.pop(where % len(self.downward))
        for _ in range(1 + twice):
            self.hear(message)

    @precondition(lambda self: self.downward)
    @rule(where=st.integers(0, 1000))
    def ack_is_lost(self, where: int) -> None:
        self.downward.pop(where % len(self.downward))

    @precondition(lambda self: self.timers)
    @rule(timer=st.sampled_from(words.Timer))
    def timer_fires(self, timer: words.Timer) -> None:
        if timer in self.timers:
            self.step(words.Fired(timer, self.timers.pop(timer)))

    @rule(share=st.floats(0, 1))
    def server_is_put_back(self, share: float) -> None:
        self.server.put_back(EPOCH, int(len(self.server.held.get(EPOCH, [])) * share))

    @rule(share=st.floats(0, 1))
    def journal_is_pruned(self, share: float) -> None:
        """Of what was acknowledged, and never all."""
        upto = int(min(self.machine.acked.seq, self.journal.head().seq - 1) * share)
        if upto > self.journal.floor().seq:
            self.journal.prune(upto)

    def hear(self, message: bytes) -> None:
        ack = unseal("ack", message, Ack, SERVER.verifier.verify)
        self.step(words.Acked(ack, self.journal.hash_of(ack.upto), self.journal.floor().seq))

    @invariant()
    def server_holds_what_was_journaled_and_holes_only_where_it_was_pruned(self) -> None:
        held = self.server.held.get(EPOCH, [])
        ours = {entry.seq: entry for entry in self.journal.chain}
        assert [entry.seq for entry in held] == list(range(1, len(held) + 1))
        for entry in held:
            if entry.body == HOLE:
                assert entry.seq <= self.journal.floor().seq
            elif entry.seq in ours:
                assert entry == ours[entry.seq]

    @invariant()
    def nothing_is_acked_that_was_not_held(self) -> None:
        acked, floor = self.machine.acked, self.journal.floor()
        assert acked.seq < floor.seq or acked.hash == self.journal.hash_of(acked.seq)
        assert len(self.upward) < 10_000

    def teardown(self) -> None:
        self.upward.clear()
        self.downward.clear()
        self.step(words.LinkUp())
        held = len(self.server.held.get(EPOCH, []))
        if held < self.machine.acked.seq:
            # The gateway's State, which goes out on connecting, shows that it believes too much.
            self.downward.append(self.server.ack(EPOCH, need_from=held + 1))
        for _ in range(2000):
            if self.upward:
                self.downward.append(self.server.take(self.upward.pop(0)))
            elif self.downward:
                self.hear(self.downward.pop(0))
            elif self.timers:
                self.timer_fires(next(iter(self.timers)))
            else:
                break
        else:
            raise AssertionError("it never comes to rest")
        held = self.server.held.get(EPOCH, [])
        assert held[self.journal.floor().seq :] == self.journal.chain
        assert self.machine.acked == self.journal.head()
        assert self.machine.phase is Phase.IDLE


Life.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
test_life = Life.TestCase
