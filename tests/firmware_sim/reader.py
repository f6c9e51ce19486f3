"""A reader for testing the simulated card: EV2 secure messaging from the other end.

Its own code on the bare AES of ``cryptography``: it shares neither the card's primitives nor card_protocol's,
and the published vectors in ``card/test_vectors.py`` judge card and reader apart from one another.
"""

from collections.abc import Callable

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

from firmware_sim.card.card import Card
from firmware_sim.card.entropy import seeded
from firmware_sim.card.state import CardState, Silicon, factory

UID = bytes.fromhex("04A1B2C3D4E580")
ZERO = bytes(16)
RND_A = bytes.fromhex("B04D0787C93EE0CC8CACC8E86F16C6FE")
PLAIN, MAC, FULL = "plain", "mac", "full"


def aes(key: bytes, iv: bytes, data: bytes, decrypt: bool = False) -> bytes:
    cipher = Cipher(algorithms.AES(key), modes.CBC(iv))
    worker = cipher.decryptor() if decrypt else cipher.encryptor()
    return worker.update(data) + worker.finalize()


def mac8(key: bytes, message: bytes) -> bytes:
    worker = CMAC(algorithms.AES(key))
    worker.update(message)
    return worker.finalize()[1::2]


def cmac16(key: bytes, message: bytes) -> bytes:
    worker = CMAC(algorithms.AES(key))
    worker.update(message)
    return worker.finalize()


def crc32nk(key: bytes) -> bytes:
    """CRC-32 without final inversion, bit by bit."""
    register = 0xFFFFFFFF
    for byte in key:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0xEDB88320 if register & 1 else 0)
    return register.to_bytes(4, "little")


def le3(value: int) -> bytes:
    return value.to_bytes(3, "little")


def stock_card(seed: int | str = 0, **silicon: object) -> Card:
    """A powered factory card."""
    card = Card(factory(Silicon(uid=UID, **silicon)), seeded(seed))  # type: ignore[arg-type]
    card.power_on()
    return card


def card_of(state: CardState, seed: int | str = 0) -> Card:
    card = Card(state, seeded(seed))
    card.power_on()
    return card


class Refused(Exception):
    """The card answered with a status other than 00."""

    def __init__(self, status: int) -> None:
        super().__init__(f"{status:02X}")
        self.status = status


class Reader:
    """Drives one card; ``command`` protects, sends, checks and opens."""

    def __init__(self, transmit: Callable[[bytes], bytes]) -> None:
        self._transmit = transmit
        self.keys: tuple[bytes, bytes] | None = None
        self.ti = b""
        self.counter = 0
        self.frame_bytes = 255

    def native(self, ins: int, body: bytes = b"") -> tuple[int, bytes]:
        """One wrapped frame: (status byte, data)."""
        lc = bytes((len(body),)) + body if body else b""
        answer = self._transmit(bytes((0x90, ins, 0, 0)) + lc + b"\x00")
        if answer[-2:-1] != b"\x91":
            raise AssertionError(f"no native answer: {answer.hex()}")
        return answer[-1], answer[:-2]

    def ok(self, ins: int, body: bytes = b"") -> bytes:
        """A plain command that must succeed, with its continuation frames."""
        status, data = self.native(ins, body)
        while status == 0xAF:
            status, more = self.native(0xAF)
            data += more
        if status:
            self.keys = None
            raise Refused(status)
        return data

    def select(self, aid: int) -> None:
        self.ok(0x5A, le3(aid))
        self.keys = None

    def authenticate(
        self, number: int, key: bytes = ZERO, first: bool = True, rnd_a: bytes = RND_A, caps: bytes = b""
    ) -> None:
        body = bytes((number, len(caps))) + caps if first else bytes((number,))
        status, sealed = self.native(0x71 if first else 0x77, body)
        if status != 0xAF:
            self.keys = None
            raise Refused(status)
        rnd_b = aes(key, ZERO, sealed, decrypt=True)
        status, answer = self.native(0xAF, aes(key, ZERO, rnd_a + rnd_b[1:] + rnd_b[:1]))
        if status:
            self.keys = None
            raise Refused(status)
        plain = aes(key, ZERO, answer, decrypt=True)
        if first:
            self.ti, self.counter = plain[:4], 0
            assert plain[4:20] == rnd_a[1:] + rnd_a[:1]
            assert plain[26:32] == caps.ljust(6, b"\x00")
        else:
            assert plain == rnd_a[1:] + rnd_a[:1]
        mixed = bytes(a ^ b for a, b in zip(rnd_a[2:8], rnd_b[:6], strict=True))
        context = rnd_a[:2] + mixed + rnd_b[6:] + rnd_a[8:]
        self.keys = (
            cmac16(key, bytes.fromhex("A55A00010080") + context),
            cmac16(key, bytes.fromhex("5AA500010080") + context),
        )

    def _iv(self, label: str) -> bytes:
        assert self.keys is not None
        block = bytes.fromhex(label) + self.ti + self.counter.to_bytes(2, "little") + bytes(8)
        return aes(self.keys[0], ZERO, block)

    def _bound(self, first: int) -> bytes:
        return bytes((first,)) + self.counter.to_bytes(2, "little") + self.ti

    def protect(self, ins: int, header: bytes, data: bytes, mode: str) -> bytes:
        if self.keys is None or mode == PLAIN:
            return header + data
        if mode == FULL and data:
            padded = data + b"\x80" + bytes(-(len(data) + 1) % 16)
            data = aes(self.keys[0], self._iv("A55A"), padded)
        return header + data + mac8(self.keys[1], self._bound(ins) + header + data)

    def open(self, body: bytes, mode: str) -> bytes:
        if self.keys is None or mode == PLAIN:
            return body
        data, mac = body[:-8], body[-8:]
        assert mac == mac8(self.keys[1], self._bound(0) + data), "the card's MAC is wrong"
        if mode == FULL and data:
            return aes(self.keys[0], self._iv("5AA5"), data, decrypt=True).rstrip(b"\x00")[:-1]
        return data

    def command(
        self, ins: int, header: bytes = b"", data: bytes = b"", mode: str = MAC, frame_bytes: int | None = None
    ) -> bytes:
        """One whole command, chained in both directions where the card asks for it."""
        frame_bytes = frame_bytes or self.frame_bytes
        body = self.protect(ins, header, data, mode)
        self.counter += 1
        status, answer = self.native(ins, body[:frame_bytes])
        rest = body[frame_bytes:]
        while status == 0xAF:
            status, more = self.native(0xAF, rest[:frame_bytes])
            rest, answer = rest[frame_bytes:], answer + more
        if status:
            self.keys = None
            raise Refused(status)
        return self.open(answer, mode)

    def attempt(self, ins: int, header: bytes = b"", data: bytes = b"", mode: str = MAC) -> tuple[int, bytes]:
        """As ``command``, but a refusal is its status."""
        try:
            return 0, self.command(ins, header, data, mode)
        except Refused as refusal:
            return refusal.status, b""


def reader_of(card: Card) -> Reader:
    return Reader(card.transmit)
