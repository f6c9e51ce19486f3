"""The sync machine on its own; its life with a network stands in test_sync_life."""

import pytest

from card_protocol.wire.ack import Ack
from card_protocol.wire.batch import LIVE_LINGER_MS, Batch
from card_protocol.wire.sealed import unseal
from card_protocol.words.event import GENESIS
from gateway.core import sync_words as words
from gateway.core.pack import pack
from gateway.core.sync import PROGRESS_TIMEOUT, TABLE, WINDOW_BATCHES, Phase, SyncMachine
from gateway.ports.journal import Head
from tests.gateway.world import BOX, GATEWAY, MemoryJournal, bodies

EPOCH = MemoryJournal().head().epoch


class Bench:
    """A machine with a journal under it; what it sends is kept."""

    def __init__(self, events: int = 0, acked: int = 0, *, tell_gaps: bool = False) -> None:
        self.journal = MemoryJournal()
        self.journal.write(bodies(events))
        known = Head(EPOCH, acked, self.journal.hash_of(acked) or GENESIS)
        self.machine = SyncMachine(
            known,
            events,
            lambda before, run, gap: pack(GATEWAY, EPOCH, before, run, BOX.sign, gap),
            lambda: 0.0,
            tell_gaps=tell_gaps,
        )
        self.sent: list[Batch] = []
        self.timers: dict[words.Timer, words.StartTimer] = {}
        self.saved: list[int] = []
        self.other: list[words.Effect] = []

    def step(self, given: words.Input) -> None:
        for effect in self.machine.step(given):
            match effect:
                case words.Pull():
                    entries = self.journal.read(effect.from_seq, effect.limit)
                    before = self.journal.hash_of(entries[0].seq - 1) if entries else GENESIS
                    earlier = self.journal.hash_of(effect.from_seq - 1)
                    self.step(words.Pulled(effect.from_seq, before or GENESIS, entries, earlier))
                case words.Send():
                    self.sent.append(unseal("batch", effect.message, Batch, BOX.verifier.verify))
                case words.StartTimer():
                    self.timers[effect.timer] = effect
                case words.SaveAcked():
                    self.saved.append(effect.head.seq)
                case _:
                    self.other.append(effect)

    def grow(self, count: int) -> None:
        self.journal.write(bodies(count))
        self.step(words.Grown(self.journal.head().seq))

    def fire(self, timer: words.Timer) -> None:
        self.step(words.Fired(timer, self.timers[timer].token))

    def ack(self, upto: int, need_from: int | None = None, server_ms: int = 1, **changed: object) -> None:
        digest = self.journal.hash_of(upto)
        fields = {
            "gateway": GATEWAY,
            "epoch": EPOCH,
            "upto": upto,
            "head_hash": (digest or GENESIS).hex(),
            "need_from": need_from,
            "server_ms": server_ms,
        }
        ack = Ack.model_validate(fields | changed)
        floor = self.journal.floor()
        same = self.journal.hash_of(ack.same_upto) if ack.same_upto is not None else None
        self.step(words.Acked(ack, digest, floor.seq, same, floor.hash))

    def take_sent(self) -> list[tuple[int, int]]:
        spans = [(batch.first_seq, batch.last_seq) for batch in self.sent]
        self.sent.clear()
        return spans


def test_the_table_knows_every_phase_and_leads_only_to_phases() -> None:
    assert {phase for phase, _ in TABLE} == set(Phase)
    assert all(hasattr(SyncMachine, act) and leads_to for act, leads_to in TABLE.values())


def test_nothing_is_sent_without_a_link() -> None:
    bench = Bench(events=3)
    bench.grow(1)
    bench.ack(2)
    assert (bench.sent, bench.saved, bench.machine.phase) == ([], [], Phase.DOWN)


def test_a_link_brings_what_waits_at_once() -> None:
    bench = Bench(events=3, acked=1)
    bench.step(words.LinkUp())
    assert bench.take_sent() == [(2, 3)]
    assert bench.machine.phase is Phase.FLYING


def test_live_events_wait_for_company_and_leave_together() -> None:
    bench = Bench()
    bench.step(words.LinkUp())
    bench.grow(1)
    assert bench.sent == []
    assert bench.timers[words.Timer.LINGER].wait_ms == LIVE_LINGER_MS
    bench.grow(2)
    bench.fire(words.Timer.LINGER)
    assert bench.take_sent() == [(1, 3)]


def test_fifty_live_events_do_not_wait() -> None:
    bench = Bench()
    bench.step(words.LinkUp())
    bench.grow(50)
    assert bench.take_sent() == [(1, 50)]


def test_a_backlog_goes_in_large_batches_up_to_the_window() -> None:
    bench = Bench(events=5000)
    bench.step(words.LinkUp())
    spans = bench.take_sent()
    assert len(spans) == WINDOW_BATCHES
    assert spans[0] == (1, 200)
    bench.ack(200)
    assert bench.take_sent() == [(200 * WINDOW_BATCHES + 1, 200 * (WINDOW_BATCHES + 1))]
    assert bench.saved == [200]


def test_a_server_with_much_to_do_narrows_the_window() -> None:
    bench = Bench(events=5000)
    bench.step(words.LinkUp())
    bench.take_sent()
    bench.ack(200, credit=2)
    assert bench.take_sent() == [], "fifteen are under way, two are wanted"
    bench.ack(14 * 200, credit=2)
    assert bench.take_sent() == []
    bench.ack(15 * 200, credit=2)
    assert bench.take_sent() == [(3201, 3400)]
    bench.ack(16 * 200)
    assert bench.take_sent() == [(first, first + 199) for first in range(3401, 5000, 200)]


def test_silence_leads_to_single_probes_that_become_rarer() -> None:
    bench = Bench(events=1000)
    bench.step(words.LinkUp())
    bench.take_sent()
    waits = []
    for _ in range(8):
        bench.fire(words.Timer.PROGRESS)
        assert bench.take_sent() == [(1, 200)]
        assert bench.machine.phase is Phase.PROBING
        waits.append(bench.timers[words.Timer.PROGRESS].wait_ms)
    assert waits == sorted(waits)
    assert waits[0] == 2 * PROGRESS_TIMEOUT.first_ms
    assert waits[-1] == PROGRESS_TIMEOUT.longest_ms
    bench.ack(200)
    assert bench.take_sent() == [(201, 400), (401, 600), (601, 800), (801, 1000)]
    assert bench.machine.phase is Phase.FLYING


def test_a_server_that_is_back_is_probed_at_once_but_only_once() -> None:
    bench = Bench(events=1000)
    bench.step(words.LinkUp())
    bench.fire(words.Timer.PROGRESS)
    bench.take_sent()
    bench.ack(0)
    assert bench.take_sent() == [(1, 200)]
    bench.ack(0)
    assert bench.take_sent() == [], "it answers and takes nothing"
    bench.fire(words.Timer.PROGRESS)
    bench.take_sent()
    bench.ack(0)
    assert bench.take_sent() == [(1, 200)]


def test_a_replaced_timer_changes_nothing() -> None:
    bench = Bench(events=400)
    bench.step(words.LinkUp())
    old = bench.timers[words.Timer.PROGRESS]
    bench.ack(200)
    bench.take_sent()
    bench.step(words.Fired(words.Timer.PROGRESS, old.token))
    assert (bench.sent, bench.machine.phase) == ([], Phase.FLYING)


def test_a_lost_batch_is_sent_again_once_however_often_it_is_asked_for() -> None:
    bench = Bench(events=800)
    bench.step(words.LinkUp())
    bench.take_sent()
    bench.ack(200)
    for _ in range(3):
        bench.ack(200, need_from=201)
    assert bench.take_sent() == [(201, 400), (401, 600), (601, 800)]
    bench.fire(words.Timer.PROGRESS)
    bench.take_sent()
    bench.ack(200, need_from=201)
    assert bench.take_sent() == [(201, 400)], "after a silence the same wish is heard again"


def test_a_new_link_resumes_behind_the_last_ack() -> None:
    bench = Bench(events=600)
    bench.step(words.LinkUp())
    bench.ack(200)
    bench.step(words.LinkDown())
    bench.take_sent()
    bench.step(words.LinkUp())
    assert bench.take_sent() == [(201, 400), (401, 600)]


def test_a_server_put_back_from_a_backup_gets_everything_again() -> None:
    bench = Bench(events=400)
    bench.step(words.LinkUp())
    bench.ack(400, server_ms=50)
    bench.take_sent()
    bench.ack(100, need_from=101, server_ms=60)
    assert bench.take_sent() == [(101, 300), (301, 400)]
    assert bench.saved[-1] == 100


def test_an_old_ack_come_late_is_not_taken_for_a_restored_server() -> None:
    bench = Bench(events=400)
    bench.step(words.LinkUp())
    bench.ack(400, server_ms=50)
    bench.take_sent()
    bench.ack(100, need_from=101, server_ms=40)
    assert (bench.sent, bench.machine.acked.seq) == ([], 400)


def test_a_restored_server_whose_clock_went_back_is_believed_while_it_is_silent_otherwise() -> None:
    bench = Bench(events=400)
    bench.step(words.LinkUp())
    bench.ack(400, server_ms=50)
    bench.grow(60)
    bench.take_sent()
    bench.ack(100, need_from=101, server_ms=40)
    assert bench.sent == []
    bench.fire(words.Timer.PROGRESS)
    bench.take_sent()
    bench.ack(100, need_from=101, server_ms=41)
    assert bench.take_sent() == [(101, 300), (301, 460)]


def test_what_was_pruned_is_declared_and_the_rest_is_sent() -> None:
    bench = Bench(events=400, acked=400)
    bench.journal.prune(250)
    bench.step(words.LinkUp())
    bench.ack(100, need_from=101, server_ms=60, head_hash="ab" * 32)
    assert bench.other == [words.Missing(101, 250)]
    assert bench.sent[0].gap_from == 101
    assert bench.take_sent() == [(251, 400)]
    bench.fire(words.Timer.PROGRESS)
    assert bench.other == [words.Missing(101, 250)], "told once"
    assert bench.sent[0].gap_from == 101, "declared as often as it is sent"


def test_what_was_dropped_is_declared_but_told_by_who_dropped_it() -> None:
    bench = Bench(events=400, acked=100)
    bench.journal.prune(250)
    bench.step(words.LinkUp())
    assert (bench.sent[0].gap_from, bench.take_sent(), bench.other) == (101, [(251, 400)], [])


def test_of_a_gap_that_was_dropped_in_part_the_part_that_had_been_acknowledged_is_told() -> None:
    bench = Bench(events=400, acked=100)
    bench.journal.prune(250)
    bench.step(words.LinkUp())
    bench.ack(20, need_from=21, server_ms=60, head_hash="ab" * 32)
    assert bench.other == [words.Missing(21, 100)]


def test_holes_in_a_salvaged_file_are_declared_one_by_one() -> None:
    bench = Bench(events=100, tell_gaps=True)
    lost = {1, 2, 40, 41, 42, 99}
    kept = {entry.seq: entry for entry in bench.journal.chain}
    bench.journal.chain = [entry for entry in bench.journal.chain if entry.seq not in lost]
    bench.journal.hash_of = lambda seq: kept[seq].hash if seq else GENESIS  # type: ignore[method-assign]
    bench.step(words.LinkUp())
    assert [batch.gap_from for batch in bench.sent] == [1, 40, 99]
    before = [GENESIS, kept[39].hash, kept[98].hash]
    assert [batch.gap_hash for batch in bench.sent] == [digest.hex() for digest in before]
    assert bench.take_sent() == [(3, 39), (43, 98), (100, 100)]
    assert bench.other == [words.Missing(1, 2), words.Missing(40, 42), words.Missing(99, 99)]


def with_a_hole(bench: Bench, hole: range) -> Bench:
    """As a file that was salvaged."""
    bench.journal.chain = [entry for entry in bench.journal.chain if entry.seq not in hole]
    known = {0: GENESIS} | {entry.seq: entry.hash for entry in bench.journal.chain}
    bench.journal.hash_of = known.get  # type: ignore[assignment, method-assign]
    bench.step(words.LinkUp())
    return bench


def test_another_history_is_noticed_although_it_ends_in_a_hole_of_ours() -> None:
    bench = with_a_hole(Bench(events=40, tell_gaps=True), range(6, 12))
    bench.ack(7, head_hash="ab" * 32, forked=True, same_upto=1)
    assert [effect.same_upto for effect in bench.other if isinstance(effect, words.Parted)] == [1]


def test_a_thief_who_forks_what_was_acknowledged_to_us_moves_nothing() -> None:
    bench = with_a_hole(Bench(events=40, acked=20, tell_gaps=True), range(22, 23))
    bench.ack(22, head_hash="ab" * 32, forked=True, same_upto=3)
    assert not [effect for effect in bench.other if isinstance(effect, words.Parted)]


def test_a_server_that_was_put_back_into_a_hole_of_ours_gets_what_is_behind_it() -> None:
    bench = with_a_hole(Bench(events=40, acked=20, tell_gaps=True), range(6, 12))
    bench.take_sent()
    bench.ack(7, need_from=8, head_hash="ab" * 32)
    assert bench.other == [words.Missing(8, 11)]
    assert [(batch.gap_from, batch.gap_hash) for batch in bench.sent] == [(8, "ab" * 32)]
    assert bench.take_sent() == [(12, 40)]


def test_a_server_that_is_in_a_hole_of_ours_agrees_with_what_is_before_it() -> None:
    bench = with_a_hole(Bench(events=40, tell_gaps=True), range(6, 12))
    bench.fire(words.Timer.PROGRESS)
    bench.take_sent()
    bench.ack(7, same_upto=5, head_hash="ab" * 32)
    assert bench.saved == [5]
    assert bench.take_sent() == [(12, 40)], "one batch at a time: the first one is done with"


def test_before_a_gap_stands_what_the_server_told_when_the_file_does_not_know() -> None:
    bench = with_a_hole(Bench(events=40, acked=20, tell_gaps=True), range(18, 25))
    assert [(batch.gap_from, batch.gap_hash) for batch in bench.sent] == [(21, bench.machine.acked.hash.hex())]


def test_an_ack_of_another_epoch_is_refused_and_moves_nothing() -> None:
    bench = Bench(events=10)
    bench.step(words.LinkUp())
    bench.ack(10, epoch="ffffffffffffffff")
    assert [type(effect) for effect in bench.other] == [words.Refuse]
    assert (bench.saved, bench.machine.acked.seq) == ([], 0)


@pytest.mark.parametrize(("upto", "changed"), [(11, {}), (10, {"head_hash": "ab" * 32})], ids=["more", "other"])
def test_a_server_that_holds_another_history(upto: int, changed: dict[str, object]) -> None:
    bench = Bench(events=10)
    bench.step(words.LinkUp())
    bench.ack(upto, **changed)
    assert [(type(effect), effect.same_upto) for effect in bench.other] == [(words.Parted, None)]  # type: ignore[union-attr]
    bench.ack(upto, forked=True, same_upto=7, **changed)
    assert bench.other[-1].same_upto == 7  # type: ignore[union-attr]
    assert bench.saved == []


@pytest.mark.parametrize(
    "of_another", [{"same_upto": 12}, {"same_upto": 7, "same_hash": "cd" * 32}], ids=["beyond our end", "another event"]
)
def test_where_a_late_ack_says_that_histories_part_is_not_believed_of_another_state_of_the_file(
    of_another: dict[str, object],
) -> None:
    bench = Bench(events=10)
    bench.step(words.LinkUp())
    bench.ack(13, forked=True, **of_another)
    assert [effect.same_upto for effect in bench.other] == [None]  # type: ignore[union-attr]
    ours = bench.journal.hash_of(4)
    assert ours is not None
    bench.ack(13, forked=True, same_upto=4, same_hash=ours.hex())
    assert bench.other[-1].same_upto == 4  # type: ignore[union-attr]


def test_histories_that_part_before_what_was_sent_are_told_from_the_beginning() -> None:
    bench = Bench(events=10, acked=6)
    bench.step(words.LinkUp())
    assert bench.take_sent() == [(7, 10)]
    bench.ack(12, forked=True)
    assert bench.take_sent() == [(1, 10)]
    bench.ack(12, forked=True, same_upto=4)
    assert [effect.same_upto for effect in bench.other] == [None, 4]  # type: ignore[union-attr]


def test_a_server_that_holds_all_of_it_and_more_is_believed_batch_by_batch() -> None:
    bench = Bench(events=500)
    bench.step(words.LinkUp())
    assert bench.take_sent() == [(1, 200), (201, 400), (401, 500)]
    bench.ack(900, same_upto=200)
    assert bench.machine.acked.seq == 200
    bench.ack(900, same_upto=500)
    assert [effect.same_upto for effect in bench.other] == [None, 500]  # type: ignore[union-attr]


def test_a_journal_that_cannot_be_read_is_looked_at_again() -> None:
    bench = Bench(events=10)
    bench.journal.chain, kept = [], bench.journal.chain
    bench.step(words.LinkUp())
    assert bench.sent == []
    bench.journal.chain = kept
    bench.fire(words.Timer.LINGER)
    assert bench.take_sent() == [(1, 10)]
