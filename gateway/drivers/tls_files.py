"""The box's TLS identity in `private/`: a key that was made here, its certificate, and whom to trust.

The key is apart from the one that signs the journal: who breaks into a TLS library does not get to write history.
The other end is known by a fixed name under our authority, not by its network address (`card_protocol.wire.identity`).
"""

import ssl
import stat
import time
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from card_protocol.crypto.certificates import Certificate, authorities_in, certificate_in
from card_protocol.wire.identity import Identity
from gateway.drivers.linked_file import write_atomically
from gateway.drivers.state_file import IdentityExposed, NotEnrolled, StateDamaged

KEY_NAME, CERTIFICATE_NAME, AUTHORITIES_NAME = "tls-key.pem", "tls-certificate.pem", "authorities.pem"

NO_CHECK_TIME = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME of OpenSSL (X509_VERIFY_PARAM_set_flags(3)); Python has no name for it."""


class TlsFiles:
    """See the module. Any program on the box may read; `enrol` and the daemon write."""

    def __init__(self, state_dir: Path) -> None:
        self._folder = state_dir / "private"

    def request(self) -> bytes:
        """A certificate request for our key (PKCS #10, DER); the key is made on the first call."""
        key = self._key()
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "onecard gateway")])
        builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
        return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)

    def public_key(self) -> bytes:
        """Our key's public half (SubjectPublicKeyInfo, DER)."""
        return self._key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def certificate(self) -> Certificate | None:
        """What our certificate says; None before there is one. StateDamaged."""
        try:
            return certificate_in(self._read(CERTIFICATE_NAME))
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise StateDamaged(f"{self._folder / CERTIFICATE_NAME} is damaged ({error}): enrol the box anew") from None

    def authorities(self) -> str:
        """Whom we trust, in PEM; empty before we met anybody."""
        try:
            return self._read(AUTHORITIES_NAME)
        except FileNotFoundError:
            return ""

    def keep(self, identity: Identity, gateway: str) -> None:
        """Keep what the server issued; ValueError when it is for another gateway or another key."""
        told = certificate_in(identity.certificate)
        if told.name != gateway or told.key != self.public_key():
            raise ValueError("the server sent somebody else's certificate")
        self.trust(identity.authorities)
        write_atomically(self._folder / CERTIFICATE_NAME, identity.certificate.encode())

    def trust(self, authorities: str) -> bool:
        """Trust these and no others; whether that is news. ValueError when it is no bundle of authorities."""
        authorities_in(authorities)
        if authorities == self.authorities():
            return False
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(self._folder / AUTHORITIES_NAME, authorities.encode())
        return True

    def context(self, peer: str, *, shows_certificate: bool = True) -> ssl.SSLContext:
        """For connections to `peer`, whose name its certificate must have. NotEnrolled, IdentityExposed, StateDamaged.

        Without showing ours only what anybody may do can be done: asking to join, or for a certificate anew.
        """
        context = client_context(peer, self.authorities(), self.certificate())
        if shows_certificate:
            self._show(context)
        return context

    def _show(self, context: ssl.SSLContext) -> None:
        self._key_file()
        if self.certificate() is None:
            raise NotEnrolled(
                "the box has no certificate yet; run: onecard gateway enrol --config FILE --claim CLAIM"
                " --fingerprint FINGERPRINT"
            )
        try:
            context.load_cert_chain(self._folder / CERTIFICATE_NAME, self._folder / KEY_NAME)
        except (OSError, ssl.SSLError) as error:
            raise StateDamaged(f"certificate and key in {self._folder} do not fit ({error}): enrol anew") from None

    def _key(self) -> ec.EllipticCurvePrivateKey:
        path = self._folder / KEY_NAME
        if not path.exists():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh = ec.generate_private_key(ec.SECP256R1())
            write_atomically(path, fresh.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        try:
            key = load_pem_private_key(self._key_file().read_bytes(), None)
        except ValueError:
            key = None
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise StateDamaged(f"{path} is damaged: delete it and enrol the box anew")
        return key

    def _key_file(self) -> Path:
        path = self._folder / KEY_NAME
        if path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise IdentityExposed(f"{path} is readable by other users: run chmod 600 on it and enrol the box anew")
        return path

    def _read(self, name: str) -> str:
        return (self._folder / name).read_text(encoding="ascii", errors="replace")


class NamedContext(ssl.SSLContext):
    """For connections to somebody who is known by name and not by address; every library that we use wraps here."""

    peer: str = ""

    def wrap_socket(self, *args: Any, **options: Any) -> ssl.SSLSocket:
        """As the library does it, with our name in the place of the host's."""
        return super().wrap_socket(*args, **options | {"server_hostname": self.peer})


def client_context(peer: str, authorities: str, ours: Certificate | None = None) -> ssl.SSLContext:
    """TLS 1.3, and nobody but `peer` under one of the authorities."""
    context = NamedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.peer = peer
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    if authorities:
        context.load_verify_locations(cadata=authorities)
        if clock_stopped(authorities, ours):
            context.verify_flags = ssl.VerifyFlags(context.verify_flags | NO_CHECK_TIME)
    return context


def clock_stopped(authorities: str, ours: Certificate | None) -> bool:
    """Whether the machine's clock stands before something that we hold was made: it is wrong for certain.

    Without a battery a box wakes up in 1970, when no certificate was valid yet, and could never ask for the time.
    While that is so dates say nothing and are left alone; names and signatures are checked all the same. A clock that
    stands behind, but after all that we hold, keeps nobody out: server and broker show certificates that are as old
    as their authority (`server.services.keys.certificates`).
    """
    if not authorities:
        return False
    held = [certificate_in(one) for one in authorities_in(authorities)] + ([ours] if ours else [])
    return time.time_ns() // 1_000_000 < max(one.from_ms for one in held)


def strangers_context() -> ssl.SSLContext:
    """For the first contact alone, in which nothing is said but "who are you": the answer is checked by its mark."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
