"""A visitor's QR code: both ends, and literal bytes as a referee."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.crypto.signing import Signer
from card_protocol.errors import PeerFault
from card_protocol.wire.pass_code import (
    PREFIX,
    TEXT_MAX_CHARS,
    PassCode,
    decode_code,
    encode_code,
    from_base45,
    is_ours,
    to_base45,
)
from card_protocol.words.ids import ulid_from_bytes

SIGNER, STRANGER = Signer(bytes([7]) * 32), Signer(bytes([8]) * 32)
CODE = PassCode(card_id="01JCQZ8Y7M0000000000000001", from_ms=1_772_323_200_000, to_ms=1_772_324_100_000)
SECONDS = st.integers(0, 2**32 - 1).map(lambda seconds: seconds * 1000)


@pytest.mark.parametrize(
    ("data", "text"), [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581"), (b"ietf!", "QED8WEX0")]
)
def test_base_45_of_the_standard(data: bytes, text: str) -> None:
    """RFC 9285 § 4.3 and § 4.4."""
    assert to_base45(data) == text
    assert from_base45(text) == data


@given(st.binary(max_size=100))
def test_base_45_there_and_back(data: bytes) -> None:
    assert from_base45(to_base45(data)) == data


@pytest.mark.parametrize("text", ["A", "GGW", ":::", "a00", "::", "0 é"])
def test_what_is_no_base_45_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no base 45"):
        from_base45(text)


@given(st.binary(min_size=16, max_size=16).map(lambda raw: bytes([raw[0] & 0x7F]) + raw[1:]), SECONDS, SECONDS)
def test_a_code_there_and_back(card: bytes, start: int, end: int) -> None:
    code = PassCode(card_id=ulid_from_bytes(card), from_ms=start, to_ms=end)
    text = encode_code(code, SIGNER.sign)
    assert decode_code(text, SIGNER.verifier.verify) == code
    assert len(text) <= 138


def test_the_bytes_of_a_code() -> None:
    raw = from_base45(encode_code(CODE, SIGNER.sign)[len(PREFIX) :])
    assert raw[:25].hex() == "0101932ff478f40000000000000000000169a3818069a38504"
    assert len(raw) == 89


@given(st.integers(0, 88), st.integers(1, 255))
def test_one_altered_byte_is_enough(at: int, flip: int) -> None:
    raw = bytearray(from_base45(encode_code(CODE, SIGNER.sign)[len(PREFIX) :]))
    raw[at] ^= flip
    with pytest.raises(PeerFault):
        decode_code(PREFIX + to_base45(bytes(raw)), SIGNER.verifier.verify)


def test_a_code_of_another_community_is_none_of_ours() -> None:
    with pytest.raises(PeerFault, match="not signed"):
        decode_code(encode_code(CODE, STRANGER.sign), SIGNER.verifier.verify)


@given(st.text(max_size=200) | st.text(max_size=200).map(PREFIX.__add__))
def test_noise_is_refused_and_never_more(text: str) -> None:
    with pytest.raises(PeerFault):
        decode_code(text, SIGNER.verifier.verify)


def test_a_very_long_text_is_not_even_looked_at() -> None:
    assert not is_ours(PREFIX + "0" * TEXT_MAX_CHARS)
    assert not is_ours("https://example.com")
