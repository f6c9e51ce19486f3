"""Manifests: bytes, and small enough to be kept by the broker."""

import random

import pytest
from hypothesis import given

from card_protocol.wire.manifest import MANIFEST_MAX_BYTES, Manifest
from card_protocol.wire.offer import DELTAS_MAX, Blob, CardsOffer, DeltaOffer
from card_protocol.wire.sealed import seal
from card_protocol.words.moment import WALL_END_MS
from tests.support.codecs import assert_round_trip, assert_strict
from tests.support.wire_strategies import manifests

MOST = 2**63 - 1


@given(manifests)
def test_round_trip_and_strictness(manifest: Manifest) -> None:
    assert_round_trip(manifest)
    assert_strict(manifest)
    assert manifest.digest == manifest.head.sha256


def largest() -> Manifest:
    dice = random.Random(1)

    def blob() -> Blob:
        return Blob(sha256=dice.randbytes(32).hex(), bytes=MOST - dice.randrange(10**9))

    return Manifest(
        gateway="g" * 63,
        version=MOST,
        min_version=MOST,
        issued_ms=WALL_END_MS - 1,
        expires_ms=WALL_END_MS - 2,
        head=blob(),
        cards=CardsOffer(
            seq=MOST,
            index_seq=MOST,
            index=blob(),
            deltas=tuple(DeltaOffer(base_seq=MOST - n, blob=blob()) for n in range(DELTAS_MAX)),
        ),
        rev_seq=MOST,
        delta=dice.randbytes(192).hex().upper(),
    )


def test_the_largest_manifest_stays_below_its_bound() -> None:
    assert len(seal("manifest", largest(), lambda _: random.Random(2).randbytes(64))) < MANIFEST_MAX_BYTES


@pytest.mark.parametrize("delta", ["00", "00" * 191, "00" * 193, "ab" * 192])
def test_a_delta_of_revocations_has_192_bytes(delta: str) -> None:
    with pytest.raises(ValueError, match="no Manifest: delta"):
        Manifest.from_bytes(largest().model_copy(update={"delta": delta}).to_bytes())
