"""The revocation delta: a literal example, every delta, how one is made, and what does not count."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.crypto.signing import Signer, tagged
from card_protocol.errors import CallerFault, Malformed
from card_protocol.profiles.refusal import CardRefusal, Cause
from card_protocol.profiles.revocation_delta import (
    DELTA_TAG,
    HOUR_MS,
    MAX_ENTRIES,
    MINUTE_MS,
    RevocationDelta,
    check_delta,
    decode_delta,
    make_delta,
    prune,
    sign_delta,
)
from card_protocol.words.card import CardState
from card_protocol.words.ids import new_ulid
from card_protocol.words.revocation import Revocation
from tests.card_protocol.field import COMMUNITY, NEIGHBOUR

SIGNER = Signer(bytes(range(32)))
NOW_MS = 1_790_000_040_000
CARD = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


def revocation(rev_seq: int, card_id: str = CARD, life_hours: int = 168, state=CardState.LOST) -> Revocation:
    return Revocation(
        rev_seq=rev_seq,
        card_id=card_id,
        state=state,
        at_ms=NOW_MS - 2 * HOUR_MS,
        expires_ms=NOW_MS + life_hours * HOUR_MS,
    )


DELTA = RevocationDelta(COMMUNITY, 3, 9, NOW_MS, (revocation(8), revocation(5, state=CardState.ACTIVE)))
BODY_HEX = (
    "52" "12" "330105011003" "00000009" "0006" "01C73876"
    "01563E3AB5D3D6764C61EFB99302BD5B" "01" "01" "0002" "00A8"
    "01563E3AB5D3D6764C61EFB99302BD5B" "04" "06" "0002" "00A8" + "00" * 66
)  # fmt: skip

entries = st.builds(
    Revocation,
    rev_seq=st.integers(1, 400),
    card_id=st.builds(new_ulid, st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=10)),
    state=st.sampled_from(CardState),
    at_ms=st.integers(NOW_MS - 10**10, NOW_MS),
    expires_ms=st.integers(NOW_MS - 10**9, NOW_MS + 10**9),
)
journals = st.lists(entries, max_size=12, unique_by=lambda r: r.rev_seq)


def check(raw):
    return check_delta(raw, COMMUNITY, SIGNER.verifier.verify)


def cause(result) -> Cause:
    assert isinstance(result, CardRefusal), result
    return result.cause


def test_literal_bytes():
    raw = sign_delta(DELTA, SIGNER.sign)
    assert raw[:128].hex().upper() == BODY_HEX
    assert check(raw) == DELTA


@given(journals)
def test_round_trip_up_to_an_hour_in_the_cards_favour(journal):
    delta = make_delta(COMMUNITY, 400, journal, NOW_MS)
    read = check(sign_delta(delta, SIGNER.sign))
    assert (read.community, read.after, read.upto, read.issued_ms) == (COMMUNITY, delta.after, 400, delta.issued_ms)
    for told, meant in zip(read.entries, delta.entries, strict=True):
        assert (told.rev_seq, told.card_id, told.state) == (meant.rev_seq, meant.card_id, meant.state)
        assert 0 <= told.expires_ms - meant.expires_ms < HOUR_MS
        assert 0 <= meant.at_ms - told.at_ms < HOUR_MS


@given(journals)
def test_what_is_made_leaves_nothing_out(journal):
    delta = make_delta(COMMUNITY, 400, journal, NOW_MS)
    live = {r.rev_seq for r in journal if r.expires_ms > NOW_MS}
    assert {r.rev_seq for r in delta.entries} == {n for n in live if n > delta.after}
    assert len(delta.entries) <= MAX_ENTRIES


def test_an_empty_journal_reaches_back_to_the_beginning():
    assert make_delta(COMMUNITY, 9, [], NOW_MS) == RevocationDelta(COMMUNITY, 0, 9, NOW_MS, ())
    assert make_delta(COMMUNITY, 70_000, [], NOW_MS).after == 70_000 - 0xFFFF
    assert check(sign_delta(make_delta(COMMUNITY, 0, [], 59_999), SIGNER.sign)).issued_ms == 0


def test_the_sixth_is_left_out_and_said_so():
    delta = make_delta(COMMUNITY, 9, [revocation(n) for n in (1, 3, 4, 6, 7, 9)], NOW_MS)
    assert [r.rev_seq for r in delta.entries] == [9, 7, 6, 4, 3]
    assert delta.after == 1


def test_one_too_far_back_is_left_out_and_said_so():
    delta = make_delta(COMMUNITY, 400, [revocation(399), revocation(144)], NOW_MS)
    assert [r.rev_seq for r in delta.entries] == [399]
    assert delta.after == 144


def test_a_journal_beyond_its_end():
    with pytest.raises(CallerFault, match="newer than the newest"):
        make_delta(COMMUNITY, 4, [revocation(5)], NOW_MS)


def test_pruning_is_by_expiry():
    assert prune([revocation(1, life_hours=1), revocation(2, life_hours=0)], NOW_MS) == (revocation(1, life_hours=1),)


@given(st.integers(0, 192 * 8 - 1))
def test_one_flipped_bit_is_a_forgery(bit):
    raw = bytearray(sign_delta(DELTA, SIGNER.sign))
    raw[bit // 8] ^= 1 << bit % 8
    assert cause(check(bytes(raw))) is Cause.REVOCATIONS_FORGED


def test_what_does_not_count():
    assert check(bytes(192)) is None
    assert cause(check(b"\x01" * 191)) is Cause.REVOCATIONS_MALFORMED
    assert cause(check(sign_delta(replace(DELTA, community=NEIGHBOUR), SIGNER.sign))) is Cause.REVOCATIONS_FOREIGN


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, "00"),  # magic
        (1, "22"),  # format
        (1, "16"),  # six entries
        (1, "11"),  # an entry that is not counted
        (2, "330105000000"),  # a district
        (2, "000000000000"),  # nowhere
        (12, "FFFF"),  # beginning below zero
        (12, "0003"),  # an entry before the beginning
        (34, "09"),  # rev_seq 0
        (35, "07"),  # no state
        (127, "01"),  # spare byte
    ],
)
def test_signed_nonsense_is_malformed(place, value):
    body = bytearray(bytes.fromhex(BODY_HEX))
    body[place : place + len(value) // 2] = bytes.fromhex(value)
    raw = bytes(body) + SIGNER.sign(tagged(DELTA_TAG, bytes(body)))
    assert cause(check(raw)) is Cause.REVOCATIONS_MALFORMED


@pytest.mark.parametrize(
    "change",
    [
        {"after": 10},
        {"after": -1},
        {"upto": 1 << 32},
        {"upto": 70_000},
        {"upto": 7},
        {"issued_ms": NOW_MS + 1},
        {"issued_ms": -MINUTE_MS},
        {"entries": (revocation(5), revocation(8))},
        {"entries": (revocation(3),)},
        {"entries": tuple(revocation(n) for n in (9, 8, 7, 6, 5, 4))},
        {"after": 0, "upto": 300},
        {"community": "330105000000"},
        {"community": "x"},
    ],
)
def test_deltas_that_cannot_be(change):
    with pytest.raises(CallerFault):
        replace(DELTA, **change)


def test_sizes():
    with pytest.raises(Malformed):
        decode_delta(bytes(127))
