"""Which manifests are followed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.policy.rules import PolicyHead
from card_protocol.wire.manifest import Manifest
from card_protocol.words.moment import ClockQuality
from gateway.core.policy_intake import Course, judge_manifest, snapshot_problem
from gateway.ports.book import Standing
from tests.gateway.world import COMMUNITY, GATEWAY, MOMENT, NOON_MS

DIGEST, OTHER = "aa" * 32, "bb" * 32


def manifest(version: int = 5, **changed: object) -> Manifest:
    fields = {
        "gateway": GATEWAY,
        "version": version,
        "issued_ms": NOON_MS - 1000,
        "expires_ms": NOON_MS + 1000,
        "snapshot_sha256": DIGEST,
        "snapshot_bytes": 100,
        "rev_seq": 0,
    }
    return Manifest.model_validate(fields | changed)


AT_FIVE = Standing(version=5, digest=DIGEST, highest=5, rev_seq=0)


@pytest.mark.parametrize(
    ("asked", "standing", "course", "why"),
    [
        (manifest(1), Standing(), Course.FETCH, ""),
        (manifest(6), AT_FIVE, Course.FETCH, ""),
        (manifest(5), AT_FIVE, Course.KEEP, ""),
        (manifest(5), Standing(version=4, digest=OTHER, highest=5), Course.FETCH, ""),
        (manifest(5, snapshot_sha256=OTHER), AT_FIVE, Course.REFUSE, "another policy under the number 5"),
        (manifest(4), AT_FIVE, Course.REFUSE, "older than version 5"),
        (manifest(4), Standing(version=3, digest=OTHER, highest=5), Course.REFUSE, "older than version 5"),
        (manifest(4, min_version=9), Standing(), Course.REFUSE, "older than version 9"),
        (manifest(6, gateway="elsewhere"), AT_FIVE, Course.REFUSE, "for the gateway elsewhere"),
        (manifest(6, expires_ms=NOON_MS), AT_FIVE, Course.REFUSE, "has expired"),
    ],
)
def test_a_manifest_is_judged(asked: Manifest, standing: Standing, course: Course, why: str) -> None:
    judged = judge_manifest(asked, GATEWAY, standing, MOMENT)
    assert judged.course is course
    assert why in judged.why


def test_a_box_that_does_not_know_the_time_does_not_judge_by_it() -> None:
    lost = MOMENT.model_copy(update={"clock": ClockQuality.UNKNOWN})
    assert judge_manifest(manifest(6, expires_ms=1), GATEWAY, AT_FIVE, lost).course is Course.FETCH


@given(st.lists(st.integers(1, 50), max_size=40))
def test_the_version_in_force_never_sinks(versions: list[int]) -> None:
    standing = Standing()
    for version in versions:
        if judge_manifest(manifest(version), GATEWAY, standing, MOMENT).course is Course.FETCH:
            assert version >= standing.highest
            standing = Standing(version, DIGEST, version, 0)
    assert standing.version == max(versions, default=0)


def head(**changed: object) -> PolicyHead:
    fields = {
        "version": 5,
        "community": COMMUNITY,
        "issued_ms": NOON_MS,
        "expires_ms": NOON_MS + 1000,
        "rev_seq": 0,
        "points": (),
        "levels": (),
        "schedules": (),
        "cards": 0,
    }
    return PolicyHead.model_validate(fields | changed)


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        (head(), None),
        (head(version=6), "the snapshot is version 6, its manifest says 5"),
        (head(community="330105009013"), "the snapshot is for the community 330105009013"),
    ],
)
def test_a_snapshot_is_what_its_manifest_promised(found: PolicyHead, problem: str | None) -> None:
    assert snapshot_problem(manifest(5), found, COMMUNITY) == problem
