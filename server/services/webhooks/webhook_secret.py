"""Signatures by which an address knows that it was us (Standard Webhooks 1.0, symmetric scheme `v1`).

The secret is derived from the server's key and the address' id, so that none is stored: Ed25519 signatures are
deterministic (RFC 8032, § 5.1.6) and nobody else can make this one.
"""

import base64
import hashlib
import hmac

from card_protocol.crypto.signing import Sign

PREFIX = "whsec_"
_TAG = b"onecard.webhook.v1\x00"


def secret_of(sign: Sign, webhook_id: str) -> bytes:
    """32 bytes."""
    return hashlib.sha256(sign(_TAG + webhook_id.encode())).digest()


def shown(secret: bytes) -> str:
    """As the receiving side's library wants it."""
    return PREFIX + base64.b64encode(secret).decode()


def headers(secret: bytes, message_id: str, at_s: int, body: bytes) -> dict[str, str]:
    """The three headers of a delivery; `at_s` is the time of this try, so that an old one cannot be replayed."""
    signed = f"{message_id}.{at_s}.".encode() + body
    mac = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    return {"webhook-id": message_id, "webhook-timestamp": str(at_s), "webhook-signature": f"v1,{mac}"}
