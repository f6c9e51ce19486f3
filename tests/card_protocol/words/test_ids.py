"""Identifiers: what is one, what is none, and bytes and back."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from card_protocol.words.ids import (
    EpochId,
    HashText,
    Pseudonym,
    Slug,
    UidText,
    UlidText,
    is_slug,
    new_ulid,
    ulid_from_bytes,
    ulid_to_bytes,
)
from tests.support import strategies as ours

# The example of the ULID specification: 2016-07-30T23:54:10.259Z.
SPEC_ULID = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
SPEC_MS = 1_469_922_850_259


def test_the_time_in_the_specifications_example() -> None:
    assert int.from_bytes(ulid_to_bytes(SPEC_ULID)[:6], "big") == SPEC_MS
    assert new_ulid(SPEC_MS, ulid_to_bytes(SPEC_ULID)[6:]) == SPEC_ULID


@given(st.binary(min_size=16, max_size=16))
def test_ulid_round_trip_and_order(data: bytes) -> None:
    text = ulid_from_bytes(data)
    assert ulid_to_bytes(text) == data
    assert TypeAdapter(UlidText).validate_python(text) == text


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_ulids_sort_like_their_bytes(one: bytes, other: bytes) -> None:
    assert (ulid_from_bytes(one) < ulid_from_bytes(other)) == (one < other)


@pytest.mark.parametrize(
    "text", ["", SPEC_ULID[1:], SPEC_ULID + "0", SPEC_ULID + "\n", SPEC_ULID.lower(), "8" + SPEC_ULID[1:], "I" * 26]
)
def test_what_is_no_ulid(text: str) -> None:
    with pytest.raises(ValueError, match="not a ULID"):
        ulid_to_bytes(text)
    with pytest.raises(ValidationError):
        TypeAdapter(UlidText).validate_python(text)


@given(st.binary(max_size=40).filter(lambda b: len(b) != 16))
def test_a_ulid_has_16_bytes(data: bytes) -> None:
    with pytest.raises(ValueError, match="16"):
        ulid_from_bytes(data)


@pytest.mark.parametrize("wall_ms", [-1, 2**48])
def test_a_ulid_holds_48_bits_of_time(wall_ms: int) -> None:
    with pytest.raises(ValueError, match="a ULID holds a time"):
        new_ulid(wall_ms, bytes(10))


@pytest.mark.parametrize("size", [0, 9, 11])
def test_a_ulid_takes_10_bytes_of_entropy(size: int) -> None:
    with pytest.raises(ValueError, match="10 bytes of entropy"):
        new_ulid(0, bytes(size))


LEGAL = {
    "slug": (Slug, ours.slugs),
    "uid": (UidText, ours.uids),
    "pseudonym": (Pseudonym, ours.pseudonyms),
    "epoch": (EpochId, ours.epochs),
    "hash": (HashText, ours.hashes),
}


@pytest.mark.parametrize(("kind", "strategy"), LEGAL.values(), ids=LEGAL)
@given(data=st.data())
def test_only_the_exact_form_is_read(kind: object, strategy: st.SearchStrategy[str], data: st.DataObject) -> None:
    reader: TypeAdapter[str] = TypeAdapter(kind)
    text = data.draw(strategy)
    assert reader.validate_python(text) == text
    for bad in (text + "\n", " " + text, text + "\x00", text + "é", "-" + text, text.swapcase() + "Ａ", ""):
        with pytest.raises(ValidationError):
            reader.validate_python(bad)


@given(st.text(max_size=70) | ours.slugs)
@example("south-gate\n")
@example("a" * 63)
@example("a" * 64)
def test_is_slug_says_what_the_type_says(text: str) -> None:
    try:
        TypeAdapter(Slug).validate_python(text)
    except ValidationError:
        assert not is_slug(text)
    else:
        assert is_slug(text)
