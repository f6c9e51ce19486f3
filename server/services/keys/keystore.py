"""The keystore: the keys that never leave the server (design § 4).

A desk, a gateway or a page asks for what is *made with* a key; leaves go out only inside a bundle that is wrapped
for one gateway. `Keystore` is all that the rest of the server knows. `SecretsKeystore` keeps its keys in memory and
sleeps in an encrypted file (`keystore_file`). A PKCS#11 token is another class: it signs inside (Ed25519) and derives
leaves by its own AES-CMAC, so that root, node and signing keys never leave it; `server.services.opening` picks one.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from card_protocol.crypto.keys import KEY_SIZE_BYTES, SecretKey
from card_protocol.crypto.signing import SEED_BYTES, Signer, Verifier
from card_protocol.crypto.tree import Purpose, child_node, leaf_key
from card_protocol.errors import CallerFault
from card_protocol.profiles.key_bundle import COMPARTMENTS, KeyBundle, wrap_bundle
from card_protocol.profiles.layout import Holder
from card_protocol.words.division import lineage
from server.services.operator_error import OperatorError
from server.services.work import Entropy

ROOT = "root"
_MARK_TAG = b"onecard.keystore.mark.v1\x00"
_CHECK_TAG = b"onecard.keystore.check.v1\x00"
_LOCK_TAG = b"onecard.keystore.lock.v1\x00"
LOCK_NONCE_BYTES = 12

Secrets = Mapping[str, str]
"""What a keystore is written as: for `keystore_file` alone."""


class KeystoreError(OperatorError):
    """The keystore cannot be opened or made; the text is one sentence for an operator, without secrets."""


class Hand(Protocol):
    """Signs with a key that stays where it is (`card_protocol.crypto.signing.Signer` in memory)."""

    @property
    def verifier(self) -> Verifier:
        """Its public half."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The 64-byte Ed25519 signature."""
        ...


class Keystore(Protocol):
    """What the server asks of the keys of one community. Thread-safe."""

    @property
    def community(self) -> str:
        """12-digit code."""
        ...

    @property
    def server(self) -> Hand:
        """Signs acks, manifests, revocations, keys and commands."""
        ...

    @property
    def grants(self) -> Hand:
        """Signs what rides on cards."""
        ...

    def leaf(self, purpose: Purpose, version: int) -> SecretKey:
        """The community's key for a purpose, still to be diversified per card: for conversations of this server."""
        ...

    def bundle_for(
        self,
        gateway: str,
        box_key: bytes,
        lease_until_ms: int,
        versions: Sequence[int],
        holder: Holder = Holder.GATEWAY,
    ) -> bytes:
        """The leaf keys of a compartment for a gateway, wrapped to its X25519 key. CallerFault when that is none."""
        ...

    def mark_of(self, what: str, text: str) -> str:
        """64 hex digits that are the same for the same text in this community, and tell nobody else what it was."""
        ...

    def lock(self, label: str, secret: bytes, entropy: Entropy) -> bytes:
        """A secret -> nonce ‖ AES-256-GCM box that may lie in a data base: only this keystore opens it again."""
        ...

    def unlock(self, label: str, box: bytes) -> bytes:
        """What was locked under this label. KeystoreError when it was locked by another keystore, or altered."""
        ...

    def check_value(self) -> str:
        """What is printed on paper beside a backup: tells whether it is the same keystore, nothing else."""
        ...


@dataclass(frozen=True, repr=False)
class SecretsKeystore:
    """Keys of one community. `held` is the node key of `held_unit`: a unit above the community, itself, or the root."""

    community: str
    held_unit: str
    held: SecretKey
    server: Signer
    grants: Signer

    def node(self) -> SecretKey:
        """The community's node key."""
        key, path = self.held, lineage(self.community)
        for code in path[0 if self.held_unit == ROOT else path.index(self.held_unit) + 1 :]:
            key = child_node(key, code)
        return key

    def leaf(self, purpose: Purpose, version: int) -> SecretKey:
        """See `Keystore`."""
        return leaf_key(self.node(), self.community, purpose, version)

    def bundle_for(
        self,
        gateway: str,
        box_key: bytes,
        lease_until_ms: int,
        versions: Sequence[int],
        holder: Holder = Holder.GATEWAY,
    ) -> bytes:
        """See `Keystore`."""
        leaves = {purpose: tuple(self.leaf(purpose, v) for v in versions) for purpose in COMPARTMENTS[holder]}
        return wrap_bundle(KeyBundle(self.community, lease_until_ms, leaves), gateway, box_key)

    def mark_of(self, what: str, text: str) -> str:
        """See `Keystore`."""
        return hmac.new(self.node().reveal(), _MARK_TAG + f"{what}\0{text}".encode(), sha256).hexdigest()

    def check_value(self) -> str:
        """See `Keystore`."""
        parts = [self.community.encode(), self.held.reveal(), self.server.verifier.public_bytes]
        digest = sha256(_CHECK_TAG + b"\x00".join([*parts, self.grants.verifier.public_bytes])).hexdigest()[:16]
        return "-".join(digest[i : i + 4] for i in range(0, 16, 4)).upper()

    def lock(self, label: str, secret: bytes, entropy: Entropy) -> bytes:
        """See `Keystore`."""
        nonce = entropy(LOCK_NONCE_BYTES)
        return nonce + AESGCM(self._lock_key()).encrypt(nonce, secret, label.encode())

    def unlock(self, label: str, box: bytes) -> bytes:
        """See `Keystore`."""
        try:
            return AESGCM(self._lock_key()).decrypt(box[:LOCK_NONCE_BYTES], box[LOCK_NONCE_BYTES:], label.encode())
        except (InvalidTag, ValueError):
            raise KeystoreError(
                f"{label} does not open: it was locked by another keystore, or altered",
                f"{label} 无法打开：由另一密钥库加锁，或已被改动",
            ) from None

    def _lock_key(self) -> bytes:
        salt = self.server.verifier.public_bytes
        return HKDF(algorithm=SHA256(), length=32, salt=salt, info=_LOCK_TAG).derive(self.node().reveal())

    def __repr__(self) -> str:
        return f"<SecretsKeystore of {self.community}>"


def new_secrets(community: str, entropy: Entropy) -> Secrets:
    """The secrets of a community that stands alone: with a root key of its own."""
    return {
        "community": community,
        "held_unit": ROOT,
        "held": entropy(KEY_SIZE_BYTES).hex(),
        "server_seed": entropy(SEED_BYTES).hex(),
        "grant_seed": entropy(SEED_BYTES).hex(),
    }


def from_secrets(secrets: Secrets) -> SecretsKeystore:
    """Secrets -> keystore; KeystoreError when they are not what this version writes."""
    try:
        community, held_unit = secrets["community"], secrets["held_unit"]
        if held_unit not in (ROOT, *lineage(community)):
            raise ValueError
        return SecretsKeystore(
            community=community,
            held_unit=held_unit,
            held=SecretKey(bytes.fromhex(secrets["held"])),
            server=Signer(bytes.fromhex(secrets["server_seed"])),
            grants=Signer(bytes.fromhex(secrets["grant_seed"])),
        )
    except (KeyError, ValueError, CallerFault):
        raise KeystoreError(
            "the keystore opens, but its content is not what this version wrote", "密钥库可以打开，但内容并非本版本写入"
        ) from None
