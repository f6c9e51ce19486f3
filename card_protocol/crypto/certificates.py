"""X.509 (RFC 5280) as both ends read it: certificates, requests (PKCS #10, RFC 2986) and the marks that people compare.

Only EC P-256 keys and only what we issue ourselves. Making keys and signing with them is the business of who holds
them: `gateway.drivers.tls_files` and `server.services.keys.certificates`.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

AUTHORITIES_MAX: Final = 8
"""Two overlap while one takes over from the other; more is a mistake."""

SHORT_DIGITS: Final = 16
"""64 bits: read aloud and compared by two people, of whom one has just used a one-time claim."""
LONG_DIGITS: Final = 32
"""128 bits: typed or copied once, and then everything hangs on it."""


@dataclass(frozen=True)
class Certificate:
    """What a certificate says. `key` is the SubjectPublicKeyInfo in DER; `serial` lower-case hex without leading 0."""

    name: str
    serial: str
    key: bytes
    issuer: bytes
    """The key identifier of who signed it."""
    from_ms: int
    until_ms: int


def certificate_in(pem: str) -> Certificate:
    """The first certificate of a PEM text; ValueError when there is none of ours."""
    return _told(_parsed(pem)[0])


def authorities_in(pem: str) -> list[str]:
    """The certificates of a bundle, each in PEM; ValueError unless all of them are authorities of ours."""
    found = _parsed(pem)
    if len(found) > AUTHORITIES_MAX:
        raise ValueError(f"{len(found)} authorities are more than {AUTHORITIES_MAX}")
    for one in found:
        try:
            is_authority = one.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        except x509.ExtensionNotFound:
            is_authority = False
        if not is_authority:
            raise ValueError("one of the certificates is no authority's")
        _told(one)
    return [one.public_bytes(Encoding.PEM).decode() for one in found]


def key_in_request(der: bytes) -> bytes:
    """The public key (SubjectPublicKeyInfo, DER) that a request asks a certificate for.

    ValueError unless it is a P-256 key and the request was signed with it: who asks holds the private half.
    """
    try:
        request = x509.load_der_x509_csr(der)
        key = request.public_key()
        if not _is_p256(key) or not request.is_signature_valid:
            raise ValueError
    except (ValueError, InvalidSignature, TypeError):
        raise ValueError("no certificate request with a P-256 key that signed it") from None
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def authority_mark(pem: str) -> str:
    """What an installer types on the box to know the server by: 128 bits of the authority's key."""
    return in_groups(sha256(b"onecard.authority.v1\x00" + _told(_parsed(pem)[0]).key).hexdigest()[:LONG_DIGITS])


def box_mark(*public_keys: bytes) -> str:
    """What box and server show of a box while an operator confirms it: 64 bits over all its keys, in their order."""
    digest = sha256(b"onecard.box.v1")
    for key in public_keys:
        digest.update(len(key).to_bytes(4, "big") + key)
    return in_groups(digest.hexdigest()[:SHORT_DIGITS])


def same_mark(one: str, other: str) -> bool:
    """Whether two marks are the same, however they were typed."""
    return _plain(one) == _plain(other) != ""


def in_groups(digits: str) -> str:
    """Four by four, as they are read aloud."""
    return "-".join(digits[at : at + 4] for at in range(0, len(digits), 4)).upper()


def _plain(mark: str) -> str:
    return "".join(mark.split()).replace("-", "").replace(":", "").upper()


def _parsed(pem: str) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(pem.encode())
    except ValueError:
        raise ValueError("no certificate in PEM") from None


def _told(certificate: x509.Certificate) -> Certificate:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    key = certificate.public_key()
    if len(names) != 1 or not _is_p256(key):
        raise ValueError("the certificate is none of ours: one common name and a P-256 key are wanted")
    try:
        issuer = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    except x509.ExtensionNotFound:
        issuer = None
    return Certificate(
        name=str(names[0].value),
        serial=serial_text(certificate.serial_number),
        key=key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        issuer=issuer or b"",
        from_ms=_ms(certificate.not_valid_before_utc),
        until_ms=_ms(certificate.not_valid_after_utc),
    )


def serial_text(number: int) -> str:
    """A serial number as it is kept: lower-case hex without a leading zero."""
    return f"{number:x}"


def _is_p256(key: object) -> bool:
    return isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000
