"""Certificates on the wire, and when a third of a life is over."""

from hypothesis import given
from hypothesis import strategies as st

from card_protocol.wire.identity import (
    BROKER_NAME,
    GATEWAY_LIFE_MS,
    SERVER_NAME,
    CertificateRequest,
    Identity,
    Trust,
    renewal_due,
)
from card_protocol.words.ids import is_slug
from tests.support import strategies as ours
from tests.support.codecs import assert_round_trip, assert_strict

pems = st.from_regex(r"[!-~ \n]{1,80}", fullmatch=True)


@given(st.builds(Identity, certificate=pems, authorities=pems))
def test_identity(identity: Identity) -> None:
    assert_round_trip(identity)
    assert_strict(identity)


@given(st.builds(CertificateRequest, gateway=ours.slugs, request=st.binary(min_size=1, max_size=300).map(bytes.hex)))
def test_certificate_request(request: CertificateRequest) -> None:
    assert_round_trip(request)
    assert_strict(request)


@given(st.builds(Trust, gateway=ours.slugs, authorities=pems, renew=st.booleans()))
def test_trust(trust: Trust) -> None:
    assert_round_trip(trust)
    assert_strict(trust)


def test_no_gateway_can_have_the_name_of_server_or_broker() -> None:
    assert not is_slug(SERVER_NAME)
    assert not is_slug(BROKER_NAME)


def test_a_gateways_certificate_is_renewed_after_thirty_days() -> None:
    thirty = GATEWAY_LIFE_MS // 3
    assert thirty == 30 * 86_400_000
    assert not renewal_due(1000, 1000 + GATEWAY_LIFE_MS, 1000 + thirty - 1)
    assert renewal_due(1000, 1000 + GATEWAY_LIFE_MS, 1000 + thirty)
