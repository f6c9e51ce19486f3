"""Requests of renewal: bytes and the path."""

from hypothesis import given
from hypothesis import strategies as st

from card_protocol.wire.renewal import RENEWAL_PATH, RenewalRequest
from tests.support import strategies as ours
from tests.support.codecs import assert_round_trip, assert_strict

requests = st.builds(
    RenewalRequest, gateway=ours.slugs, point=ours.slugs, card_id=ours.ulids, uid=ours.uids, at_ms=ours.wall_times
)


@given(requests)
def test_round_trip_and_strictness(asked: RenewalRequest) -> None:
    assert_round_trip(asked)
    assert_strict(asked)


def test_the_path() -> None:
    assert RENEWAL_PATH.format(gateway="gw-1") == "/api/v1/gateways/gw-1/renewals"
