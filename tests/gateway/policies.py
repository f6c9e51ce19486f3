"""Policies for tests: heads, cards, and what a server would send of them."""

from collections.abc import Iterable

from card_protocol.policy.rules import AccessLevel, CardEntry, PolicyHead
from card_protocol.policy.snapshot import encode_snapshot, snapshot_digest
from card_protocol.wire.manifest import Manifest
from card_protocol.words.card import CardState
from card_protocol.words.ids import ulid_from_bytes
from card_protocol.words.point import Point, PointKind
from card_protocol.words.revocation import Revocation
from card_protocol.words.schedule import always
from tests.gateway.world import COMMUNITY, GATEWAY, NOON_MS

DAY_MS = 86_400_000
GATE = Point(id="south-gate-in", kind=PointKind.GATE, name_zh="南门", name_en="South gate", area="compound")
HOME = AccessLevel(
    id="home", number=1, name_zh="居民", name_en="Residents", points=frozenset({GATE.id}), schedule="always"
)


def card_id(number: int) -> str:
    return ulid_from_bytes(number.to_bytes(16, "big"))


def card(number: int, **changed: object) -> CardEntry:
    fields = {
        "card_id": card_id(number),
        "uid": f"04{number:012X}",
        "holder": f"{number:016X}",
        "state": CardState.ACTIVE,
        "valid_from_ms": NOON_MS - DAY_MS,
        "valid_to_ms": NOON_MS + DAY_MS,
        "levels": ("home",),
    }
    return CardEntry.model_validate(fields | changed)


def head(version: int = 1, cards: int = 0, **changed: object) -> PolicyHead:
    fields = {
        "version": version,
        "community": COMMUNITY,
        "issued_ms": NOON_MS - DAY_MS,
        "expires_ms": NOON_MS + 30 * DAY_MS,
        "rev_seq": 0,
        "points": (GATE,),
        "levels": (HOME,),
        "schedules": (always("always"),),
        "cards": cards,
    }
    return PolicyHead.model_validate(fields | changed)


def snapshot(version: int, cards: Iterable[CardEntry] = (), **changed: object) -> tuple[Manifest, bytes]:
    """A policy as it travels: its manifest and its bytes."""
    entries = list(cards)
    its_head = head(version, len(entries), **changed)
    data = encode_snapshot(its_head, entries)
    manifest = Manifest(
        gateway=GATEWAY,
        version=version,
        issued_ms=its_head.issued_ms,
        expires_ms=its_head.expires_ms,
        snapshot_sha256=snapshot_digest(data),
        snapshot_bytes=len(data),
        rev_seq=its_head.rev_seq,
    )
    return manifest, data


def revocation(rev_seq: int, number: int, state: CardState = CardState.REVOKED) -> Revocation:
    return Revocation(
        rev_seq=rev_seq, card_id=card_id(number), state=state, at_ms=NOON_MS, expires_ms=NOON_MS + 7 * DAY_MS
    )
