"""A key shows its version and nothing else."""

import pytest

from card_protocol.crypto.keys import FACTORY_KEY, SecretKey
from card_protocol.errors import CallerFault

SECRET = bytes.fromhex("A8DD63A3B89D54B37CA802473FDA9175")


def test_nothing_readable_in_any_printed_form():
    key = SecretKey(SECRET, 7)
    for text in (repr(key), str(key), f"{key}", f"{[key]}"):
        assert text.strip("[]") == "<SecretKey version 7>"


def test_reveal_and_version():
    key = SecretKey(SECRET, 255)
    assert key.reveal() == SECRET
    assert key.version == 255
    assert key.with_version(3).reveal() == SECRET
    assert key.with_version(3).version == 3


def test_equality_is_of_bytes_and_version():
    assert SecretKey(SECRET, 1) == SecretKey(SECRET, 1)
    assert SecretKey(SECRET, 1) != SecretKey(SECRET, 2)
    assert SecretKey(SECRET, 1) != SecretKey(bytes(16), 1)
    assert SecretKey(SECRET, 1) != SECRET


def test_a_key_is_no_dictionary_key():
    with pytest.raises(TypeError):
        hash(FACTORY_KEY)


@pytest.mark.parametrize("secret", [b"", bytes(15), bytes(17), bytes(32)])
def test_other_sizes_are_our_bug(secret):
    with pytest.raises(CallerFault, match="16 bytes"):
        SecretKey(secret)


@pytest.mark.parametrize("version", [-1, 256])
def test_versions_are_one_byte(version):
    with pytest.raises(CallerFault, match="version"):
        SecretKey(SECRET, version)
