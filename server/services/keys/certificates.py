"""Making X.509 certificates and revocation lists (RFC 5280): EC P-256, ECDSA with SHA-256. No data base, no clock.

An authority signs leaves and nothing else (path length 0). A gateway's leaf is for TLS clients only, so that no box
can pose as the server or the broker; the server's is for both directions, the broker's for servers.

Server and broker show leaves that begin with their authority: a box whose clock stood still for months would find one
of last week not yet valid, and could never learn the time. That gives nothing away; what counts is when they end.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from card_protocol.crypto.certificates import Certificate
from card_protocol.words.moment import DAY_MS
from server.services.work import Entropy

AUTHORITY_LIFE_MS = 10 * 365 * DAY_MS
SERVER_LIFE_MS = 365 * DAY_MS
BEFORE_MS = 5 * 60_000
"""Certificates begin a little before they were made: clocks differ."""
SERIAL_BYTES = 16


class Use(Enum):
    """What a leaf may be used for."""

    CLIENT = (ExtendedKeyUsageOID.CLIENT_AUTH,)
    SERVER = (ExtendedKeyUsageOID.SERVER_AUTH,)
    BOTH = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)


@dataclass(frozen=True, repr=False)
class PrivateKey:
    """A P-256 key; like every secret it has no readable repr."""

    _key: ec.EllipticCurvePrivateKey

    @classmethod
    def new(cls) -> "PrivateKey":
        """A fresh one, from the library's own dice."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_der(cls, der: bytes) -> "PrivateKey":
        """As `reveal_der` wrote it; ValueError when it is no P-256 key."""
        key = load_der_private_key(der, None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise ValueError("no P-256 key")
        return cls(key)

    @classmethod
    def from_pem(cls, pem: bytes) -> "PrivateKey":
        """As `reveal_pem` wrote it; ValueError when it is no P-256 key."""
        key = load_pem_private_key(pem, None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise ValueError("no P-256 key")
        return cls(key)

    def reveal_der(self) -> bytes:
        """PKCS #8, in clear: for who closes it in a box."""
        return self._key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())

    def reveal_pem(self) -> bytes:
        """PKCS #8, in clear: for a TLS library or a broker."""
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def public(self) -> ec.EllipticCurvePublicKey:
        """The other half."""
        return self._key.public_key()

    @property
    def public_der(self) -> bytes:
        """The other half as SubjectPublicKeyInfo."""
        return self.public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    @property
    def signing(self) -> ec.EllipticCurvePrivateKey:
        """For a builder of this module."""
        return self._key

    def __repr__(self) -> str:
        return "<PrivateKey>"


@dataclass(frozen=True)
class Authority:
    """Who issues. `number` counts the authorities of a server from 1."""

    number: int
    certificate: str
    key: PrivateKey

    @property
    def parsed(self) -> x509.Certificate:
        """Its certificate."""
        return x509.load_pem_x509_certificate(self.certificate.encode())

    @property
    def from_ms(self) -> int:
        """Since when it is valid."""
        return int(self.parsed.not_valid_before_utc.timestamp()) * 1000

    @property
    def until_ms(self) -> int:
        """When it ends."""
        return int(self.parsed.not_valid_after_utc.timestamp()) * 1000

    @property
    def identifier(self) -> bytes:
        """The key identifier by which its certificates name it."""
        return x509.SubjectKeyIdentifier.from_public_key(self.key.public).digest


def new_authority(community: str, number: int, now_ms: int, entropy: Entropy) -> Authority:
    """A self-signed authority for ten years."""
    key = PrivateKey.new()
    name = _name(f"onecard authority {number}", community)
    builder = (
        _builder(name, name, key.public, entropy, now_ms - BEFORE_MS, now_ms + AUTHORITY_LIFE_MS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public), critical=False)
    )
    return Authority(number, _pem(builder.sign(key.signing, hashes.SHA256())), key)


def issue(
    authority: Authority,
    name: str,
    public_key: bytes,
    use: Use,
    life_ms: int,
    now_ms: int,
    entropy: Entropy,
    addresses: tuple[str, ...] = (),
) -> str:
    """A leaf in PEM for a public key (DER); it never outlives its authority. `addresses`: more names of a server.

    A client's begins a little before now, a server's with its authority (see the module).
    """
    key = load_der_public_key(public_key)
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise ValueError("no P-256 key")
    start_ms = now_ms - BEFORE_MS
    if use is not Use.CLIENT:
        start_ms = min(start_ms, authority.from_ms)
    end_ms = min(now_ms + life_ms, authority.until_ms)
    builder = (
        _builder(_name(name), authority.parsed.subject, key, entropy, start_ms, end_ms)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(list(use.value)), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public), critical=False)
        .add_extension(x509.SubjectAlternativeName([_address(one) for one in (name, *addresses)]), critical=False)
    )
    return _pem(builder.sign(authority.key.signing, hashes.SHA256()))


def server_renewal_due(told: Certificate, authority: Authority, now_ms: int) -> bool:
    """Whether a third of a server's life is over, told by its end, and a new certificate would last longer."""
    ends_late = told.until_ms >= authority.until_ms or told.until_ms - now_ms > SERVER_LIFE_MS * 2 // 3
    return told.from_ms > authority.from_ms or not ends_late


def revocation_list(authority: Authority, revoked: dict[str, int], number: int, now_ms: int) -> str:
    """The authority's revocation list in PEM; serial (hex) -> when [ms].

    It is valid as long as its authority: brokers are told of a revocation, they do not ask, and a list that runs out
    by itself would shut every door that is still good.
    """
    parsed = authority.parsed
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(parsed.subject)
        .last_update(_moment(now_ms - BEFORE_MS))
        .next_update(parsed.not_valid_after_utc)
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public), critical=False)
    )
    for serial, at_ms in sorted(revoked.items()):
        entry = x509.RevokedCertificateBuilder().serial_number(int(serial, 16)).revocation_date(_moment(at_ms))
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(authority.key.signing, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    entropy: Entropy,
    start_ms: int,
    end_ms: int,
) -> x509.CertificateBuilder:
    # RFC 5280, 4.1.2.2: positive, at most 20 octets.
    serial = int.from_bytes(entropy(SERIAL_BYTES), "big") | 1
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(serial)
        .not_valid_before(_moment(start_ms))
        .not_valid_after(_moment(end_ms))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common: str, organisation: str = "") -> x509.Name:
    more = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation)] if organisation else []
    return x509.Name([*more, x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _address(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _moment(wall_ms: int) -> datetime:
    return datetime.fromtimestamp(wall_ms // 1000, UTC)


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()
