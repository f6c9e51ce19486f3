"""Which policy manifests are followed: newer ones, for this gateway, in time. Never back (design § 6).

That the server signed the manifest was checked before; here it is judged what it asks for.

| it is | answer |
|---|---|
| for another gateway | refuse |
| past its expiry | refuse |
| of a version below the highest ever seen, or below its own `min_version` | refuse: a way back |
| of the version in force, with the same digest | keep: a retained message says it again at every connect |
| of the version in force, with another digest | refuse: two policies with one number |
| anything else | fetch |
"""

from enum import StrEnum
from typing import NamedTuple

from card_protocol.policy.buckets import CardsIndex
from card_protocol.policy.cards_delta import DeltaHead
from card_protocol.policy.rules import PolicyHead
from card_protocol.wire.manifest import Manifest
from card_protocol.words.moment import ClockQuality, Moment
from gateway.ports.book import Standing


class Course(StrEnum):
    """What to do about a manifest."""

    FETCH = "fetch"
    KEEP = "keep"
    REFUSE = "refuse"


class Judgement(NamedTuple):
    """The course, and why it is refused."""

    course: Course
    why: str = ""


def judge_manifest(manifest: Manifest, gateway: str, standing: Standing, moment: Moment) -> Judgement:
    """Follow a manifest or not."""
    if manifest.gateway != gateway:
        return _refuse(f"a manifest for the gateway {manifest.gateway}")
    if moment.clock is not ClockQuality.UNKNOWN and moment.wall_ms >= manifest.expires_ms:
        return _refuse(f"policy version {manifest.version} has expired")
    if manifest.version < max(standing.highest, manifest.min_version):
        highest = max(standing.highest, manifest.min_version)
        return _refuse(f"policy version {manifest.version} is older than version {highest}, which is known already")
    if manifest.version == standing.version:
        if manifest.digest == standing.digest:
            return Judgement(Course.KEEP)
        return _refuse(f"another policy under the number {manifest.version}, which is in force")
    return Judgement(Course.FETCH)


def head_problem(manifest: Manifest, head: PolicyHead, community: str) -> str | None:
    """What is wrong with a head whose digest fits, beside what its manifest promised; None when it is right."""
    if head.version != manifest.version:
        return f"the policy is version {head.version}, its manifest says {manifest.version}"
    if head.community != community:
        return f"the policy is for the community {head.community}"
    return None


def index_problem(manifest: Manifest, index: CardsIndex, community: str) -> str | None:
    """The same for an index of cards."""
    if index.seq != manifest.cards.index_seq:
        return f"the index is of state {index.seq}, its manifest says {manifest.cards.index_seq}"
    if index.community != community:
        return f"the index is for the community {index.community}"
    return None


def delta_problem(manifest: Manifest, delta: DeltaHead, base_seq: int, community: str) -> str | None:
    """The same for a delta of cards from `base_seq`."""
    if (delta.base_seq, delta.seq) != (base_seq, manifest.cards.seq):
        return f"the delta leads from {delta.base_seq} to {delta.seq}, not from {base_seq} to {manifest.cards.seq}"
    if delta.community != community:
        return f"the delta is for the community {delta.community}"
    return None


def _refuse(why: str) -> Judgement:
    return Judgement(Course.REFUSE, why)
