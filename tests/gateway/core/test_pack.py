"""Batches: what goes in comes out, in order and within the wire's limit, whatever the events hold."""

import os

from hypothesis import given
from hypothesis import strategies as st

from card_protocol.wire.batch import Batch, chain_problem
from card_protocol.wire.sealed import MESSAGE_MAX_BYTES, unseal
from card_protocol.words.event import EVENT_MAX_BYTES, GENESIS
from gateway.core.pack import Gap, Packed, pack
from tests.gateway.world import BOX, GATEWAY, MemoryJournal, bodies


def opened(packed: list[Packed]) -> list[Batch]:
    return [unseal("batch", message, Batch, BOX.verifier.verify) for message, _ in packed]


def journal_of(texts: list[bytes]) -> MemoryJournal:
    journal = MemoryJournal()
    journal.write(texts)
    return journal


def test_nothing_makes_no_batch() -> None:
    assert pack(GATEWAY, "00" * 8, GENESIS, [], BOX.sign) == []


def test_a_usual_run_is_one_signed_batch() -> None:
    journal = journal_of(bodies(200))
    packed = pack(GATEWAY, journal.head().epoch, GENESIS, journal.chain, BOX.sign)
    (batch,) = opened(packed)
    assert (batch.first_seq, batch.last_seq, packed[0].last_seq) == (1, 200, 200)
    assert chain_problem(batch) is None


@given(st.lists(st.integers(1, EVENT_MAX_BYTES), min_size=1, max_size=60), st.sampled_from(["plain", "noise", "quote"]))
def test_what_is_too_large_is_split_and_stays_one_chain(sizes: list[int], kind: str) -> None:
    """Noise does not compress, quotes double when they are quoted as JSON."""
    made = {
        "plain": lambda n: b"a" * n,
        "noise": lambda n: os.urandom(n).hex()[:n].encode(),
        "quote": lambda n: b'"' * n,
    }
    journal = journal_of([made[kind](size) for size in sizes])
    packed = pack(GATEWAY, journal.head().epoch, GENESIS, journal.chain, BOX.sign)
    assert all(len(one.message) <= MESSAGE_MAX_BYTES for one in packed)
    batches = opened(packed)
    assert [text for batch in batches for text in batch.events] == [entry.body.decode() for entry in journal.chain]
    assert [batch.last_seq for batch in batches] == [one.last_seq for one in packed]
    previous = GENESIS.hex()
    for batch in batches:
        assert (batch.prev_hash, chain_problem(batch)) == (previous, None)
        previous = batch.head_hash


def test_a_gap_is_declared_by_the_first_message_alone() -> None:
    journal = journal_of([os.urandom(EVENT_MAX_BYTES // 2).hex().encode() for _ in range(100)])
    run = journal.chain[50:]
    packed = pack(GATEWAY, journal.head().epoch, journal.chain[49].hash, run, BOX.sign, Gap(7, b"\xab" * 32))
    gaps = [batch.gap_from for batch in opened(packed)]
    assert len(gaps) > 1
    assert gaps == [7] + [None] * (len(gaps) - 1)
    assert [batch.gap_hash for batch in opened(packed)] == ["ab" * 32] + [None] * (len(gaps) - 1)
    assert (
        opened(pack(GATEWAY, journal.head().epoch, journal.chain[49].hash, run, BOX.sign, Gap(7, None)))[0].gap_hash
        is None
    )


def test_two_hundred_of_the_largest_events_are_split() -> None:
    journal = journal_of([os.urandom(EVENT_MAX_BYTES // 2).hex().encode() for _ in range(200)])
    assert len(pack(GATEWAY, journal.head().epoch, GENESIS, journal.chain, BOX.sign)) > 4
