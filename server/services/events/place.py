"""One event's place in the record, proven while somebody looks: that it follows from the one before it, that its
gateway signed it, and that we countersigned it (design § 5, § 6.2). The whole record is `proof`'s business."""

from pydantic import BaseModel
from sqlmodel import Session, col, select

from card_protocol.crypto.signing import Verifier
from card_protocol.errors import TrustFault
from card_protocol.wire.ack import Ack
from card_protocol.wire.sealed import signed_bytes
from card_protocol.words.event import GENESIS, chain_hash
from server.services.events import proof
from server.services.events.chain_check import Journal, Piece, check_signatures
from server.services.problems import not_found
from server.tables import AckSealRow, BatchSealRow, EventRow

WALK_MAX_EVENTS = 2000
"""From an event to the countersignature that holds it; batches are far smaller."""

SEALS_MAX = 8
"""Batches that brought the same event; sending again is told once."""


class Place(BaseModel):
    """What was found. A `None` is a link that cannot be checked any more, because what stood there is gone."""

    hash: str
    before: str | None
    """The hash of the event before it; zeros for the first of a journal."""
    follows: bool | None
    signed: bool
    """By its gateway, with a key that it was enrolled with."""
    countersigned: bool
    upto: int | None = None
    """Our countersignature holds everything up to this number."""
    countersigned_ms: int | None = None


def place_of(session: Session, server: Verifier, event_id: int) -> Place:
    """Problem NOT_FOUND. `server` is the key that countersigns."""
    row = session.get(EventRow, event_id)
    if row is None:
        raise not_found("event", event_id)
    journal = Journal(row.gateway_id, row.epoch, row.seq, row.hash.hex())
    before = _before(session, journal, row.seq)
    ack, upto = _countersigned(session, server, journal, row)
    return Place(
        hash=row.hash.hex(),
        before=before.hex() if before is not None else None,
        follows=None if before is None else _hash(journal, row.seq, row.body, before) == row.hash,
        signed=_signed(session, journal, row.seq),
        countersigned=ack is not None,
        upto=upto,
        countersigned_ms=ack.server_ms if ack is not None else None,
    )


def _hash(journal: Journal, seq: int, body: bytes, before: bytes) -> bytes:
    return chain_hash(journal.gateway, journal.epoch, seq, body, before)


def _before(session: Session, journal: Journal, seq: int) -> bytes | None:
    """The hash that this event was chained to; behind a declared gap, the one that the gateway signed."""
    if seq == 1:
        return GENESIS
    known = next(iter(proof.pieces(session, journal, seq - 1, seq - 1)), None)
    if known is not None:
        return known.hash
    behind = next((seal for seal in _seals(session, journal, seq) if seal.first_seq == seq and seal.gap_from), None)
    return bytes.fromhex(behind.prev_hash) if behind is not None else None


def _seals(session: Session, journal: Journal, seq: int) -> list[BatchSealRow]:
    mine = select(BatchSealRow).where(BatchSealRow.gateway_id == journal.gateway, BatchSealRow.epoch == journal.epoch)
    holding = mine.where(BatchSealRow.first_seq <= seq, BatchSealRow.last_seq >= seq)
    return list(session.exec(holding.order_by(col(BatchSealRow.first_seq).desc()).limit(SEALS_MAX)))


def _signed(session: Session, journal: Journal, seq: int) -> bool:
    """Whether some batch that holds it is genuine: its bytes give what the gateway signed."""
    keys = proof.enrolled_keys(session, journal.gateway).get(journal.gateway, {})
    for row in _seals(session, journal, seq):
        alone = Journal(journal.gateway, journal.epoch, row.last_seq, journal.head)
        others = {1: row.first_seq - 1} if row.first_seq > 1 else {}

        def stored(first: int, last: int) -> list[Piece]:
            return list(proof.pieces(session, journal, first, last))

        if not list(check_signatures(alone, [proof.seal_of(row)], stored, keys.get, others)):
            return True
    return False


def _countersigned(
    session: Session, server: Verifier, journal: Journal, row: EventRow
) -> tuple[Ack | None, int | None]:
    """The first countersignature that holds the event, if it is ours and the chain leads from the event to it."""
    mine = select(AckSealRow).where(AckSealRow.gateway_id == journal.gateway, AckSealRow.epoch == journal.epoch)
    seal = session.exec(mine.where(AckSealRow.upto >= row.seq).order_by(col(AckSealRow.upto)).limit(1)).first()
    if seal is None or seal.upto - row.seq > WALK_MAX_EVENTS:
        return None, None
    try:
        ack = Ack.from_bytes(bytes(seal.payload))
    except (ValueError, TrustFault):
        return None, seal.upto
    about = (ack.gateway, ack.epoch, ack.upto) == (journal.gateway, journal.epoch, seal.upto)
    genuine = about and server.verify(signed_bytes("ack", bytes(seal.payload)), bytes(seal.signature))
    if not genuine or _head_from(session, journal, row, seal.upto) != ack.head_hash:
        return None, seal.upto
    return ack, seal.upto


def _head_from(session: Session, journal: Journal, row: EventRow, upto: int) -> str | None:
    """The hash of number `upto`, reached from this event link by link; None where a link is wrong or missing."""
    seq, reached = row.seq, row.hash
    for piece in proof.pieces(session, journal, row.seq + 1, upto):
        fits = piece.gone or _hash(journal, piece.seq, piece.body, reached) == piece.hash
        if piece.seq != seq + 1 or not fits:
            return None
        seq, reached = piece.seq, piece.hash
    return reached.hex() if seq == upto else None
