"""Key bundles: the literal form, round trips, what is none, and that only one gateway opens its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.crypto.box import BoxOpener, seal_box
from card_protocol.crypto.keys import SecretKey
from card_protocol.crypto.tree import Purpose
from card_protocol.errors import CallerFault, MacWrong, Malformed
from card_protocol.profiles.key_bundle import (
    COMPARTMENTS,
    GATEWAY_PURPOSES,
    LEASE_MAX_MS,
    KeyBundle,
    unwrap_bundle,
    wrap_bundle,
)
from card_protocol.words.division import Level, level_of
from tests.support.strategies import division_codes

COMMUNITY = "330105009012"
OPENER = BoxOpener(bytes(range(32)))
READ_1, READ_2, APPEND_7 = SecretKey(b"R" * 16, 1), SecretKey(b"r" * 16, 2), SecretKey(b"A" * 16, 7)
BUNDLE = KeyBundle(
    COMMUNITY, 1_780_000_000_000, {Purpose.EVENT_APPEND: (APPEND_7,), Purpose.DOOR_READ: (READ_1, READ_2)}
)
LITERAL = (
    b"OCKB\x01\x33\x01\x05\x00\x90\x12\x01\x9e\x70\x44\x88\x00\x03"
    + (b"\x11\x01" + b"R" * 16)
    + (b"\x11\x02" + b"r" * 16)
    + (b"\x12\x07" + b"A" * 16)
)


@st.composite
def leaves(draw: st.DrawFn) -> tuple[SecretKey, ...]:
    version, count = draw(st.integers(1, 254)), draw(st.integers(1, 2))
    return tuple(SecretKey(draw(st.binary(min_size=16, max_size=16)), version + i) for i in range(count))


bundles = st.builds(
    KeyBundle,
    division_codes().filter(lambda code: level_of(code) is Level.COMMUNITY),
    st.integers(0, LEASE_MAX_MS - 1),
    st.fixed_dictionaries({purpose: leaves() for purpose in GATEWAY_PURPOSES}),
)


def test_the_bytes_of_one_bundle() -> None:
    assert BUNDLE.to_bytes() == LITERAL
    assert KeyBundle.from_bytes(LITERAL) == BUNDLE


@given(bundles)
def test_round_trip(bundle: KeyBundle) -> None:
    assert KeyBundle.from_bytes(bundle.to_bytes()) == bundle
    assert unwrap_bundle(wrap_bundle(bundle, "gw-1", OPENER.public_bytes), "gw-1", OPENER) == bundle


@given(bundles, st.data())
def test_one_altered_byte_makes_another_bundle_or_none(bundle: KeyBundle, data: st.DataObject) -> None:
    altered = bytearray(bundle.to_bytes())
    altered[data.draw(st.integers(0, len(altered) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        other = KeyBundle.from_bytes(bytes(altered))
    except Malformed:
        return
    assert other != bundle
    assert other.to_bytes() == bytes(altered)


@given(st.binary(max_size=60) | st.binary(max_size=60).map(lambda tail: LITERAL[:18] + tail))
def test_noise_is_no_bundle(data: bytes) -> None:
    with pytest.raises(Malformed):
        KeyBundle.from_bytes(data)


def with_keys(*keys: bytes) -> bytes:
    return LITERAL[:17] + bytes((len(keys),)) + b"".join(key + bytes(16) for key in keys)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "no key bundle"),
        (LITERAL[:-1], "a key bundle of 3 keys has 72 bytes"),
        (LITERAL + b"\x00", "a key bundle of 3 keys has 72 bytes"),
        (b"OCKB\x02" + LITERAL[5:], "no key bundle"),
        (LITERAL[:5] + bytes.fromhex("330105009000") + LITERAL[11:], "330105009000 is no community"),
        (LITERAL[:5] + bytes.fromhex("3301050090ab") + LITERAL[11:], "12 digits"),
        (with_keys(), "of one compartment"),
        (with_keys(b"\x11\x01"), "of one compartment"),
        (with_keys(b"\x11\x01", b"\x12\x01", b"\x13\x01"), "purpose 13 is none that a gateway may hold"),
        (with_keys(b"\x11\x01", b"\x12\x01", b"\x62\x01"), "purpose 62 is none that a gateway may hold"),
        (with_keys(b"\x11\x01", b"\x12\x01", b"\xff\x01"), "purpose ff is none that a gateway may hold"),
        (with_keys(b"\x11\x00", b"\x12\x01"), "key version 0"),
        (with_keys(b"\x11\x01", b"\x11\x03", b"\x12\x01"), r"n, or n and n \+ 1, not \[1, 3\]"),
        (with_keys(b"\x11\x02", b"\x11\x01", b"\x12\x01"), r"not \[2, 1\]"),
        (with_keys(b"\x11\x01", b"\x11\x01", b"\x12\x01"), r"not \[1, 1\]"),
        (with_keys(b"\x11\x01", b"\x11\x02", b"\x11\x03", b"\x12\x01"), r"not \[1, 2, 3\]"),
        (with_keys(b"\x12\x01", b"\x11\x01"), "rise by purpose and version"),
        (with_keys(b"\x11\x01", b"\x12\x01", b"\x11\x02"), "rise by purpose and version"),
    ],
)
def test_what_is_no_bundle(data: bytes, sentence: str) -> None:
    with pytest.raises(Malformed, match=sentence):
        KeyBundle.from_bytes(data)


@pytest.mark.parametrize("lease_ms", [-1, LEASE_MAX_MS])
def test_a_lease_fits_its_bytes(lease_ms: int) -> None:
    with pytest.raises(CallerFault, match="a lease ends"):
        KeyBundle(COMMUNITY, lease_ms, BUNDLE.leaves)


def test_no_key_at_all_for_a_purpose() -> None:
    with pytest.raises(CallerFault, match="EVENT_APPEND takes key version n"):
        KeyBundle(COMMUNITY, 0, {Purpose.DOOR_READ: (READ_1,), Purpose.EVENT_APPEND: ()})


def test_the_key_for_a_card_is_found_by_its_version() -> None:
    assert BUNDLE.key(Purpose.DOOR_READ, 2) == READ_2
    assert BUNDLE.key(Purpose.DOOR_READ, 3) is None
    assert BUNDLE.key(Purpose.UPDATER, 1) is None


def test_a_lease_ends() -> None:
    assert BUNDLE.leased_at(BUNDLE.lease_until_ms - 1)
    assert not BUNDLE.leased_at(BUNDLE.lease_until_ms)


def test_a_bundle_is_closed_for_one_gateway() -> None:
    wrapped = wrap_bundle(BUNDLE, "gw-1", OPENER.public_bytes)
    for gateway, opener in (("gw-2", OPENER), ("gw-1", BoxOpener(bytes(32)))):
        with pytest.raises(MacWrong):
            unwrap_bundle(wrapped, gateway, opener)
    for secret in (b"R" * 16, b"A" * 16):
        assert secret not in wrapped


def test_something_else_in_the_box() -> None:
    box = seal_box(OPENER.public_bytes, b"onecard.keys.v1\x00gw-1", b"hello")
    with pytest.raises(Malformed):
        unwrap_bundle(box, "gw-1", OPENER)


def test_a_gateway_has_a_name() -> None:
    with pytest.raises(CallerFault, match="not a gateway name"):
        wrap_bundle(BUNDLE, "gw-1\n", OPENER.public_bytes)


def test_a_bundle_does_not_print_its_keys() -> None:
    for text in (repr(BUNDLE), str(BUNDLE), f"{BUNDLE}", repr([BUNDLE])):
        assert "<KeyBundle of 330105009012 until 1780000000000>" in text
        assert "RRRR" not in text
        assert "5252" not in text


def test_a_bundle_belongs_to_one_compartment_and_names_its_versions() -> None:
    for holder, purposes in COMPARTMENTS.items():
        bundle = KeyBundle(COMMUNITY, 1, dict.fromkeys(purposes, (READ_1, READ_2)))
        assert bundle.holder is holder
        assert bundle.versions == (1, 2)
