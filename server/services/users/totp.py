"""Codes of an authenticator app (TOTP, RFC 6238): SHA-1, 6 digits, 30 s, as every app understands them. Pure."""

import base64

import pyotp
from pyotp.exceptions import OTPVerificationError

ISSUER = "onecard"
SECRET_BYTES = 20
"""As long as the hash of HMAC-SHA-1 (RFC 4226 § 4, R6)."""
STEP_S = 30
WINDOW_STEPS = 1
"""How far the telephone's clock may be away, either side (RFC 6238 § 5.2 advises one step)."""
DIGITS = 6


def secret_text(secret: bytes) -> str:
    """The secret as people type it into an app: base32 (RFC 4648)."""
    return base64.b32encode(secret).decode()


def address(secret: bytes, user: str, community: str) -> str:
    """The otpauth:// address that the QR code shows."""
    return pyotp.TOTP(secret_text(secret)).provisioning_uri(name=f"{user}@{community}", issuer_name=ISSUER)


def step_of(secret: bytes, code: str, now_ms: int, last_step: int) -> int | None:
    """The time step whose code this is; None when it is none near now, or not newer than `last_step`."""
    if not (len(code) == DIGITS and code.isascii() and code.isdigit()):
        return None
    try:
        step = pyotp.TOTP(secret_text(secret)).verify_and_get_timecode(
            code, for_time=now_ms // 1000, valid_window=WINDOW_STEPS
        )
    except OTPVerificationError:
        return None
    return step if step > last_step else None
