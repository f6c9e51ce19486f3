"""Signed files: whose, what kind, and whole."""

import pytest

from card_protocol.crypto.signing import Signer
from card_protocol.profiles.signed_file import Unreadable, open_file, seal_file

SIGNER = Signer(bytes(range(32)))
BODY = bytes(range(128))
RAW = seal_file(b"kind", BODY, SIGNER.sign)


def test_round_trip():
    assert len(RAW) == 192
    assert open_file(b"kind", RAW, SIGNER.verifier.verify) == BODY


@pytest.mark.parametrize(
    ("tag", "raw", "problem"),
    [
        (b"kind", bytes(192), Unreadable.BLANK),
        (b"kind", b"", Unreadable.BLANK),
        (b"kind", RAW[:-1], Unreadable.SIZE),
        (b"kind", RAW + b"\x00", Unreadable.SIZE),
        (b"other", RAW, Unreadable.FORGED),
        (b"kind", bytes((RAW[0] ^ 1,)) + RAW[1:], Unreadable.FORGED),
        (b"kind", RAW[:-1] + bytes((RAW[-1] ^ 1,)), Unreadable.FORGED),
    ],
)
def test_what_does_not_count(tag, raw, problem):
    assert open_file(tag, raw, SIGNER.verifier.verify) is problem


def test_another_signer():
    assert open_file(b"kind", RAW, Signer(bytes(32)).verifier.verify) is Unreadable.FORGED
