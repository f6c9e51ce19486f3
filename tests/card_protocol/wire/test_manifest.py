"""Manifests: bytes, and small enough to be kept by the broker."""

import random

from hypothesis import given

from card_protocol.wire.manifest import MANIFEST_MAX_BYTES, SNAPSHOT_PATH, Manifest, SnapshotRequest
from card_protocol.wire.sealed import seal
from card_protocol.words.moment import WALL_END_MS
from tests.support.codecs import assert_round_trip, assert_strict
from tests.support.wire_strategies import manifests, snapshot_requests


@given(manifests)
def test_round_trip_and_strictness(manifest: Manifest) -> None:
    assert_round_trip(manifest)
    assert_strict(manifest)


@given(snapshot_requests)
def test_request_round_trip_and_strictness(request_word: SnapshotRequest) -> None:
    assert_round_trip(request_word)
    assert_strict(request_word)


def test_the_largest_manifest_stays_below_its_bound() -> None:
    most = 2**63 - 1
    largest = Manifest(
        gateway="g" * 63,
        version=most,
        min_version=most,
        issued_ms=WALL_END_MS - 1,
        expires_ms=WALL_END_MS - 1,
        snapshot_sha256="f" * 64,
        snapshot_bytes=most,
        rev_seq=most,
        delta=random.Random(1).randbytes(192).hex().upper(),
    )
    assert len(seal("manifest", largest, lambda _: bytes(range(64)))) < MANIFEST_MAX_BYTES


def test_the_path_of_a_snapshot() -> None:
    path = SNAPSHOT_PATH.format(gateway="gw-1", sha256="ab" * 32)
    assert path == "/api/v1/gateways/gw-1/snapshots/" + "ab" * 32
