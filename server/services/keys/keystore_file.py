"""The file that the keystore sleeps in.

JSON: the parameters of scrypt (RFC 7914) in clear, and an AES-256-GCM box around the keys; the parameters are
authenticated with it. A backup is a copy of this file; `Keystore.check_value` tells whether it is the right one.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from server.services.keys.keystore import KeystoreError, SecretsKeystore, from_secrets
from server.services.work import Entropy

FORMAT = "onecard-keystore-1"
SCRYPT_LOG_N = 17
"""128 MiB and about half a second for one guess at the passphrase."""
SCRYPT_LOG_N_MAX = 20
SALT_BYTES = 16
NONCE_BYTES = 12
FILE_MAX_BYTES = 64 * 1024
PASSPHRASE_MIN_CHARS = 12
KNOWN_TO_ALL = ("changeme", "change-me", "password", "passphrase", "onecard", "123456", "qwerty", "secret", "default")
"""A passphrase made of one of these, again and again or with digits behind it, is one that everybody tries first."""


def write(
    path: Path, secrets: Mapping[str, str], passphrase: str, entropy: Entropy, *, log_n: int = SCRYPT_LOG_N
) -> None:
    """Put a keystore into a file that only its owner can read; KeystoreError when there is one already."""
    if (problem := weakness(passphrase)) is not None:
        raise KeystoreError(problem)
    salt, nonce = entropy(SALT_BYTES), entropy(NONCE_BYTES)
    head = {"format": FORMAT, "kdf": "scrypt", "log_n": log_n, "r": 8, "p": 1, "salt": salt.hex(), "nonce": nonce.hex()}
    box = AESGCM(_stretch(passphrase, salt, log_n)).encrypt(nonce, json.dumps(dict(secrets)).encode(), _aad(head))
    data = json.dumps(head | {"box": box.hex()}, indent=1).encode() + b"\n"
    write_new(path, data)


def weakness(passphrase: str) -> str | None:
    """Why a passphrase protects nothing: too short, or one that stands in every manual. None when it may do."""
    if len(passphrase) < PASSPHRASE_MIN_CHARS:
        return f"the keystore's passphrase has fewer than {PASSPHRASE_MIN_CHARS} characters"
    bare = passphrase.casefold()
    for word in KNOWN_TO_ALL:
        bare = bare.replace(word, "")
    if not bare.strip("0123456789-_.!# "):
        return "the keystore's passphrase is one that everybody tries first; take another one"
    return None


def write_new(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read, down to the disk; KeystoreError when there is one already."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeystoreError(
            f"there is a keystore at {path} already; it is never overwritten", f"{path} 已有密钥库；不会覆盖"
        ) from None
    except OSError as error:
        raise KeystoreError(
            f"cannot write the keystore {path}: {error.strerror}", f"无法写入密钥库 {path}：{error.strerror}"
        ) from error
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def read(path: Path, passphrase: str) -> SecretsKeystore:
    """Open the keystore in a file; KeystoreError says in one sentence why not."""
    try:
        data = path.read_bytes()[: FILE_MAX_BYTES + 1]
    except OSError as error:
        raise KeystoreError(
            f"cannot read the keystore {path}: {error.strerror}", f"无法读取密钥库 {path}：{error.strerror}"
        ) from error
    return opened(data, passphrase, str(path))


def opened(data: bytes, passphrase: str, name: str) -> SecretsKeystore:
    """Open what stands in such a file; `name` is what the errors call it."""
    try:
        content = json.loads(data)
        head = {name: value for name, value in content.items() if name != "box"}
        salt, nonce, box = (bytes.fromhex(content[name]) for name in ("salt", "nonce", "box"))
        log_n = int(content["log_n"])
        if content["format"] != FORMAT or not 1 <= log_n <= SCRYPT_LOG_N_MAX:
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError):
        raise KeystoreError(f"{name} is no keystore of this version", f"{name} 不是本版本的密钥库") from None
    try:
        plain = AESGCM(_stretch(passphrase, salt, log_n)).decrypt(nonce, box, _aad(head))
    except (InvalidTag, ValueError):
        raise KeystoreError(
            f"the passphrase does not open the keystore {name}, or the file was altered",
            f"口令无法打开密钥库 {name}，或文件被改动",
        ) from None
    return from_secrets(json.loads(plain))


def _stretch(passphrase: str, salt: bytes, log_n: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=1 << log_n, r=8, p=1).derive(passphrase.encode())


def _aad(head: Mapping[str, object]) -> bytes:
    return json.dumps(head, sort_keys=True).encode()
