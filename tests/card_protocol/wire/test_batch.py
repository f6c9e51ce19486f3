"""Batches: bytes, the chain by hand, and every way in which a chain does not hold."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from card_protocol.wire.batch import CATCHUP_BATCH_EVENTS, SEQ_END, Batch, chain_problem
from card_protocol.words.event import EVENT_MAX_BYTES, GENESIS, chain_hash
from tests.support.codecs import assert_round_trip, assert_strict
from tests.support.wire_strategies import batches

EPOCH = "00112233445566aa"


def by_hand(seq: int, body: bytes, previous: bytes) -> bytes:
    numbers = seq.to_bytes(8, "big") + len(body).to_bytes(8, "big")
    return hashlib.sha256(b"onecard.event.v1\0gw-1\0" + bytes.fromhex(EPOCH) + numbers + body + previous).digest()


@given(batches())
def test_round_trip_and_strictness(batch: Batch) -> None:
    assert_round_trip(batch)
    assert_strict(batch)
    assert chain_problem(batch) is None


def test_links_by_hand() -> None:
    one = by_hand(1, "一".encode(), bytes(32))
    two = by_hand(2, b"", one)
    batch = Batch(gateway="gw-1", epoch=EPOCH, first_seq=1, prev_hash="00" * 32, events=("一", ""), head_hash=two.hex())
    assert list(batch.links()) == [(1, "一".encode(), one), (2, b"", two)]
    assert batch.last_seq == 2
    assert chain_problem(batch) is None


@given(batches(), st.data())
def test_a_chain_holds_for_exactly_what_was_journaled(batch: Batch, data: st.DataObject) -> None:
    events = list(batch.events)
    position = data.draw(st.integers(0, len(events) - 1))
    altered = [
        {"gateway": batch.gateway[:-1] + ("a" if batch.gateway[-1] != "a" else "b")},
        {"epoch": f"{int(batch.epoch, 16) ^ 1:016x}"},
        {"first_seq": batch.first_seq - 1 or 2},
        {"prev_hash": f"{int(batch.prev_hash, 16) ^ 1:064x}"},
        {"head_hash": f"{int(batch.head_hash, 16) ^ 1:064x}"},
        {"events": (*events[:position], events[position] + "x", *events[position + 1 :])},
        {"events": (*events, "")},
        {"events": tuple(events[:-1]) or ("another",)},
    ]
    for change in altered:
        other = Batch(**{**batch.model_dump(), **change})
        assert other == batch or chain_problem(other) == "the hashes do not lead to the batch's head"


def test_an_event_that_is_too_large_is_told_by_its_number() -> None:
    large = "x" * (EVENT_MAX_BYTES + 1)
    head = chain_hash("gw-1", EPOCH, 9, large.encode(), GENESIS)
    batch = Batch(gateway="gw-1", epoch=EPOCH, first_seq=9, prev_hash="00" * 32, events=(large,), head_hash=head.hex())
    assert chain_problem(batch) == "event 9 has 4097 bytes; an event has at most 4096"


@pytest.mark.parametrize(
    "change",
    [
        {"events": ()},
        {"events": ("x",) * (CATCHUP_BATCH_EVENTS + 1)},
        {"events": ("\ud800",)},
        {"first_seq": 0},
        {"first_seq": SEQ_END},
        {"epoch": EPOCH.upper()},
        {"gateway": "gw-1\n"},
    ],
)
def test_what_is_no_batch(change: dict[str, object]) -> None:
    legal = Batch(
        gateway="gw-1", epoch=EPOCH, first_seq=SEQ_END - 1, prev_hash="00" * 32, events=("x",), head_hash="00" * 32
    )
    assert chain_problem(legal) is not None
    with pytest.raises(ValidationError):
        Batch(**{**legal.model_dump(), **change})


@pytest.mark.parametrize(("gap_from", "legal"), [(1, True), (6, True), (7, False), (9, False), (0, False)])
def test_a_declared_gap_ends_before_the_batch(gap_from: int, legal: bool) -> None:
    fields = {
        "gateway": "gw-1",
        "epoch": EPOCH,
        "first_seq": 7,
        "prev_hash": "00" * 32,
        "events": ("a",),
        "head_hash": by_hand(7, b"a", bytes(32)).hex(),
        "gap_from": gap_from,
    }
    if not legal:
        with pytest.raises(ValidationError):
            Batch.model_validate(fields)
        return
    batch = Batch.model_validate(fields)
    assert Batch.from_bytes(batch.to_bytes()) == batch
    assert Batch.model_validate(fields | {"gap_hash": "ab" * 32}).gap_hash == "ab" * 32
    with pytest.raises(ValidationError):
        Batch.model_validate(fields | {"gap_from": None, "gap_hash": "ab" * 32})
    assert chain_problem(batch) is None


def test_a_batch_without_a_gap_has_the_bytes_that_it_always_had() -> None:
    batch = Batch(
        gateway="gw-1",
        epoch=EPOCH,
        first_seq=1,
        prev_hash="00" * 32,
        events=("a",),
        head_hash=by_hand(1, b"a", bytes(32)).hex(),
    )
    assert b"gap" not in batch.to_bytes()
