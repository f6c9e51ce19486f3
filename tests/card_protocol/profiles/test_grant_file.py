"""The grant file: a literal example, every grant, and every way in which a grant does not count."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.crypto.signing import Signer, tagged
from card_protocol.errors import CallerFault, Malformed
from card_protocol.profiles.grant_file import GRANT_TAG, check_grant, decode_grant, sign_grant
from card_protocol.profiles.refusal import CardRefusal, Cause
from card_protocol.words.grant import Grant
from card_protocol.words.ids import new_ulid
from card_protocol.words.reason import Reason
from tests.card_protocol.field import COMMUNITY, HEADER, NEIGHBOUR, UID

SIGNER = Signer(bytes(range(32)))
GRANT = Grant(
    card_id=HEADER.card_id,
    uid=UID.hex().upper(),
    holder=HEADER.holder,
    community=COMMUNITY,
    serial=7,
    valid_from_ms=1_790_000_000_000,
    valid_to_ms=1_790_604_800_000,
    levels=(1, 0x1234),
    areas=(9,),
)
BODY_HEX = (
    "4F4701" "02" "01" "04112233445566" "01563E3AB5D3D6764C61EFB99302BD5B" "0011223344556677" "330105011003"
    "00000007" "01A0C4506C00" "01A0E85CF000" "00011234" + "00" * 28 + "0009" + "00" * 14 + "00" * 22
)  # fmt: skip

numbers = st.integers(1, 0xFFFF)
grants = st.builds(
    Grant,
    card_id=st.builds(new_ulid, st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=10)),
    uid=st.from_regex(r"[0-9A-F]{14}", fullmatch=True),
    holder=st.from_regex(r"[0-9A-F]{16}", fullmatch=True),
    community=st.just(COMMUNITY),
    serial=st.integers(0, 2**32 - 1),
    valid_from_ms=st.integers(0, 2**40),
    valid_to_ms=st.integers(0, 2**40),
    levels=st.lists(numbers, max_size=16).map(tuple),
    areas=st.lists(numbers, max_size=8).map(tuple),
)


def check(raw, **options):
    return check_grant(raw, UID, HEADER, SIGNER.verifier.verify, **options)


def signed(body: bytes) -> bytes:
    return body + SIGNER.sign(tagged(GRANT_TAG, body))


def cause(result) -> Cause:
    assert isinstance(result, CardRefusal), result
    return result.cause


def test_literal_bytes():
    raw = sign_grant(GRANT, SIGNER.sign)
    assert raw[:128].hex().upper() == BODY_HEX
    assert len(raw) == 192
    assert check(raw) == GRANT


@given(grants)
def test_round_trip(grant):
    raw = sign_grant(grant, SIGNER.sign)
    header = replace(HEADER, card_id=grant.card_id, holder=grant.holder)
    assert check_grant(raw, bytes.fromhex(grant.uid), header, SIGNER.verifier.verify) == grant


@given(st.integers(0, 192 * 8 - 1))
def test_one_flipped_bit_is_a_forgery(bit):
    raw = bytearray(sign_grant(GRANT, SIGNER.sign))
    raw[bit // 8] ^= 1 << bit % 8
    assert cause(check(bytes(raw))) is Cause.GRANT_FORGED


@pytest.mark.parametrize(
    ("raw", "expected"),
    [(bytes(192), Cause.GRANT_ABSENT), (b"", Cause.GRANT_ABSENT), (b"\x01" * 191, Cause.GRANT_MALFORMED)],
)
def test_what_is_no_grant(raw, expected):
    assert cause(check(raw)) is expected


@pytest.mark.parametrize(
    "change",
    [
        {"uid": "04AABBCCDDEEFF"},
        {"card_id": "01BX5ZZKBKACTAV9WEVGEMMVRZ"},
        {"holder": "FFFFFFFFFFFFFFFF"},
    ],
)
def test_a_grant_copied_from_another_card(change):
    copied = sign_grant(GRANT.model_copy(update=change), SIGNER.sign)
    refusal = check(copied)
    assert cause(refusal) is Cause.GRANT_COPIED
    assert refusal.reason is Reason.GRANT_COPIED


def test_a_grant_of_another_community():
    other = sign_grant(GRANT.model_copy(update={"community": NEIGHBOUR}), SIGNER.sign)
    assert cause(check(other)) is Cause.WRONG_COMMUNITY
    assert cause(check(sign_grant(GRANT, Signer(bytes(32)).sign))) is Cause.GRANT_FORGED


def test_an_older_grant_put_back():
    raw = sign_grant(GRANT, SIGNER.sign)
    assert check(raw, newest_serial=7) == GRANT
    refusal = check(raw, newest_serial=8)
    assert cause(refusal) is Cause.GRANT_OLDER
    assert refusal.reason is Reason.GRANT_STALE


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, "00"),  # magic
        (2, "02"),  # format
        (3, "11"),  # 17 levels
        (4, "09"),  # 9 areas
        (3, "01"),  # a level that is not counted
        (58, "0000"),  # level 0
        (36, "000000000000"),  # no community
        (127, "01"),  # spare byte
    ],
)
def test_signed_nonsense_is_malformed(place, value):
    body = bytearray(bytes.fromhex(BODY_HEX))
    body[place : place + len(value) // 2] = bytes.fromhex(value)
    assert cause(check(signed(bytes(body)))) is Cause.GRANT_MALFORMED


def test_sizes():
    with pytest.raises(Malformed):
        decode_grant(bytes(127))
    with pytest.raises(CallerFault):
        sign_grant(GRANT.model_copy(update={"uid": "08112233"}), SIGNER.sign)
