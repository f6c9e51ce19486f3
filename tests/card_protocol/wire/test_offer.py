"""Offers of cards: bytes, and which delta leads where."""

import pytest
from hypothesis import given
from pydantic import ValidationError

from card_protocol.wire.offer import BLOB_PATH, DELTAS_MAX, Blob, BlobRequest, CardsOffer, DeltaOffer
from tests.support.codecs import assert_round_trip, assert_strict
from tests.support.wire_strategies import blob_requests, cards_offers


def blob(number: int) -> Blob:
    return Blob(sha256=f"{number:064x}", bytes=number)


OFFER = CardsOffer(
    seq=9,
    index_seq=5,
    index=blob(1),
    deltas=(DeltaOffer(base_seq=5, blob=blob(2)), DeltaOffer(base_seq=3, blob=blob(3))),
)


@given(cards_offers)
def test_round_trip_and_strictness(offer: CardsOffer) -> None:
    assert_round_trip(offer)
    assert_strict(offer)


@given(blob_requests)
def test_request_round_trip_and_strictness(asked: BlobRequest) -> None:
    assert_round_trip(asked)
    assert_strict(asked)


def test_a_delta_leads_on_from_where_it_begins() -> None:
    assert OFFER.delta_from(5) == blob(2)
    assert OFFER.delta_from(3) == blob(3)
    assert OFFER.delta_from(9) is None
    assert OFFER.delta_from(4) is None


@pytest.mark.parametrize(
    ("base_seq", "reaches"), [(9, True), (5, True), (3, True), (4, False), (0, False), (10, False)]
)
def test_who_needs_no_other_buckets(base_seq: int, reaches: bool) -> None:
    assert OFFER.reaches(base_seq) is reaches


def test_an_offer_is_bounded() -> None:
    many = tuple(DeltaOffer(base_seq=n, blob=blob(n + 1)) for n in range(DELTAS_MAX + 1))
    with pytest.raises(ValidationError):
        CardsOffer(seq=9, index_seq=5, index=blob(1), deltas=many)


def test_the_path_of_a_blob() -> None:
    assert BLOB_PATH.format(gateway="gw-1", sha256="ab" * 32) == "/api/v1/gateways/gw-1/blobs/" + "ab" * 32
