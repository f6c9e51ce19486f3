"""Certificates as both ends read them; made by the server's own code, with bytes of others as referee."""

import datetime
import os

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.crypto.certificates import (
    AUTHORITIES_MAX,
    authorities_in,
    authority_mark,
    box_mark,
    certificate_in,
    in_groups,
    key_in_request,
    same_mark,
    serial_text,
)
from server.services.keys.certificates import PrivateKey, Use, issue, new_authority

NOW_MS = 1_772_323_200_000
AUTHORITY = new_authority("330105008001", 1, NOW_MS, os.urandom)
KEY = PrivateKey.new()
LEAF = issue(AUTHORITY, "g-1", KEY.public_der, Use.CLIENT, 1000 * 3600, NOW_MS, os.urandom)
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])


def request_of(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return (
        x509.CertificateSigningRequestBuilder().subject_name(NAME).sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
    )


def self_made(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, *names: str, authority: bool | None = None) -> str:
    """A certificate by nobody; `authority` None leaves the basic constraints out."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one) for one in names])
    when = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, when, when + datetime.timedelta(1))
    if authority is not None:
        builder = builder.add_extension(x509.BasicConstraints(authority, None), critical=True)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def test_what_a_certificate_says() -> None:
    told = certificate_in(LEAF)
    assert (told.name, told.key, told.issuer) == ("g-1", KEY.public_der, AUTHORITY.identifier)
    assert told.from_ms < NOW_MS
    assert told.until_ms == NOW_MS + 1000 * 3600
    assert told.serial == serial_text(x509.load_pem_x509_certificate(LEAF.encode()).serial_number)


@pytest.mark.parametrize(
    "text", ["", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "\u95e8"]
)
def test_what_is_no_certificate(text: str) -> None:
    for read in (certificate_in, authorities_in, authority_mark):
        with pytest.raises(ValueError, match="certificate"):
            read(text)


def test_authorities_are_told_from_leaves_and_bounded() -> None:
    other = new_authority("330105008001", 2, NOW_MS, os.urandom)
    assert authorities_in(AUTHORITY.certificate + other.certificate) == [AUTHORITY.certificate, other.certificate]
    with pytest.raises(ValueError, match="no authority's"):
        authorities_in(AUTHORITY.certificate + LEAF)
    with pytest.raises(ValueError, match="more than"):
        authorities_in(AUTHORITY.certificate * (AUTHORITIES_MAX + 1))


def test_certificates_of_others() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    assert (certificate_in(self_made(key, "x")).name, certificate_in(self_made(key, "x")).issuer) == ("x", b"")
    for foreign in (self_made(key), self_made(key, "x", "y"), self_made(rsa.generate_private_key(65537, 2048), "x")):
        with pytest.raises(ValueError, match="none of ours"):
            certificate_in(foreign)
    for authority in (None, False):
        with pytest.raises(ValueError, match="no authority's"):
            authorities_in(self_made(key, "x", authority=authority))


def test_a_request_is_for_the_key_that_signed_it() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    ours = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    der = request_of(key)
    assert key_in_request(der) == ours
    altered = bytearray(der)
    altered[-1] ^= 1
    for wrong in (
        bytes(altered),
        b"",
        b"\x00",
        request_of(ec.generate_private_key(ec.SECP384R1())),
        request_of(rsa.generate_private_key(65537, 2048)),
    ):
        with pytest.raises(ValueError, match="no certificate request"):
            key_in_request(wrong)


def test_marks_are_of_the_keys_alone() -> None:
    assert authority_mark(AUTHORITY.certificate) == authority_mark(AUTHORITY.certificate + LEAF)
    assert len(authority_mark(AUTHORITY.certificate)) == 39
    assert box_mark(b"a", b"b", b"c") == "F63B-0947-CCC6-6A32"
    assert (
        len({box_mark(b"a", b"b", b"c"), box_mark(b"ab", b"", b"c"), box_mark(b"a", b"bc"), box_mark(b"b", b"a", b"c")})
        == 4
    )


@given(st.text("0123456789ABCDEF", min_size=1, max_size=40))
def test_a_mark_is_the_same_however_it_is_typed(digits: str) -> None:
    shown = in_groups(digits)
    assert same_mark(shown, digits.lower())
    assert same_mark(shown, " ".join(digits))
    assert not same_mark(shown, shown + "0")
    assert not same_mark("", "")
