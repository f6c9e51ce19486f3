"""What gateways are offered of the cards: an index of buckets now and then, deltas from it ever after.

A change of cards makes a delta from each index that is kept, and its cost is that of the changes since then, however
many cards there are. When there have been many, a new index is made: its buckets that did not change are the same
bytes under the same digest, which gateways have already.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete
from sqlmodel import Session, col, select

from card_protocol.policy.buckets import (
    BUCKETS_MAX,
    CardsIndex,
    decode_index,
    encode_bucket,
    encode_index,
    split,
)
from card_protocol.policy.cards_delta import CardsDelta, DeltaHead, encode_delta
from card_protocol.policy.lines import digest_of
from card_protocol.wire.offer import DELTAS_MAX, Blob, CardsOffer, DeltaOffer
from server.services.policies import card_entries
from server.tables import BlobRow, CardsBaseRow

INDEX_AFTER_CHANGES = 1000
"""A new index is made after so many changes, or after a two-hundredth of all cards, whichever is more."""

INDEX_AFTER_MOST_CHANGES = 5000
DELTAS_KEPT = 20
HEADS_KEPT = 3
BASES_KEPT = DELTAS_MAX - 1
"""A gateway that was away for a while still finds a delta from the index that it knows."""


@dataclass(frozen=True)
class Piece:
    """Bytes to be kept under their digest."""

    kind: str
    data: bytes
    gateway_id: str | None = None

    @property
    def blob(self) -> Blob:
        """How a manifest names them."""
        return Blob(sha256=digest_of(self.data), bytes=len(self.data))


@dataclass
class Edition:
    """The offer, the pieces that it needs, and the new index if one was made."""

    offer: CardsOffer
    cards: int
    """How many there were in the newest index."""
    pieces: list[Piece] = field(default_factory=list)
    base: CardsBaseRow | None = None


def edition(session: Session, org: str, now_ms: int) -> Edition:
    """What to offer of the cards that this session sees; it must see one moment (`Transactions.snapshot`)."""
    seq = card_entries.newest(session)
    bases = _bases(session, org)
    pieces: list[Piece] = []
    made = None
    if not bases or _worn(session, bases[0]):
        made, pieces = _new_base(session, org, seq, now_ms, bases[:1])
        bases = [made, *bases]
    offers = []
    for base in bases[:BASES_KEPT]:
        if base.seq < seq:
            piece = Piece("delta", _delta(session, org, base.seq, seq))
            pieces.append(piece)
            offers.append(DeltaOffer(base_seq=base.seq, blob=piece.blob))
    newest = bases[0]
    index = Blob(sha256=newest.sha256, bytes=newest.size_bytes)
    offer = CardsOffer(seq=seq, index_seq=newest.seq, index=index, deltas=tuple(offers))
    return Edition(offer, newest.cards, pieces, made)


def keep(session: Session, org: str, pieces: Sequence[Piece], base: CardsBaseRow | None, now_ms: int) -> None:
    """Store what an edition needs; indexes beyond BASES_KEPT go, with what only they named."""
    for piece in pieces:
        sha256 = piece.blob.sha256
        if session.get(BlobRow, sha256) is None:
            row = BlobRow(sha256=sha256, org=org, kind=piece.kind, data=piece.data, made_ms=now_ms)
            row.gateway_id = piece.gateway_id
            session.add(row)
            session.flush()
            session.expunge(row)  # a million cards need not stay in memory because they were stored
    if base is not None:
        session.add(base)
        session.flush()
        _forget_old_bases(session, org)


def forget(session: Session, org: str, kind: str, kept: int, gateway_id: str | None = None) -> None:
    """Keep the newest few pieces of a kind: whoever still follows an older manifest is told of the newer one."""
    mine = (col(BlobRow.org) == org) & (col(BlobRow.kind) == kind) & (col(BlobRow.gateway_id) == gateway_id)
    newest = select(BlobRow.sha256).where(mine).order_by(col(BlobRow.made_ms).desc(), col(BlobRow.sha256)).limit(kept)
    session.execute(delete(BlobRow).where(mine, col(BlobRow.sha256).not_in(newest)))


def blob(session: Session, gateway_id: str, org: str, sha256: str) -> bytes | None:
    """Bytes that a gateway may have: its own head, or what is of all gateways of its community."""
    statement = select(BlobRow.data).where(BlobRow.sha256 == sha256, BlobRow.org == org)
    mine = col(BlobRow.gateway_id).is_(None) | (col(BlobRow.gateway_id) == gateway_id)
    return session.exec(statement.where(mine)).first()


def _bases(session: Session, org: str) -> list[CardsBaseRow]:
    statement = select(CardsBaseRow).where(CardsBaseRow.org == org)
    return list(session.exec(statement.order_by(col(CardsBaseRow.seq).desc())))


def _worn(session: Session, base: CardsBaseRow) -> bool:
    """Whether so much has changed that a new index pays."""
    limit = max(INDEX_AFTER_CHANGES, min(base.cards // 200, INDEX_AFTER_MOST_CHANGES))
    return card_entries.count_since(session, base.org, base.seq, limit) >= limit


def _new_base(
    session: Session, org: str, seq: int, now_ms: int, before: Sequence[CardsBaseRow]
) -> tuple[CardsBaseRow, list[Piece]]:
    borders = [first for base in before for first in _borders(session, base)]
    pieces, lines = [], []
    for run in split(card_entries.all_of(session, org), borders):
        line, data = encode_bucket(run)
        lines.append(line)
        pieces.append(Piece("bucket", data))
    index = CardsIndex(community=org, seq=seq, buckets=tuple(lines))
    piece = Piece("index", encode_index(index))
    row = CardsBaseRow(
        org=org, seq=seq, sha256=piece.blob.sha256, size_bytes=len(piece.data), cards=index.cards, made_ms=now_ms
    )
    return row, [*pieces, piece]


def _borders(session: Session, base: CardsBaseRow) -> Iterator[str]:
    """Where an index cut; nowhere when it has become too fine: then the cards are cut anew."""
    index = _index(session, base.sha256)
    if len(index.buckets) <= BUCKETS_MAX // 2:
        yield from (bucket.first for bucket in index.buckets)


def _index(session: Session, sha256: str) -> CardsIndex:
    return decode_index(session.get_one(BlobRow, sha256).data)


def _delta(session: Session, org: str, base_seq: int, seq: int) -> bytes:
    cards, gone = card_entries.changed_since(session, org, base_seq)
    head = DeltaHead(community=org, base_seq=base_seq, seq=seq, cards=len(cards), gone=len(gone))
    return encode_delta(CardsDelta(head, tuple(cards), tuple(gone)))


def _forget_old_bases(session: Session, org: str) -> None:
    bases = _bases(session, org)
    named = {base.sha256 for base in bases[:BASES_KEPT]}
    named |= {line.sha256 for base in bases[:BASES_KEPT] for line in _index(session, base.sha256).buckets}
    for old in bases[BASES_KEPT:]:
        unnamed = {old.sha256, *(line.sha256 for line in _index(session, old.sha256).buckets)} - named
        for sha256 in sorted(unnamed):
            session.execute(delete(BlobRow).where(col(BlobRow.sha256) == sha256))
        session.delete(old)
    session.flush()
