"""An authority for tests of the box's end: certificates as the server issues them, by the clock of this machine."""

import os
import time
from pathlib import Path

from card_protocol.crypto.certificates import key_in_request
from card_protocol.wire.identity import GATEWAY_LIFE_MS, Identity
from gateway.drivers.tls_files import TlsFiles
from server.services.keys.certificates import Authority, Use, issue, new_authority


def now_ms() -> int:
    return time.time_ns() // 1_000_000


AUTHORITY = new_authority("330105009012", 1, now_ms(), os.urandom)


def identity_for(
    request: bytes,
    name: str,
    *,
    made_ms: int | None = None,
    life_ms: int = GATEWAY_LIFE_MS,
    authority: Authority = AUTHORITY,
) -> Identity:
    """What the server would answer to a certificate request."""
    at_ms = now_ms() if made_ms is None else made_ms
    pem = issue(authority, name, key_in_request(request), Use.CLIENT, life_ms, at_ms, os.urandom)
    return Identity(certificate=pem, authorities=authority.certificate)


def give_identity(folder: Path, name: str, *, made_ms: int | None = None, life_ms: int = GATEWAY_LIFE_MS) -> TlsFiles:
    """Put key, certificate and authority into a box's folder."""
    files = TlsFiles(folder)
    files.keep(identity_for(files.request(), name, made_ms=made_ms, life_ms=life_ms), name)
    return files
