"""The transaction MAC, recomputed at the server: proof of what a transaction read and wrote.

Source: MF2DL(H)x0 data sheet § 10.3 (the same construction as on DESFire EV2). The card collects the data commands of
a transaction into an input TMI, in plain whatever their communication mode, and at the commit computes
TMV = truncated CMAC of TMI under a key derived from the file's key, the counter *after* the transaction and the UID.
NXP publishes no worked example; the tests compare with the simulated card, written from the same section.
"""

from collections.abc import Iterable
from typing import Final

from card_protocol.channel.transaction import COUNTER_BYTES, TransactionMark
from card_protocol.crypto.aes import BLOCK_BYTES
from card_protocol.crypto.diversify import UID_SIZE_BYTES
from card_protocol.crypto.keys import SecretKey
from card_protocol.crypto.mac import aes_cmac, same, short_mac
from card_protocol.errors import CallerFault

_MAC_VECTOR: Final = bytes.fromhex("5A00010080")


def entry(ins: int, parameters: bytes, data: bytes = b"") -> bytes:
    """One command's part of the input: Cmd ‖ parameters ‖ zeros to the block ‖ data ‖ zeros to the block.

    For data and record commands the parameters are the seven bytes after the command; for value commands they are
    file number and amount (or value), and there is no data.
    """
    return _zero_pad(bytes((ins,)) + parameters) + _zero_pad(data)


def mac_session_key(key: SecretKey, uid: bytes, counter: int) -> SecretKey:
    """The key for the transaction after which the counter stands at `counter` (1 or more)."""
    if len(uid) != UID_SIZE_BYTES or not 1 <= counter < 1 << 8 * COUNTER_BYTES:
        raise CallerFault("a transaction MAC belongs to a 7-byte UID and a counter from 1 on")
    return SecretKey(aes_cmac(key, _MAC_VECTOR + counter.to_bytes(COUNTER_BYTES, "little") + uid))


def proves(mark: TransactionMark, key: SecretKey, uid: bytes, entries: Iterable[bytes]) -> bool:
    """Whether the card's mark covers exactly these commands, in this order."""
    session_key = mac_session_key(key, uid, mark.counter)
    return same(mark.value, short_mac(session_key, b"".join(entries)))


def _zero_pad(data: bytes) -> bytes:
    return data + bytes(-len(data) % BLOCK_BYTES)
