"""EV2 secure messaging, seen from the card (MF2DL(H)x0, 9.1; NT4H2421Gx, 9.1).

A session is made by AuthenticateEV2First and renewed by NonFirst; it holds two session keys, the transaction
identifier TI and the command counter, which moves with every command in whatever mode.
"""

from dataclasses import dataclass, field

from firmware_sim.card import primitives as p
from firmware_sim.card.access import CommMode
from firmware_sim.card.status import Status, StatusError

LAST_COUNTER = 0xFFFF


def session_keys(key: bytes, rnd_a: bytes, rnd_b: bytes) -> tuple[bytes, bytes]:
    """(SesAuthENCKey, SesAuthMACKey) per MF2DL(H)x0, 9.1.7. Byte 15 of the data sheet's RndX[15..0] is the
    first on the wire, so RndA[15..14] is ``rnd_a[0:2]``."""
    context = rnd_a[0:2] + p.xor(rnd_a[2:8], rnd_b[0:6]) + rnd_b[6:16] + rnd_a[8:16]
    enc = p.cmac(key, bytes.fromhex("A55A00010080") + context)
    mac = p.cmac(key, bytes.fromhex("5AA500010080") + context)
    return enc, mac


@dataclass
class Session:
    """An authenticated state. Nothing in it prints."""

    key_number: int
    enc_key: bytes = field(repr=False)
    mac_key: bytes = field(repr=False)
    transaction_id: bytes = field(repr=False)
    counter: int = 0

    def open(self, ins: int, header: bytes, payload: bytes, mode: CommMode) -> bytes:
        """Check and strip the protection of a command; gives the plain command data.

        ``payload`` is what follows the header on the wire. Ends with ``7E`` when too short for a MAC, ``1E``
        when MAC or padding are wrong. On success the command counter has moved on.
        """
        if self.counter >= LAST_COUNTER:
            raise StatusError(Status.AUTHENTICATION_ERROR)
        if mode is CommMode.PLAIN:
            self.counter += 1
            return payload
        if len(payload) < p.MAC_BYTES:
            raise StatusError(Status.LENGTH_ERROR)
        body, mac = payload[: -p.MAC_BYTES], payload[-p.MAC_BYTES :]
        expected = p.short_mac(self.mac_key, self._bound(ins) + header + body)
        if not p.same(mac, expected):
            raise StatusError(Status.INTEGRITY_ERROR)
        plain = self._decipher(body) if mode is CommMode.FULL and body else body
        self.counter += 1
        return plain

    def seal(self, data: bytes, mode: CommMode) -> bytes:
        """Protect the data of a good answer (status 00). The counter is the one after the command."""
        if mode is CommMode.PLAIN:
            return data
        if mode is CommMode.FULL and data:
            data = p.cbc_encrypt(self.enc_key, self._iv(b"\x5a\xa5"), p.pad(data))
        return data + p.short_mac(self.mac_key, self._bound(Status.OK) + data)

    def _bound(self, first: int) -> bytes:
        return bytes((first,)) + self.counter.to_bytes(2, "little") + self.transaction_id

    def _iv(self, label: bytes) -> bytes:
        block = label + self.transaction_id + self.counter.to_bytes(2, "little") + bytes(8)
        return p.cbc_encrypt(self.enc_key, p.ZERO_IV, block)

    def _decipher(self, body: bytes) -> bytes:
        if len(body) % p.BLOCK:
            raise StatusError(Status.LENGTH_ERROR)
        plain = p.unpad(p.cbc_decrypt(self.enc_key, self._iv(b"\xa5\x5a"), body))
        if plain is None:
            raise StatusError(Status.INTEGRITY_ERROR)
        return plain


def protected_length(plain_bytes: int, mode: CommMode) -> int:
    """Bytes on the wire for command data of this length when a session is open."""
    if mode is CommMode.PLAIN:
        return plain_bytes
    if mode is CommMode.FULL and plain_bytes:
        plain_bytes += p.BLOCK - plain_bytes % p.BLOCK
    return plain_bytes + p.MAC_BYTES
