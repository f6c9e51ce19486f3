"""The secure channel's arithmetic; that it is the standard's is shown against libosdp in test_peripheral."""

import os

from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.osdp.secure import BLOCK_BYTES, SecureChannel, cbc, ecb, pad

KEY = bytes(range(16))


def test_ecb_and_cbc_are_aes() -> None:
    # FIPS 197 appendix C.1.
    plain = bytes.fromhex("00112233445566778899aabbccddeeff")
    assert ecb(KEY, plain).hex() == "69c4e0d86a7b0430d8cdb78070b4c55a"
    assert cbc(KEY, bytes(16), ecb(KEY, plain), decrypt=True) == plain


@given(st.binary(max_size=64))
def test_padding_is_whole_blocks_and_ends_the_data(data: bytes) -> None:
    padded = pad(data)
    assert len(padded) % BLOCK_BYTES == 0
    assert padded.rstrip(b"\x00") == data + b"\x80"


def test_a_panel_with_another_key_is_not_believed() -> None:
    channel = SecureChannel(KEY, bytes(8), os.urandom(8))
    assert channel.accept(bytes(16)) is None
    assert not channel.active


def test_a_command_out_of_the_chain_is_not_believed() -> None:
    channel = SecureChannel(KEY, bytes(8), bytes(8))
    assert not channel.check_command(b"anything", b"0000")
