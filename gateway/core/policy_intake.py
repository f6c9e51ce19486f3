"""Which policy manifests are followed: newer ones, for this gateway, in time. Never back (design § 6).

That the server signed the manifest was checked before; here it is judged what it asks for.

| it is | answer |
|---|---|
| for another gateway | refuse |
| past its expiry | refuse |
| of a version below the highest ever seen, or below its own `min_version` | refuse: a way back |
| of the version in force, with the same snapshot | keep: a retained message says it again at every connect |
| of the version in force, with another snapshot | refuse: two policies with one number |
| anything else | fetch |
"""

from enum import StrEnum
from typing import NamedTuple

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
        if manifest.snapshot_sha256 == standing.digest:
            return Judgement(Course.KEEP)
        return _refuse(f"another policy under the number {manifest.version}, which is in force")
    return Judgement(Course.FETCH)


def snapshot_problem(manifest: Manifest, head: PolicyHead, community: str) -> str | None:
    """Whether a snapshot whose digest fits is what its manifest promised, or None."""
    if head.version != manifest.version:
        return f"the snapshot is version {head.version}, its manifest says {manifest.version}"
    if head.community != community:
        return f"the snapshot is for the community {head.community}"
    return None


def _refuse(why: str) -> Judgement:
    return Judgement(Course.REFUSE, why)
