"""Policies: compiled from the tables in one moment, versioned, signed, one for each gateway (design § 6).

Compiling reads one snapshot of the data base and hinders nobody; storing is a short transaction. Every gateway hears
of every card of the community: a card without a right here must be told "wrong point", not "unknown".
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from card_protocol.policy.lines import pack_word
from card_protocol.policy.rules import PolicyHead
from card_protocol.wire.manifest import Manifest
from card_protocol.wire.sealed import seal
from server.services.access import past
from server.services.cards import revocations
from server.services.cards.revocations import POLICY_LIFE_MS
from server.services.keys.keystore import Keystore
from server.services.policies import card_entries, cards_offer, heads
from server.services.policies.cards_offer import DELTAS_KEPT, HEADS_KEPT, Edition, Piece
from server.services.work import SYSTEM, Transactions, Work
from server.tables import GatewayRow, PolicyVersionRow

STORE_AT_ONCE = 20
"""Gateways in one transaction: on SQLite nobody else writes meanwhile, and a revocation must not wait long."""

VERSION_COUNTER = "policy"

TAKEN_WITHIN_MS = 10_000
"""After that a gateway that does not have its policy is told of it again."""


@dataclass(frozen=True)
class Published:
    """A policy that a gateway should hold: the sealed manifest goes out retained."""

    gateway: str
    version: int
    manifest: bytes
    fresh: bool
    """False when nothing has changed and the last one still stands."""


@dataclass(frozen=True)
class _Compiled:
    """What one moment says: for gateways where it says something new, and the last word for the others."""

    rev_seq: int
    carried: bytes
    edition: Edition
    fresh: dict[str, tuple[PolicyHead, str]]
    standing: list[Published]


def publish(transactions: Transactions, keystore: Keystore, names: Sequence[str]) -> list[Published]:
    """Compile the policies of some gateways; new versions where they say something new or half their life is over."""
    now_ms = transactions.clock()
    with transactions.snapshot() as session:
        compiled = _compile(session, keystore, names, now_ms)
    if not compiled.fresh:
        return compiled.standing
    fresh: list[Published] = []
    waiting = list(compiled.fresh)
    for first in range(0, len(waiting), STORE_AT_ONCE):
        with transactions.work(SYSTEM) as work:
            if first == 0:
                _store_cards(work, keystore, compiled.edition)
            fresh += _store(work, keystore, compiled, waiting[first : first + STORE_AT_ONCE])
    return [*compiled.standing, *fresh]


def newest(session: Session, gateway_id: str) -> PolicyVersionRow | None:
    """The last published policy of a gateway."""
    statement = select(PolicyVersionRow).where(PolicyVersionRow.gateway_id == gateway_id)
    return session.exec(statement.order_by(col(PolicyVersionRow.version).desc()).limit(1)).first()


def _compile(session: Session, keystore: Keystore, names: Sequence[str], now_ms: int) -> _Compiled:
    rev_seq = revocations.newest(session)
    seq = card_entries.newest(session)
    fresh: dict[str, tuple[PolicyHead, str]] = {}
    standing = []
    for name, head in heads.heads(session, keystore.community, names, now_ms, rev_seq).items():
        digest = _content_digest(head, seq)
        last = newest(session, name)
        if last is not None and last.content_sha256 == digest and now_ms < last.issued_ms + POLICY_LIFE_MS // 2:
            standing.append(Published(name, last.version, last.manifest, fresh=False))
        else:
            fresh[name] = head, digest
    return _Compiled(
        rev_seq,
        revocations.carried(session, keystore.community, now_ms, keystore.grants.sign),
        cards_offer.edition(session, keystore.community, now_ms),
        fresh,
        standing,
    )


def lagging(session: Session, names: Sequence[str], now_ms: int) -> list[PolicyVersionRow]:
    """The last policies of those of the gateways that say to have an older one, although theirs is out for a while."""
    version, gateway = col(PolicyVersionRow.version), col(PolicyVersionRow.gateway_id)
    last = select(gateway, func.max(version).label("version")).where(gateway.in_(names)).group_by(gateway).subquery()
    behind = select(PolicyVersionRow).join(last, (gateway == last.c.gateway_id) & (version == last.c.version))
    behind = behind.join(GatewayRow, (col(GatewayRow.id) == gateway) & (col(GatewayRow.policy_version) < version))
    return list(session.exec(behind.where(PolicyVersionRow.issued_ms <= now_ms - TAKEN_WITHIN_MS)))


def _store_cards(work: Work, keystore: Keystore, edition: Edition) -> None:
    """What all gateways share, before the first of them hears of it."""
    cards_offer.keep(work.session, keystore.community, edition.pieces, edition.base, work.now_ms)
    cards_offer.forget(work.session, keystore.community, "delta", DELTAS_KEPT)
    past.forget(work.session, work.now_ms)


def _store(work: Work, keystore: Keystore, compiled: _Compiled, names: Sequence[str]) -> list[Published]:
    edition = compiled.edition
    published = []
    for name in names:
        draft, digest = compiled.fresh[name]
        version = work.next_number(VERSION_COUNTER)
        head = draft.model_copy(update={"version": version, "cards": edition.cards})
        piece = Piece("head", pack_word(head), name)
        cards_offer.keep(work.session, keystore.community, [piece], None, work.now_ms)
        cards_offer.forget(work.session, keystore.community, "head", HEADS_KEPT, name)
        manifest = Manifest(
            gateway=name,
            version=version,
            issued_ms=head.issued_ms,
            expires_ms=head.expires_ms,
            head=piece.blob,
            cards=edition.offer,
            rev_seq=compiled.rev_seq,
            delta=compiled.carried.hex().upper(),
        )
        sealed = seal("manifest", manifest, keystore.server.sign)
        _remember(work.session, manifest, digest, sealed, past.keep_head(work.session, head))
        work.tell("policy", {"gateway": name, "version": version})
        published.append(Published(name, version, sealed, fresh=True))
    return published


def _content_digest(head: PolicyHead, cards_seq: int) -> str:
    """Of everything that matters: two policies that differ in version and times alone have the same."""
    plain = head.model_copy(update={"version": 1, "issued_ms": 0, "expires_ms": 0}).to_bytes()
    return hashlib.sha256(plain + b"\n" + str(cards_seq).encode()).hexdigest()


def _remember(session: Session, manifest: Manifest, digest: str, sealed: bytes, kept: str) -> None:
    session.add(
        PolicyVersionRow(
            gateway_id=manifest.gateway,
            version=manifest.version,
            content_sha256=digest,
            rev_seq=manifest.rev_seq,
            cards_seq=manifest.cards.seq,
            issued_ms=manifest.issued_ms,
            expires_ms=manifest.expires_ms,
            manifest=sealed,
            past=kept,
        )
    )
    session.flush()
