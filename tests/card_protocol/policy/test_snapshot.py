"""Snapshots: one literal, round trips, and everything that may hang on, be missing or explode."""

import hashlib
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.policy import lines, snapshot
from card_protocol.policy.rules import CardEntry, PolicyHead
from card_protocol.policy.snapshot import decode_snapshot, encode_snapshot, snapshot_digest
from card_protocol.words.card import CardState
from tests.support.strategies import card_entries, policy_heads

HEAD = PolicyHead(
    version=3,
    community="330105009012",
    issued_ms=1,
    expires_ms=2,
    rev_seq=4,
    points=(),
    levels=(),
    schedules=(),
    cards=1,
)
CARD = CardEntry(
    card_id="01JD0000000000000000000001",
    holder="00112233445566AA",
    state=CardState.ACTIVE,
    valid_from_ms=5,
    valid_to_ms=6,
    levels=("residents",),
)
TEXT = (
    b'{"areas":[],"calendar":{"holidays":[],"workdays":[]},"cards":1,"community":"330105009012","expires_ms":2,'
    b'"issued_ms":1,"levels":[],"points":[],"privileges":{"escort":[],"first_person":[],"lockdown":[]},"rev_seq":4,'
    b'"schedules":[],"version":3}\n'
    b'{"card_id":"01JD0000000000000000000001","holder":"00112233445566AA","levels":["residents"],"state":"active",'
    b'"valid_from_ms":5,"valid_to_ms":6}\n'
)


def read(data: bytes) -> tuple[PolicyHead, list[CardEntry]]:
    head, cards = decode_snapshot(data)
    return head, list(cards)


def refused(data: bytes, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence) as caught:
        read(data)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 500


def test_the_bytes_of_one_snapshot() -> None:
    data = encode_snapshot(HEAD, [CARD])
    assert zlib.decompress(data) == TEXT
    assert read(zlib.compress(TEXT, 0)) == (HEAD, [CARD])


@given(st.lists(card_entries, max_size=6).flatmap(lambda c: st.tuples(policy_heads(cards=len(c)), st.just(c))))
def test_round_trip(policy: tuple[PolicyHead, list[CardEntry]]) -> None:
    head, cards = policy
    data = encode_snapshot(head, iter(cards))
    assert read(data) == (head, cards)
    assert encode_snapshot(head, cards) == data


def test_the_digest_is_of_the_packed_bytes() -> None:
    assert snapshot_digest(b"abc") == hashlib.sha256(b"abc").hexdigest()


@pytest.mark.parametrize("cards", [[], [CARD, CARD]])
def test_a_head_that_promises_another_number_is_not_encoded(cards: list[CardEntry]) -> None:
    with pytest.raises(ValueError, match=f"promises 1 cards and {len(cards)} were given"):
        encode_snapshot(HEAD, cards)


def test_cards_are_read_while_they_are_unpacked() -> None:
    """A wrong line is found when it is reached, not before: nobody holds a million cards to count them."""
    head, cards = decode_snapshot(zlib.compress(TEXT + b"{}\n"))
    assert (head, next(cards)) == (HEAD, CARD)
    with pytest.raises(ValueError, match="more than the 1 cards"):
        next(cards)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", "is empty"),
        (TEXT[:-1], "in the middle of a line"),
        (TEXT[: TEXT.index(b"\n") + 1], "promises 1 cards and ends after 0"),
        (TEXT + TEXT[TEXT.index(b"\n") + 1 :], "more than the 1 cards"),
        (b"\n" + TEXT, "line 1: no PolicyHead"),
        (b"{}\n", "line 1: no PolicyHead: version: Field required"),
        (TEXT.replace(b"residents", b"Residents"), "line 2: no CardEntry: levels.0: "),
        (TEXT.replace(b"active", b"\xff"), "line 2: no CardEntry: Invalid JSON"),
        (TEXT.replace(b'"version":3', b'"version":1' + b"0" * 400), "line 1: no PolicyHead: version"),
    ],
)
def test_what_is_no_snapshot_inside(text: bytes, sentence: str) -> None:
    refused(zlib.compress(text), sentence)


def test_what_is_no_zlib_stream() -> None:
    refused(b"onecard", "no zlib stream")
    refused(b"", "cut short")


@given(st.integers(0, len(encode_snapshot(HEAD, [CARD])) - 1))
def test_cut_short_anywhere(length: int) -> None:
    refused(encode_snapshot(HEAD, [CARD])[:length], "cut short")


@given(st.binary(min_size=1, max_size=40))
def test_something_behind_it(garbage: bytes) -> None:
    refused(encode_snapshot(HEAD, [CARD]) + garbage, "hangs on behind")


@pytest.mark.parametrize("slice_bytes", [1, 7, 64])
def test_slices_of_any_size_give_the_same(slice_bytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = encode_snapshot(HEAD, [CARD])
    monkeypatch.setattr(lines, "_CHUNK_BYTES", slice_bytes)
    assert read(data) == (HEAD, [CARD])
    refused(data + b"x", "hangs on behind")
    refused(data[:-1], "cut short")


@given(st.binary(max_size=200) | st.binary(max_size=200).map(zlib.compress))
def test_noise(data: bytes) -> None:
    with pytest.raises(ValueError, match="snapshot"):
        read(data)


def test_a_bomb_of_lines_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "SNAPSHOT_MAX_BYTES", 1 << 20)
    refused(zlib.compress(TEXT + bytes(2 << 20)), "larger than any community's")


def test_a_line_without_end_is_not_held() -> None:
    refused(zlib.compress(bytes(6 << 20)), "larger than any community's")


def test_a_head_that_could_not_be_read_is_not_encoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "LINE_MAX_BYTES", 100)
    with pytest.raises(ValueError, match=r"a policy head of \d+ bytes"):
        encode_snapshot(HEAD, [CARD])
