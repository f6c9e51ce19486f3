"""Challenges for passkeys that need no table: made by the keystore, bound to one browser, old after five minutes.

time (8 bytes, ms) ‖ 16 random bytes ‖ mark. That an answer counts once is kept by the passkey itself, which follows no
challenge that is not newer than the last (`passkeys`), as an app's code does by its time step.
"""

import hmac

from server.services.keys.keystore import Keystore
from server.services.work import Entropy

LIFE_MS = 5 * 60_000
NONCE_BYTES = 16
TIME_BYTES = 8
_WHAT = "passkey.challenge"


def make(keystore: Keystore, entropy: Entropy, now_ms: int, browser: str) -> bytes:
    """56 bytes; `browser` is the secret of the browser that asks."""
    head = now_ms.to_bytes(TIME_BYTES, "big") + entropy(NONCE_BYTES)
    return head + _mark(keystore, head, browser)


def made_ms(keystore: Keystore, challenge: bytes, now_ms: int, browser: str) -> int | None:
    """When it was made; None when it was not made here for this browser, or is too old."""
    head, mark = challenge[: TIME_BYTES + NONCE_BYTES], challenge[TIME_BYTES + NONCE_BYTES :]
    if not browser or not hmac.compare_digest(_mark(keystore, head, browser), mark):
        return None
    made = int.from_bytes(head[:TIME_BYTES], "big")
    return made if made <= now_ms < made + LIFE_MS else None


def _mark(keystore: Keystore, head: bytes, browser: str) -> bytes:
    return bytes.fromhex(keystore.mark_of(_WHAT, f"{head.hex()}\0{browser}"))
