"""Passwords: argon2id (RFC 9106), and which ones are too easy."""

import secrets
import threading
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.services.problems import Code, Problem

PASSWORD_MIN_CHARS = 10
PASSWORD_MAX_CHARS = 128
ONE_TIME_BYTES = 12
AT_ONCE = 4
"""Each hash takes 64 MiB (RFC 9106), and strangers can ask for one: more wait for their turn."""

_COMMON = ("password", "passw0rd", "12345678", "123456789", "1234567890", "qwertyuiop", "onecard", "admin", "woaini")


class Passwords:
    """Hashes and checks. Cost parameters come in, so that tests need not wait."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turns = threading.BoundedSemaphore(AT_ONCE)

    def hash(self, password: str) -> str:
        """A PHC string."""
        with self._turns:
            return self._hasher.hash(password)

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password is the stored one; without a stored one it takes as long and is False."""
        known = stored or self._nobody
        try:
            with self._turns:
                return self._hasher.verify(known, password) and stored is not None
        except (VerificationError, InvalidHashError):
            return False

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash(secrets.token_urlsafe(ONE_TIME_BYTES))


def one_time_password(entropy: bytes) -> str:
    """A first password: 16 characters for 12 random bytes, easy to copy."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    number = int.from_bytes(entropy, "big")
    letters = []
    for _ in range(16):
        number, digit = divmod(number, len(alphabet))
        letters.append(alphabet[digit])
    return "-".join("".join(letters[i : i + 4]) for i in range(0, 16, 4))


def check_strength(name: str, password: str) -> None:
    """Problem PASSWORD_WEAK with the rule that is broken."""
    if len(password) < PASSWORD_MIN_CHARS:
        raise _weak(f"A password has at least {PASSWORD_MIN_CHARS} characters.")
    if len(password) > PASSWORD_MAX_CHARS:
        raise _weak(f"A password has at most {PASSWORD_MAX_CHARS} characters.")
    low = password.lower()
    if name.lower() in low or len(set(low)) < 5 or any(low.strip("0123456789!@#.") == word for word in _COMMON):
        raise _weak("This password is too easy to guess.")
    if low in _COMMON:
        raise _weak("This password is too easy to guess.")


def _weak(detail: str) -> Problem:
    return Problem(Code.PASSWORD_WEAK, detail, fields={"password": detail})
