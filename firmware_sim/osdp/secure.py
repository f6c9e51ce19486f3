"""The secure channel, peripheral's side. Source: SIA OSDP 2.2 annex D.

Written on the bare AES of `cryptography`, apart from any control panel's code, so that both ends cannot share a
mistake; libosdp is the referee in the tests.
"""

import hmac

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK_BYTES = 16
RANDOM_BYTES = 8
MAC_BYTES = 4
DEFAULT_KEY = bytes.fromhex("303132333435363738393A3B3C3D3E3F")
"""SCBK-D, the same in every reader of the world: for installation only."""

ZERO_IV = bytes(BLOCK_BYTES)


def ecb(key: bytes, block: bytes) -> bytes:
    """One block enciphered."""
    worker = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 - one block, as the standard says
    return worker.update(block) + worker.finalize()


def cbc(key: bytes, iv: bytes, data: bytes, decrypt: bool = False) -> bytes:
    """Whole blocks."""
    cipher = Cipher(algorithms.AES(key), modes.CBC(iv))
    worker = cipher.decryptor() if decrypt else cipher.encryptor()
    return worker.update(data) + worker.finalize()


def pad(data: bytes) -> bytes:
    """80, then zeros to the block's end; always at least the 80."""
    return data + b"\x80" + bytes(-(len(data) + 1) % BLOCK_BYTES)


class SecureChannel:
    """One session: made by the panel's challenge, used once its cryptogram proved right."""

    def __init__(self, key: bytes, panel_random: bytes, own_random: bytes) -> None:
        self._panel_random, self._own_random = panel_random, own_random
        self._enc, self._mac1, self._mac2 = (
            ecb(key, bytes((0x01, kind)) + panel_random[:6] + bytes(8)) for kind in (0x82, 0x01, 0x02)
        )
        self._command_mac = self._reply_mac = ZERO_IV
        self.active = False

    @property
    def client_cryptogram(self) -> bytes:
        """What proves us to the panel."""
        return ecb(self._enc, self._panel_random + self._own_random)

    def accept(self, server_cryptogram: bytes) -> bytes | None:
        """The initial reply MAC if the panel proved itself, None otherwise."""
        if not hmac.compare_digest(server_cryptogram, ecb(self._enc, self._own_random + self._panel_random)):
            return None
        self._reply_mac = ecb(self._mac2, ecb(self._mac1, server_cryptogram))
        self.active = True
        return self._reply_mac

    def check_command(self, signed: bytes, mac: bytes) -> bool:
        """Whether a command is the panel's and the next in the chain."""
        made = self._chain(self._reply_mac, signed)
        if not hmac.compare_digest(made[:MAC_BYTES], mac):
            return False
        self._command_mac = made
        return True

    def open_command(self, data: bytes) -> bytes:
        """The data of a command that was checked. It was enciphered before, hence with the MAC before its own."""
        if not data or len(data) % BLOCK_BYTES:
            return data
        plain = cbc(self._enc, _inverted(self._reply_mac), data, decrypt=True).rstrip(b"\x00")
        return plain[:-1]

    def seal_reply(self, data: bytes) -> bytes:
        """The data of a reply, enciphered."""
        return cbc(self._enc, _inverted(self._command_mac), pad(data)) if data else b""

    def sign_reply(self, signed: bytes) -> bytes:
        """The four bytes behind a reply."""
        self._reply_mac = self._chain(self._command_mac, signed)
        return self._reply_mac[:MAC_BYTES]

    def _chain(self, iv: bytes, message: bytes) -> bytes:
        padded = message if len(message) % BLOCK_BYTES == 0 else pad(message)
        if len(padded) > BLOCK_BYTES:
            iv = cbc(self._mac1, iv, padded[:-BLOCK_BYTES])[-BLOCK_BYTES:]
        return cbc(self._mac2, iv, padded[-BLOCK_BYTES:])


def _inverted(block: bytes) -> bytes:
    return bytes(~byte & 0xFF for byte in block)
