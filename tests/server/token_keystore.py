"""A keystore as a PKCS#11 token would be one: node and signing keys stay inside, only results come out.

It shows that the rest of the server asks nothing of a keystore but what `Keystore` says. Inside, where a token would
call C_Sign with CKM_AES_CMAC and CKM_EDDSA, `cryptography` works; the derivation is written out anew from NIST SP
800-108, § 4.1, so that the two implementations judge each other.
"""

import hmac
from collections.abc import Sequence

from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.cmac import CMAC

from card_protocol.crypto.keys import SecretKey
from card_protocol.crypto.signing import Signer
from card_protocol.crypto.tree import Purpose
from card_protocol.profiles.key_bundle import COMPARTMENTS, KeyBundle, wrap_bundle
from card_protocol.profiles.layout import Holder
from server.services.work import Entropy


class TokenKeystore:
    """Holds one community's node. `calls` is what it was asked to derive."""

    def __init__(self, community: str, node: bytes, server_seed: bytes, grant_seed: bytes) -> None:
        self.community = community
        self.server, self.grants = Signer(server_seed), Signer(grant_seed)
        self.calls: list[tuple[Purpose, int]] = []
        self.__node = node

    def leaf(self, purpose: Purpose, version: int) -> SecretKey:
        self.calls.append((purpose, version))
        context = b"\x04" + bytes.fromhex(self.community) + bytes((purpose, version))
        fixed = b"onecard key tree v1" + b"\x00" + context + (128).to_bytes(4, "big")
        mac = CMAC(algorithms.AES(self.__node))
        mac.update(b"\x01" + fixed)
        return SecretKey(mac.finalize(), version)

    def bundle_for(
        self,
        gateway: str,
        box_key: bytes,
        lease_until_ms: int,
        versions: Sequence[int],
        holder: Holder = Holder.GATEWAY,
    ) -> bytes:
        leaves = {
            purpose: tuple(self.leaf(purpose, version) for version in versions) for purpose in COMPARTMENTS[holder]
        }
        return wrap_bundle(KeyBundle(self.community, lease_until_ms, leaves), gateway, box_key)

    def mark_of(self, what: str, text: str) -> str:
        return hmac.new(self.__node, f"{what}\0{text}".encode(), "sha256").hexdigest()

    def lock(self, label: str, secret: bytes, entropy: Entropy) -> bytes:
        nonce = entropy(12)
        return nonce + AESGCM(self.__node).encrypt(nonce, secret, label.encode())

    def unlock(self, label: str, box: bytes) -> bytes:
        return AESGCM(self.__node).decrypt(box[:12], box[12:], label.encode())

    def check_value(self) -> str:
        return "TOKE-N000-0000-0001"
