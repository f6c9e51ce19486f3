"""The box's key, certificate and authorities: over real TLS on loopback, and what is refused."""

import os
import socket
import ssl
import stat
import threading
import time
from pathlib import Path

import pytest

from card_protocol.crypto.certificates import key_in_request
from card_protocol.wire.identity import BROKER_NAME, SERVER_NAME
from card_protocol.words.moment import DAY_MS
from gateway.drivers import tls_files
from gateway.drivers.state_file import IdentityExposed, NotEnrolled, StateDamaged
from gateway.drivers.tls_files import (
    AUTHORITIES_NAME,
    CERTIFICATE_NAME,
    KEY_NAME,
    TlsFiles,
    client_context,
    clock_stopped,
    strangers_context,
)
from server.services.keys.certificates import Authority, PrivateKey, Use, issue, new_authority
from server.services.keys.own_tls import load_chain
from tests.support.identity import AUTHORITY, give_identity, identity_for, now_ms


def server_context(
    name: str, authority: Authority = AUTHORITY, use: Use = Use.SERVER, at_ms: int = 0
) -> ssl.SSLContext:
    key = PrivateKey.new()
    pem = issue(authority, name, key.public_der, use, 3_600_000, at_ms or now_ms(), os.urandom)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    load_chain(context, pem, key)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_verify_locations(cadata=AUTHORITY.certificate)
    return context


def shake_hands(client: ssl.SSLContext, server: ssl.SSLContext) -> str | None:
    """The name that the server saw; SSLError when the client refuses."""
    near, far = socket.socketpair()
    seen: list[str | None] = []

    def serve() -> None:
        try:
            with server.wrap_socket(far, server_side=True) as tls:
                shown = dict(pair for part in (tls.getpeercert() or {}).get("subject", ()) for pair in part)
                seen.append(shown.get("commonName"))
                tls.recv(1)
        except (ssl.SSLError, OSError):
            pass

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with client.wrap_socket(near, server_hostname="10.1.2.3") as tls:
            tls.send(b"x")
    finally:
        near.close()
        thread.join(20)
        far.close()
    return seen[0] if seen else None


def test_the_key_is_made_once_and_is_nobody_elses(tmp_path: Path) -> None:
    files = TlsFiles(tmp_path)
    assert key_in_request(files.request()) == files.public_key() == TlsFiles(tmp_path).public_key()
    path = tmp_path / "private" / KEY_NAME
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o640)
    with pytest.raises(IdentityExposed, match="chmod 600"):
        files.request()


def test_what_the_server_issued_is_kept_if_it_is_ours(tmp_path: Path) -> None:
    files = TlsFiles(tmp_path)
    assert (files.certificate(), files.authorities()) == (None, "")
    with pytest.raises(ValueError, match="somebody else's"):
        files.keep(identity_for(files.request(), "g-2"), "g-1")
    with pytest.raises(ValueError, match="somebody else's"):
        files.keep(identity_for(TlsFiles(tmp_path / "other").request(), "g-1"), "g-1")
    files.keep(identity_for(files.request(), "g-1"), "g-1")
    kept = files.certificate()
    assert kept is not None
    assert (kept.name, kept.key, files.authorities()) == ("g-1", files.public_key(), AUTHORITY.certificate)
    assert files.trust(AUTHORITY.certificate) is False
    with pytest.raises(ValueError, match="no certificate"):
        files.trust("rubbish")


def test_it_speaks_with_whom_it_means_wherever_that_is(tmp_path: Path) -> None:
    files = give_identity(tmp_path, "g-1")
    assert shake_hands(files.context(SERVER_NAME), server_context(SERVER_NAME)) == "g-1"
    assert shake_hands(files.context(SERVER_NAME, shows_certificate=False), server_context(SERVER_NAME)) is None


@pytest.mark.parametrize(
    "server",
    [
        lambda: server_context(BROKER_NAME),
        lambda: server_context("g-2", use=Use.CLIENT),
        lambda: server_context(SERVER_NAME, use=Use.CLIENT),
        lambda: server_context(SERVER_NAME, new_authority("330105009012", 1, now_ms(), os.urandom)),
        lambda: server_context(SERVER_NAME, at_ms=now_ms() - 2 * 3_600_000),
    ],
    ids=["another name", "a gateway", "a client's certificate", "another authority", "run out"],
)
def test_it_speaks_with_nobody_else(tmp_path: Path, server: "type[ssl.SSLContext]") -> None:
    files = give_identity(tmp_path, "g-1")
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(files.context(SERVER_NAME), server())


def test_a_clock_that_stopped_does_not_keep_it_out_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = give_identity(tmp_path, "g-1")
    expired = server_context(SERVER_NAME, at_ms=now_ms() - 2 * 3_600_000)
    monkeypatch.setattr(tls_files.time, "time_ns", lambda: 0)
    assert clock_stopped(files.authorities(), files.certificate())
    assert clock_stopped(files.authorities(), None)
    assert not clock_stopped("", None)
    assert shake_hands(files.context(SERVER_NAME), expired) == "g-1"
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(files.context(BROKER_NAME), expired)
    monkeypatch.undo()
    assert time.time_ns() > 0
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(files.context(SERVER_NAME), expired)


def test_a_clock_behind_an_authority_that_it_knows_is_wrong_for_certain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second authority came after the box's certificate, and the clock fell back between the two."""
    made_ms = now_ms() - 60 * DAY_MS
    first = new_authority("330105009012", 1, made_ms, os.urandom)
    files = TlsFiles(tmp_path)
    files.keep(identity_for(files.request(), "g-1", made_ms=made_ms, authority=first), "g-1")
    files.trust(first.certificate + AUTHORITY.certificate)
    monkeypatch.setattr(tls_files.time, "time_ns", lambda: (made_ms + DAY_MS) * 1_000_000)
    assert clock_stopped(files.authorities(), files.certificate())
    assert clock_stopped(files.authorities(), None)


def test_the_first_contact_trusts_nobody_and_says_nothing() -> None:
    assert shake_hands(strangers_context(), server_context("anybody")) is None
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(client_context(SERVER_NAME, ""), server_context(SERVER_NAME))


def test_a_box_without_a_certificate_or_with_a_spoiled_one_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotEnrolled, match="onecard gateway enrol"):
        TlsFiles(tmp_path).context(SERVER_NAME)
    files = give_identity(tmp_path, "g-1")
    (tmp_path / "private" / KEY_NAME).unlink()
    files.request()
    with pytest.raises(StateDamaged, match="do not fit"):
        files.context(SERVER_NAME)
    (tmp_path / "private" / KEY_NAME).write_bytes(b"rubbish")
    (tmp_path / "private" / KEY_NAME).chmod(0o600)
    with pytest.raises(StateDamaged, match="damaged"):
        files.request()
    (tmp_path / "private" / CERTIFICATE_NAME).write_text("rubbish")
    with pytest.raises(StateDamaged, match="damaged"):
        files.certificate()
    assert (tmp_path / "private" / AUTHORITIES_NAME).exists()
