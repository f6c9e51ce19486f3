"""What is wrong with a journal is found, exactly there."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.crypto.signing import Signer
from card_protocol.wire.ack import Ack
from card_protocol.wire.sealed import signed_bytes
from server.services.events.chain_check import (
    AckSeal,
    Finding,
    Journal,
    Kind,
    Piece,
    Seal,
    check_acks,
    check_chain,
    check_end,
    check_signatures,
)
from tests.server.build import NOW_MS, Box, tap

SERVER = Signer(bytes([77]) * 32)
BOX = Box("g-1")
BOX.append(*(tap(n) for n in range(1, 11)))
KEY = BOX.signer.verifier.public_bytes.hex()
JOURNAL = Journal("g-1", BOX.epoch, 10, BOX.hashes[10].hex())
PIECES = [Piece(n, BOX.bodies[n - 1], BOX.hashes[n]) for n in range(1, 11)]


def seal(first: int, last: int, **changes: object) -> Seal:
    batch = BOX.batch(first, last)
    signature = BOX.signer.sign(signed_bytes("batch", batch.to_bytes()))
    return replace(Seal(first, last, batch.prev_hash, None, signature, KEY), **changes)  # type: ignore[arg-type]


def chain(pieces: list[Piece], journal: Journal = JOURNAL, **options: object) -> list[Finding]:
    given_options = {"holes": {}, "after_hole": {}} | options
    return list(check_chain(journal, pieces, **given_options))  # type: ignore[arg-type]


def signatures(seals: list[Seal], pieces: list[Piece] = PIECES, holes: dict[int, int] | None = None) -> list[Finding]:
    keys = {KEY: BOX.signer.verifier.verify}

    def between(first: int, last: int) -> list[Piece]:
        return [piece for piece in pieces if first <= piece.seq <= last]

    return list(check_signatures(JOURNAL, seals, between, keys.get, holes or {}))


def test_a_whole_chain_has_no_finding() -> None:
    assert chain(PIECES) == []


@given(st.sets(st.integers(1, 10), min_size=1))
def test_what_is_missing_is_named_exactly(gone: set[int]) -> None:
    left = [piece for piece in PIECES if piece.seq not in gone]
    found = chain(left)
    assert {f.kind for f in found} == {Kind.MISSING}
    assert {n for f in found for n in range(f.first, f.last + 1)} == gone


@given(st.integers(1, 10), st.sampled_from(["body", "hash"]))
def test_an_altered_event_is_found(number: int, what: str) -> None:
    pieces = list(PIECES)
    changes = {"body": {"body": tap(99)}, "hash": {"hash": bytes(32)}}[what]
    pieces[number - 1] = replace(pieces[number - 1], **changes)
    assert chain(pieces)[0] == Finding(Kind.ALTERED, number, number)


def test_an_alteration_with_all_hashes_made_again_still_misses_the_head() -> None:
    other = Box("g-1")
    other.append(*(tap(n if n != 5 else 99) for n in range(1, 11)))
    pieces = [Piece(n, other.bodies[n - 1], other.hashes[n]) for n in range(1, 11)]
    assert chain(pieces) == [Finding(Kind.HEAD, 10, 10)]


def test_events_behind_the_watermark_are_told() -> None:
    short = replace(JOURNAL, watermark=9, head=BOX.hashes[9].hex())
    assert chain(PIECES, short) == [Finding(Kind.HEAD, 9, 9)]


def test_dead_letters_stand_in_their_place() -> None:
    pieces = [replace(piece, dead=piece.seq == 4) for piece in PIECES]
    assert chain(pieces) == [Finding(Kind.DEAD_LETTER, 4, 4)]


def test_a_hole_is_named_and_the_chain_goes_on_behind_it() -> None:
    left = PIECES[6:]
    assert chain(left, holes={1: 6}, after_hole={7: BOX.hashes[6].hex()}) == [Finding(Kind.HOLE, 1, 6)]
    wrong = chain(left, holes={1: 6}, after_hole={7: BOX.hashes[5].hex()})
    assert wrong == [Finding(Kind.HOLE, 1, 6), Finding(Kind.ALTERED, 7, 7)]


def test_an_empty_journal_is_whole() -> None:
    assert chain([], Journal("g-1", BOX.epoch, 0, "00" * 32)) == []


@given(st.lists(st.integers(1, 9), unique=True, max_size=4))
def test_signatures_may_be_cut_anywhere_and_overlap(cuts: list[int]) -> None:
    borders = [0, *sorted(cuts), 10]
    seals = [seal(max(1, a - 1), b) for a, b in pairwise(borders)]
    assert signatures(seals) == []


@given(st.integers(1, 9))
def test_what_no_signature_covers_is_named(cut: int) -> None:
    assert signatures([seal(1, cut)]) == [Finding(Kind.UNSIGNED, cut + 1, 10)]
    assert signatures([seal(cut + 1, 10)]) == [Finding(Kind.UNSIGNED, 1, cut)]


def test_holes_need_no_signature() -> None:
    assert signatures([seal(7, 10, gap_from=None)], holes={1: 6}) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"signature": bytes(64)},
        {"key": "00" * 32},
        {"prev_hash": "11" * 32},
        {"payload": b"{}"},
        {"payload": BOX.batch(2, 10).to_bytes()},
    ],
)
def test_a_signature_that_is_not_the_gateways_covers_nothing(changes: dict[str, object]) -> None:
    assert signatures([seal(1, 10, **changes)]) == [Finding(Kind.FORGED, 1, 10), Finding(Kind.UNSIGNED, 1, 10)]


def test_an_altered_event_breaks_its_signature_too() -> None:
    pieces = [replace(piece, body=tap(99)) if piece.seq == 3 else piece for piece in PIECES]
    assert Finding(Kind.FORGED, 1, 10) in signatures([seal(1, 10)], pieces)
    undecodable = [replace(piece, body=b"\xff") if piece.seq == 3 else piece for piece in PIECES]
    assert Finding(Kind.FORGED, 1, 10) in signatures([seal(1, 10)], undecodable)


def test_a_payload_that_was_kept_is_believed_as_it_was_signed() -> None:
    payload = BOX.batch(1, 10).to_bytes().replace(b'"epoch"', b' "epoch"')
    kept = seal(1, 10, payload=payload, signature=BOX.signer.sign(signed_bytes("batch", payload)))
    assert signatures([kept]) == []


def ack(upto: int, head: bytes | None = None, **changes: object) -> AckSeal:
    word = Ack(gateway="g-1", epoch=BOX.epoch, upto=upto, head_hash=(head or BOX.hashes[upto]).hex(), server_ms=NOW_MS)
    payload = word.to_bytes()
    sealed = AckSeal(upto, payload, SERVER.sign(signed_bytes("ack", payload)))
    return replace(sealed, **changes)  # type: ignore[arg-type]


def acks(*given_acks: AckSeal) -> list[Finding]:
    def hash_of(number: int) -> bytes | None:
        return BOX.hashes[number] if number <= 10 else None

    return list(check_acks(JOURNAL, given_acks, hash_of, SERVER.verifier.verify))


def test_countersignatures_reach_the_watermark() -> None:
    assert acks(ack(3), ack(10)) == []
    assert acks(ack(3)) == [Finding(Kind.UNACKNOWLEDGED, 4, 10)]
    assert acks() == [Finding(Kind.UNACKNOWLEDGED, 1, 10)]


@pytest.mark.parametrize(
    "wrong",
    [
        ack(10, signature=bytes(64)),
        ack(10, payload=b"noise"),
        ack(10, head=bytes(32)),
        replace(ack(9), upto=10),
    ],
)
def test_a_countersignature_that_is_not_ours_or_names_another_hash_is_told(wrong: AckSeal) -> None:
    assert acks(ack(10 - 1), wrong) == [Finding(Kind.ACK_FORGED, 10, 10), Finding(Kind.UNACKNOWLEDGED, 10, 10)]


def test_what_we_countersigned_and_no_longer_hold_is_told() -> None:
    short = replace(JOURNAL, watermark=9, head=BOX.hashes[9].hex())
    found = list(check_acks(short, [ack(10)], lambda n: BOX.hashes[n], SERVER.verifier.verify))
    assert found == [Finding(Kind.HEAD, 10, 10)]


def test_what_is_lost_behind_the_end_is_named_once() -> None:
    assert list(check_end(JOURNAL, [(3, 9), (8, 12), (11, 14), (20, 21)])) == [
        Finding(Kind.HOLE, 11, 12),
        Finding(Kind.HOLE, 13, 14),
        Finding(Kind.HOLE, 20, 21),
    ]
