"""Packed lines: round trips, and what may be cut, hang on or explode."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.policy import lines
from card_protocol.policy.lines import digest_of, pack_lines, unpack_lines

texts = st.lists(st.binary(max_size=60).map(lambda b: b.replace(b"\n", b" ")), max_size=20)


def unpacked(data: bytes, max_bytes: int = 10_000, line_max_bytes: int = 1000) -> list[bytes]:
    return list(unpack_lines(data, "thing", max_bytes, line_max_bytes))


@given(texts)
def test_lines_come_back(given_lines: list[bytes]) -> None:
    assert unpacked(pack_lines(given_lines)) == given_lines


@pytest.mark.parametrize("chunk", [1, 7, 64])
def test_slices_of_any_size_give_the_same(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "_CHUNK_BYTES", chunk)
    assert unpacked(pack_lines([b"one", b"", b"three"])) == [b"one", b"", b"three"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"no zlib", "the thing is no zlib stream"),
        (pack_lines([b"x" * 500])[:-6], "the thing is cut short"),
        (b"", "the thing is cut short"),
        (pack_lines([b"x"]) + b"!", "something hangs on behind the thing"),
        (zlib.compress(b"one\ntwo"), "ends in the middle of a line"),
        (pack_lines([b"x" * 90] * 200), "larger than any community's"),
        (pack_lines([b"x" * 1001]), "larger than any community's"),
        (zlib.compress(bytes(50_000_000)), "larger than any community's"),
    ],
)
def test_what_is_not_whole_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        unpacked(data)


def test_the_digest_is_sha256() -> None:
    assert digest_of(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
