"""Enrolment: bytes, and what is no key and no claim."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from pydantic import ValidationError

from card_protocol.crypto.certificates import box_mark
from card_protocol.wire.enrol import Enrolment, EnrolRequest
from tests.support.codecs import assert_round_trip, assert_strict
from tests.support.wire_strategies import enrol_requests, enrolments

KEY = "ab" * 32


@given(enrol_requests)
def test_request_round_trip_and_strictness(request_word: EnrolRequest) -> None:
    assert_round_trip(request_word)
    assert_strict(request_word)


@given(enrolments)
def test_enrolment_round_trip_and_strictness(enrolment: Enrolment) -> None:
    assert_round_trip(enrolment)
    assert_strict(enrolment)


@pytest.mark.parametrize("claim", ["x" * 15, "x" * 129, *("x" * 16 + end for end in ("\n", "\x00", " x", "门"))])
def test_what_is_no_claim(claim: str) -> None:
    with pytest.raises(ValidationError) as caught:
        EnrolRequest(claim=claim, signing_key=KEY, box_key=KEY, tls_request="30")
    assert "xxx" not in str(caught.value)


@pytest.mark.parametrize("key", ["", KEY[2:], KEY + "ab", KEY.upper(), KEY + "\n", "g" * 64])
def test_what_is_no_public_key(key: str) -> None:
    with pytest.raises(ValidationError):
        EnrolRequest(claim="x" * 16, signing_key=key, box_key=KEY, tls_request="30")


def test_the_mark_is_of_all_three_keys() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())
    asked = EnrolRequest(
        claim="x" * 16, signing_key=KEY, box_key="cd" * 32, tls_request=request.public_bytes(Encoding.DER).hex()
    )
    assert asked.tls_key == key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert asked.mark == box_mark(b"\xab" * 32, b"\xcd" * 32, asked.tls_key)
    with pytest.raises(ValueError, match="no certificate request"):
        _ = asked.model_copy(update={"tls_request": "30"}).mark


@pytest.mark.parametrize("wrapped", ["", "a", "AB", "ab" * 4097])
def test_what_is_no_wrapped_bundle(wrapped: str) -> None:
    with pytest.raises(ValidationError):
        Enrolment(gateway="g", community="330105009012", server_key=KEY, grant_key=KEY, wrapped_keys=wrapped)
