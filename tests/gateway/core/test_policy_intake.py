"""Which manifests are followed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.policy.buckets import CardsIndex
from card_protocol.policy.cards_delta import DeltaHead
from card_protocol.policy.rules import PolicyHead
from card_protocol.wire.manifest import Manifest
from card_protocol.wire.offer import Blob, CardsOffer
from card_protocol.words.moment import ClockQuality
from gateway.core.policy_intake import Course, delta_problem, head_problem, index_problem, judge_manifest
from gateway.ports.book import Standing
from tests.gateway.world import COMMUNITY, GATEWAY, MOMENT, NOON_MS

DIGEST, OTHER = "aa" * 32, "bb" * 32


def manifest(version: int = 5, **changed: object) -> Manifest:
    fields = {
        "gateway": GATEWAY,
        "version": version,
        "issued_ms": NOON_MS - 1000,
        "expires_ms": NOON_MS + 1000,
        "head": Blob(sha256=DIGEST, bytes=100),
        "cards": CardsOffer(seq=7, index_seq=3, index=Blob(sha256=OTHER, bytes=100)),
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
        (manifest(5, head=Blob(sha256=OTHER, bytes=100)), AT_FIVE, Course.REFUSE, "another policy under the number 5"),
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
        (head(version=6), "the policy is version 6, its manifest says 5"),
        (head(community="330105009013"), "the policy is for the community 330105009013"),
    ],
)
def test_a_head_is_what_its_manifest_promised(found: PolicyHead, problem: str | None) -> None:
    assert head_problem(manifest(5), found, COMMUNITY) == problem


ELSEWHERE = "330105009013"


@pytest.mark.parametrize(
    ("index", "problem"),
    [
        (CardsIndex(community=COMMUNITY, seq=3, buckets=()), None),
        (CardsIndex(community=COMMUNITY, seq=4, buckets=()), "the index is of state 4, its manifest says 3"),
        (CardsIndex(community=ELSEWHERE, seq=3, buckets=()), f"the index is for the community {ELSEWHERE}"),
    ],
)
def test_an_index_is_what_its_manifest_promised(index: CardsIndex, problem: str | None) -> None:
    assert index_problem(manifest(5), index, COMMUNITY) == problem


def delta(base_seq: int = 3, seq: int = 7, community: str = COMMUNITY) -> DeltaHead:
    return DeltaHead(community=community, base_seq=base_seq, seq=seq, cards=0, gone=0)


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        (delta(), None),
        (delta(base_seq=2), "the delta leads from 2 to 7, not from 3 to 7"),
        (delta(seq=8), "the delta leads from 3 to 8, not from 3 to 7"),
        (delta(community=ELSEWHERE), f"the delta is for the community {ELSEWHERE}"),
    ],
)
def test_a_delta_is_what_its_manifest_promised(found: DeltaHead, problem: str | None) -> None:
    assert delta_problem(manifest(5), found, 3, COMMUNITY) == problem
