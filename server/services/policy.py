"""Policies: what each gateway is told, compiled from the tables, versioned, signed (design § 6).

A gateway gets the points that it serves, the access levels that open one of them, and every card of the
community: a card without a right here must hear "wrong point", not "unknown".
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, true
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from card_protocol.policy.rules import AccessLevel, CardEntry, PolicyHead
from card_protocol.policy.snapshot import encode_snapshot, snapshot_digest
from card_protocol.wire.manifest import Manifest
from card_protocol.wire.sealed import seal
from card_protocol.words.card import CardState
from server.services import access, revocations
from server.services.gateways import row_of
from server.services.keystore import Keystore
from server.services.revocations import POLICY_LIFE_MS
from server.services.work import Work
from server.tables import PolicyVersionRow, Row, SnapshotRow
from server.tables.card import entry_of

VERSION_COUNTER = "policy"
KEPT_SNAPSHOTS = 3
"""A gateway that is still fetching an older snapshot must be able to finish."""

READ_ROWS = 2000

_CARDS, _HOLDERS, _LINKS = (Row.metadata.tables[name] for name in ("card", "holder", "card_level"))


@dataclass(frozen=True)
class Published:
    """A policy that a gateway should hold: the sealed manifest goes out retained."""

    gateway: str
    version: int
    manifest: bytes
    fresh: bool
    """False when nothing has changed and the last one still stands."""


def publish(work: Work, keystore: Keystore, gateway_id: str) -> Published:
    """Compile a gateway's policy; a new version when it says something new or half of its life is over.

    Takes the lock on the revocation counter first: what the cards' states then say contains every revocation up
    to `rev_seq`, and none is numbered before this commits.
    """
    rev_seq = revocations.newest(work.session, lock=True)
    cards = list(entries(work.session, row_of(work.session, gateway_id).org))
    draft = _head(work, keystore, gateway_id, rev_seq, len(cards))
    digest = _content_digest(draft, cards)
    last = newest(work.session, gateway_id)
    if last is not None and last.content_sha256 == digest and work.now_ms < last.issued_ms + POLICY_LIFE_MS // 2:
        return Published(gateway_id, last.version, last.manifest, fresh=False)
    head = draft.model_copy(update={"version": work.next_number(VERSION_COUNTER)})
    data = encode_snapshot(head, cards)
    manifest = Manifest(
        gateway=gateway_id,
        version=head.version,
        issued_ms=head.issued_ms,
        expires_ms=head.expires_ms,
        snapshot_sha256=snapshot_digest(data),
        snapshot_bytes=len(data),
        rev_seq=rev_seq,
    )
    sealed = seal("manifest", manifest, keystore.server.sign)
    _store(work.session, manifest, digest, len(cards), sealed, data)
    work.tell("policy", {"gateway": gateway_id, "version": head.version})
    return Published(gateway_id, head.version, sealed, fresh=True)


def newest(session: Session, gateway_id: str) -> PolicyVersionRow | None:
    """The last published policy of a gateway."""
    statement = select(PolicyVersionRow).where(PolicyVersionRow.gateway_id == gateway_id)
    return session.exec(statement.order_by(col(PolicyVersionRow.version).desc()).limit(1)).first()


def snapshot(session: Session, gateway_id: str, sha256: str) -> bytes | None:
    """The bytes of a snapshot of this gateway that is still kept."""
    statement = select(SnapshotRow.data).where(SnapshotRow.gateway_id == gateway_id, SnapshotRow.sha256 == sha256)
    return session.exec(statement).first()


def entries(session: Session, org: str) -> Iterator[CardEntry]:
    """All cards of a community that a gateway should know, in the order of their ids."""
    return _entries(session, _CARDS.c.org == org, true())


def entry(session: Session, card_id: str) -> CardEntry | None:
    """One card as a gateway should know it; None for one in stock."""
    return next(_entries(session, _CARDS.c.id == card_id, _LINKS.c.card_id == card_id), None)


def _entries(session: Session, which: ColumnElement[bool], links_too: ColumnElement[bool]) -> Iterator[CardEntry]:
    links: defaultdict[str, list[str]] = defaultdict(list)
    for card_id, level_id in session.execute(core_select(_LINKS.c.card_id, _LINKS.c.level_id).where(links_too)):
        links[card_id].append(level_id)
    columns = (_CARDS.c.id, _CARDS.c.uid, _HOLDERS.c.pseudonym, _CARDS.c.state)
    statement = (
        core_select(*columns, _CARDS.c.valid_from_ms, _CARDS.c.valid_to_ms)
        .join(_HOLDERS, _HOLDERS.c.id == _CARDS.c.holder_id)
        .where(which, _CARDS.c.state != CardState.STOCK.value)
        .order_by(_CARDS.c.id)
        .execution_options(yield_per=READ_ROWS)
    )
    for card_id, uid, pseudonym, state, starts, ends in session.execute(statement):
        yield entry_of(card_id, uid, pseudonym, state, (starts, ends), tuple(sorted(links[card_id])))


def _head(work: Work, keystore: Keystore, gateway_id: str, rev_seq: int, cards: int) -> PolicyHead:
    points = access.point_words(work.session, gateway_id)
    here = frozenset(point.id for point in points)
    levels = [level for level in access.levels(work.session) if level.points & here]
    wanted = {level.schedule for level in levels}
    return PolicyHead(
        version=1,
        community=keystore.community,
        issued_ms=work.now_ms,
        expires_ms=work.now_ms + POLICY_LIFE_MS,
        rev_seq=rev_seq,
        points=tuple(points),
        levels=tuple(_cut_to(level, here) for level in levels),
        schedules=tuple(s for s in access.schedules(work.session) if s.id in wanted),
        calendar=access.calendar_of(work.session),
        cards=cards,
    )


def _cut_to(level: AccessLevel, here: frozenset[str]) -> AccessLevel:
    return level.model_copy(update={"points": level.points & here})


def _content_digest(head: PolicyHead, cards: list[CardEntry]) -> str:
    """Of everything that matters: two policies that differ in version and times alone have the same."""
    content = hashlib.sha256(head.model_copy(update={"version": 1, "issued_ms": 0, "expires_ms": 0}).to_bytes())
    for card in cards:
        content.update(b"\n" + card.to_bytes())
    return content.hexdigest()


def _store(session: Session, manifest: Manifest, digest: str, cards: int, sealed: bytes, data: bytes) -> None:
    session.add(
        PolicyVersionRow(
            gateway_id=manifest.gateway,
            version=manifest.version,
            content_sha256=digest,
            snapshot_sha256=manifest.snapshot_sha256,
            snapshot_bytes=manifest.snapshot_bytes,
            rev_seq=manifest.rev_seq,
            cards=cards,
            issued_ms=manifest.issued_ms,
            expires_ms=manifest.expires_ms,
            manifest=sealed,
        )
    )
    session.add(
        SnapshotRow(gateway_id=manifest.gateway, version=manifest.version, sha256=manifest.snapshot_sha256, data=data)
    )
    session.flush()
    kept = select(SnapshotRow.version).where(SnapshotRow.gateway_id == manifest.gateway)
    oldest = list(session.exec(kept.order_by(col(SnapshotRow.version).desc()).limit(KEPT_SNAPSHOTS)))[-1]
    session.execute(
        delete(SnapshotRow).where(col(SnapshotRow.gateway_id) == manifest.gateway, col(SnapshotRow.version) < oldest)
    )
