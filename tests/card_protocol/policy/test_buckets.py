"""Buckets: cut where they were cut before, whole, in order, and named by what is in them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.policy import buckets
from card_protocol.policy.buckets import (
    Bucket,
    CardsIndex,
    decode_bucket,
    decode_index,
    encode_bucket,
    encode_index,
    split,
)
from card_protocol.policy.lines import pack_lines
from card_protocol.policy.rules import CardEntry
from card_protocol.words.card import CardState
from card_protocol.words.ids import ulid_from_bytes

COMMUNITY = "330105009012"


def card(number: int, state: CardState = CardState.ACTIVE) -> CardEntry:
    return CardEntry(
        card_id=ulid_from_bytes(number.to_bytes(16, "big")),
        holder=f"{number:016X}",
        state=state,
        valid_from_ms=0,
        valid_to_ms=1,
        levels=("home",),
    )


@pytest.fixture(autouse=True)
def small_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "BUCKET_CARDS", 4)


numbers = st.sets(st.integers(0, 200), max_size=60).map(sorted)


def index_of(cards: list[CardEntry], borders: tuple[str, ...] = ()) -> tuple[CardsIndex, dict[str, bytes]]:
    made = [encode_bucket(run) for run in split(cards, borders)]
    found = CardsIndex(community=COMMUNITY, seq=7, buckets=tuple(bucket for bucket, _ in made))
    return found, {bucket.sha256: data for bucket, data in made}


@given(numbers, numbers)
def test_everything_is_in_some_bucket_once_and_in_order(given_numbers: list[int], before: list[int]) -> None:
    cards = [card(n) for n in given_numbers]
    borders = tuple(card(n).card_id for n in before)
    runs = list(split(cards, borders))
    assert [c for run in runs for c in run] == cards
    assert all(0 < len(run) < 8 for run in runs)


@given(numbers)
def test_cutting_again_at_the_same_borders_gives_the_same_buckets(given_numbers: list[int]) -> None:
    cards = [card(n) for n in given_numbers]
    first, _ = index_of(cards)
    again, _ = index_of(cards, tuple(bucket.first for bucket in first.buckets))
    assert again == first
    assert first.cards == len(cards)


@given(st.sets(st.integers(0, 200), min_size=1, max_size=60).map(sorted), st.data())
def test_a_change_of_one_card_changes_one_bucket(given_numbers: list[int], data: st.DataObject) -> None:
    first, _ = index_of([card(n) for n in given_numbers])
    lost = data.draw(st.sampled_from(given_numbers))
    cards = [card(n, CardState.LOST if n == lost else CardState.ACTIVE) for n in given_numbers]
    second, _ = index_of(cards, tuple(bucket.first for bucket in first.buckets))
    changed = [a for a, b in zip(first.buckets, second.buckets, strict=True) if a != b]
    assert len(changed) == 1


@pytest.mark.parametrize(("count", "sizes"), [(7, [7]), (8, [4, 4]), (10, [4, 4, 2])])
def test_a_run_between_two_borders_is_cut_when_it_has_doubled(count: int, sizes: list[int]) -> None:
    borders = (card(0).card_id, card(count).card_id)
    runs = list(split([card(n) for n in range(count + 2)], borders))
    assert [len(run) for run in runs] == [*sizes, 2]


def test_new_cards_change_the_last_bucket_alone() -> None:
    first, _ = index_of([card(n) for n in range(18)])
    second, _ = index_of([card(n) for n in range(30)], tuple(bucket.first for bucket in first.buckets))
    assert second.buckets[: len(first.buckets) - 1] == first.buckets[:-1]


@given(numbers)
def test_index_and_buckets_come_back(given_numbers: list[int]) -> None:
    cards = [card(n) for n in given_numbers]
    index, blobs = index_of(cards)
    back = decode_index(encode_index(index))
    assert back == index
    assert [c for bucket in back.buckets for c in decode_bucket(bucket, blobs[bucket.sha256])] == cards


def bucket_of(*cards: CardEntry, **changes: object) -> tuple[Bucket, bytes]:
    bucket, data = encode_bucket(cards)
    return bucket.model_copy(update=changes), data


@pytest.mark.parametrize(
    ("bucket", "sentence"),
    [
        (bucket_of(card(1), sha256="0" * 64), "not the bytes"),
        (bucket_of(card(1), cards=2), "other cards"),
        (bucket_of(card(1), first=card(2).card_id), "other cards"),
        (bucket_of(card(1), card(3), card(2)), "rise by their ids"),
        (bucket_of(card(1), card(1)), "rise by their ids"),
    ],
)
def test_a_bucket_that_is_not_what_was_named_is_refused(bucket: tuple[Bucket, bytes], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        decode_bucket(*bucket)


def test_an_index_out_of_order_is_none() -> None:
    index, _ = index_of([card(n) for n in range(20)])
    assert all(a.first < b.first for a, b in pairwise(index.buckets))
    with pytest.raises(ValueError, match="rise by their first card"):
        CardsIndex(community=COMMUNITY, seq=1, buckets=index.buckets[::-1])


@pytest.mark.parametrize("data", [pack_lines([]), pack_lines([b"{}", b"{}"]), pack_lines([b"{}"]), b"noise"])
def test_what_is_no_index_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"index|Index"):
        decode_index(data)
