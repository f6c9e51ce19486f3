"""An authenticator without hardware: makes passkeys and signs, by the bytes of WebAuthn level 2, §§ 5.8.1 and 6.

Written from the authenticator's side, without the library that the server uses; the referee of both are the bytes that
a real Chromium made (test_webauthn).
"""

import base64
import hashlib
import json
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_b64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class SoftKey:
    """One authenticator with one passkey. What it does wrong on purpose is set by the test."""

    seed: int = 1
    counts: bool = True
    flags: int = PRESENT | VERIFIED
    count: int = 0
    rp_id: str = ""
    user: bytes = b""
    key: ec.EllipticCurvePrivateKey = field(init=False)

    def __post_init__(self) -> None:
        self.key = ec.derive_private_key(self.seed + 1, ec.SECP256R1())

    @property
    def credential_id(self) -> bytes:
        return hashlib.sha256(b"soft key %d" % self.seed).digest()[:16]

    def create(self, options: dict, origin: str, kind: str = "webauthn.create") -> str:
        """The answer of navigator.credentials.create() as JSON."""
        self.rp_id, self.user = options["rp"]["id"], from_b64(options["user"]["id"])
        head = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + self._cose()
        data = self._data(ATTESTED) + head
        attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59" + len(data).to_bytes(2, "big") + data
        client = self._client(kind, options["challenge"], origin)
        return self._answer({"clientDataJSON": b64(client), "attestationObject": b64(attestation)})

    def get(self, options: dict, origin: str, kind: str = "webauthn.get", rp_id: str = "") -> str:
        """The answer of navigator.credentials.get() as JSON."""
        self.count += self.counts
        data = self._data(0, rp_id or options["rpId"])
        client = self._client(kind, options["challenge"], origin)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": b64(client),
                "authenticatorData": b64(data),
                "signature": b64(signature),
                "userHandle": b64(self.user),
            }
        )

    def _data(self, more: int, rp_id: str = "") -> bytes:
        digest = hashlib.sha256((rp_id or self.rp_id).encode()).digest()
        return digest + bytes([self.flags | more]) + self.count.to_bytes(4, "big")

    def _cose(self) -> bytes:
        """The public key as COSE (RFC 9053 § 7.1.1): EC2, ES256, P-256."""
        point = self.key.public_key().public_numbers()
        x, y = point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")
        return b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20" + x + b"\x22\x58\x20" + y

    def _client(self, kind: str, challenge: str, origin: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}).encode()

    def _answer(self, response: dict) -> str:
        name = b64(self.credential_id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
