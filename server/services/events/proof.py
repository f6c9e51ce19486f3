"""The proof that what a gateway wrote is what we hold: reads everything, changes nothing (issue C, `audit verify`)."""

import heapq
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Table, literal, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from card_protocol.crypto.signing import Verifier
from card_protocol.errors import CallerFault
from card_protocol.wire.sealed import Verify
from card_protocol.words.event import GENESIS, Event, EventKind
from server.services.events.chain_check import (
    HARMLESS,
    AckSeal,
    Finding,
    Journal,
    Kind,
    Piece,
    Seal,
    check_acks,
    check_chain,
    check_end,
    check_signatures,
)
from server.services.events.keeping import RETENTION
from server.tables import AckSealRow, AuditRow, BatchSealRow, HoleRow, PositionRow, QuarantineRow, Row

READ_ROWS = 2000
_EVENT, _DEAD, _GONE = (Row.metadata.tables[name] for name in ("event", "dead_letter", "event_gone"))


@dataclass(frozen=True)
class JournalReport:
    """What was found about one journal file of one gateway."""

    gateway: str
    epoch: str
    watermark: int
    first_ms: int | None
    last_ms: int | None
    """When the first and the last event happened, by the gateway's own clock."""
    findings: tuple[Finding, ...]

    @property
    def complete(self) -> bool:
        """Whether every event from 1 to the watermark is there, unaltered and signed by both sides."""
        return all(finding.kind in HARMLESS for finding in self.findings)


def verify_all(session: Session, server: Verifier) -> Iterator[JournalReport]:
    """A report per journal file, by gateway. `server` is the key that countersigns."""
    keys, gaps = enrolled_keys(session), _gaps(session)
    for journal in _journals(session, gaps):
        told = gaps.get((journal.gateway, journal.epoch), [])
        yield _report(session, journal, keys.get(journal.gateway, {}), server, told)


def _gaps(session: Session) -> dict[tuple[str, str], list[tuple[int, int]]]:
    """(gateway, epoch) -> the numbers of which some event of the gateway says that they are gone for good."""
    found: dict[tuple[str, str], list[tuple[int, int]]] = {}
    rows = session.execute(select(_EVENT.c.gateway_id, _EVENT.c.body).where(_EVENT.c.kind == EventKind.GAP.value))
    for row in rows.all():
        detail = _detail(bytes(row.body))
        epoch, first, last = detail.get("epoch"), detail.get("from_seq"), detail.get("to_seq")
        if isinstance(epoch, str) and isinstance(first, int) and isinstance(last, int):
            found.setdefault((row.gateway_id, epoch), []).append((first, last))
    return found


def _detail(body: bytes) -> dict[str, object]:
    """What an event tells beside its columns; nothing when somebody has altered it: that is found elsewhere."""
    try:
        return dict(Event.from_bytes(body).detail)
    except ValueError:
        return {}


def _journals(session: Session, gaps: Iterable[tuple[str, str]]) -> list[Journal]:
    """Every journal that we have a position of, or have ever countersigned: a position may have been taken away.

    And those that we never saw, of which their gateway says that something is lost.
    """
    rows = session.exec(select_rows(PositionRow).order_by(PositionRow.gateway_id, col(PositionRow.changed_ms)))
    known = {(r.gateway_id, r.epoch): Journal(r.gateway_id, r.epoch, r.watermark, r.head_hash) for r in rows}
    signed = session.exec(select_rows(AckSealRow.gateway_id, AckSealRow.epoch).distinct())
    for gateway, epoch in sorted({*signed, *gaps}):
        known.setdefault((gateway, epoch), Journal(gateway, epoch, 0, GENESIS.hex()))
    return list(known.values())


def _report(
    session: Session, journal: Journal, keys: Mapping[str, Verify], server: Verifier, gaps: list[tuple[int, int]]
) -> JournalReport:
    rows = _holes(session, journal)
    holes = {row.first_seq: row.last_seq for row in rows}
    expired = {row.first_seq for row in rows if row.why == RETENTION}
    alone = _gone(session, journal)
    seals = _seals(session, journal)
    after_hole = {seal.first: seal.prev_hash for seal in seals if seal.gap_from is not None}
    walk = _Walk(pieces(session, journal, 1, journal.watermark))
    over, away = {**holes, **{seq: seq for seq in alone}}, expired | alone
    findings = [
        *check_chain(journal, walk, holes, after_hole, expired),
        *check_signatures(journal, seals, lambda a, b: list(pieces(session, journal, a, b)), keys.get, over, away),
        *check_acks(
            journal, _acks(session, journal), lambda n: _hash_of(session, journal, n), server.verify, over, away
        ),
        *_forks(session, journal),
        *check_end(journal, gaps),
    ]
    return JournalReport(
        journal.gateway, journal.epoch, journal.watermark, walk.first_ms, walk.last_ms, tuple(findings)
    )


class _Walk:
    """Pieces as they go by, and when the first and the last of them happened."""

    def __init__(self, pieces: Iterator[Piece]) -> None:
        self._pieces = pieces
        self.first_ms: int | None = None
        self.last_ms: int | None = None

    def __iter__(self) -> Iterator[Piece]:
        for piece in self._pieces:
            if not piece.dead and not piece.gone:
                self.last_ms = _wall_ms(piece.body)
                self.first_ms = self.last_ms if self.first_ms is None else self.first_ms
            yield piece


def _wall_ms(body: bytes) -> int | None:
    try:
        return int(json.loads(body)["wall_ms"])
    except (ValueError, KeyError, TypeError):
        return None


def pieces(session: Session, journal: Journal, first: int, last: int) -> Iterator[Piece]:
    """Events, dead letters and what stayed of deleted ones, in order."""
    return heapq.merge(
        *(_rows(session, table, journal, first, last) for table in (_EVENT, _DEAD, _GONE)),
        key=lambda piece: piece.seq,
    )


def _rows(session: Session, table: Table, journal: Journal, first: int, last: int) -> Iterator[Piece]:
    """Asked for in spans, so that two readers need not stand open side by side."""
    mine = (table.c.gateway_id == journal.gateway) & (table.c.epoch == journal.epoch)
    gone, dead = table is _GONE, table is _DEAD
    body = literal(b"") if gone else table.c.body
    columns = select(table.c.seq, body.label("body"), table.c.hash)
    for start in range(first, last + 1, READ_ROWS):
        span = table.c.seq.between(start, min(start + READ_ROWS - 1, last))
        for row in session.execute(columns.where(mine, span).order_by(table.c.seq)).all():
            yield Piece(row.seq, _as_kept(row.body), _as_kept(row.hash), dead, gone)


def _as_kept(value: object) -> bytes:
    """A column's bytes. SQLite keeps a text or a number where bytes belong, if somebody puts it there: that is altered,
    and no reason to stop."""
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def _hash_of(session: Session, journal: Journal, seq: int) -> bytes | None:
    return next((piece.hash for piece in pieces(session, journal, seq, seq)), None)


def _gone(session: Session, journal: Journal) -> set[int]:
    """The numbers of events that were deleted one by one."""
    mine = (_GONE.c.gateway_id == journal.gateway) & (_GONE.c.epoch == journal.epoch)
    return set(session.scalars(select(_GONE.c.seq).where(mine)))


def _holes(session: Session, journal: Journal) -> list[HoleRow]:
    statement = select_rows(HoleRow).where(HoleRow.gateway_id == journal.gateway, HoleRow.epoch == journal.epoch)
    return list(session.exec(statement))


def _seals(session: Session, journal: Journal) -> list[Seal]:
    statement = select_rows(BatchSealRow).where(BatchSealRow.gateway_id == journal.gateway)
    rows = session.exec(statement.where(BatchSealRow.epoch == journal.epoch))
    return [seal_of(row) for row in rows]


def seal_of(row: BatchSealRow) -> Seal:
    """Row -> what is checked."""
    return Seal(row.first_seq, row.last_seq, row.prev_hash, row.gap_from, bytes(row.signature), row.key, row.payload)


def _acks(session: Session, journal: Journal) -> list[AckSeal]:
    statement = select_rows(AckSealRow).where(AckSealRow.gateway_id == journal.gateway)
    rows = session.exec(statement.where(AckSealRow.epoch == journal.epoch).order_by(col(AckSealRow.upto)))
    return [AckSeal(row.upto, bytes(row.payload), bytes(row.signature)) for row in rows]


def _forks(session: Session, journal: Journal) -> Iterator[Finding]:
    statement = select_rows(QuarantineRow.seq).where(QuarantineRow.gateway_id == journal.gateway)
    numbers = sorted(set(session.exec(statement.where(QuarantineRow.epoch == journal.epoch))))
    if numbers:
        yield Finding(Kind.FORK, numbers[0], numbers[-1])


def enrolled_keys(session: Session, gateway: str | None = None) -> dict[str, dict[str, Verify]]:
    """gateway -> every key that it was ever enrolled with, as the audit trail (a chain of its own) tells it.

    Of all gateways, or of one.
    """
    found: dict[str, dict[str, Verify]] = {}
    statement = select_rows(AuditRow).where(AuditRow.action == "gateway.enrol").order_by(col(AuditRow.id))
    if gateway is not None:
        statement = statement.where(AuditRow.subject == f"gateway:{gateway}")
    for row in session.exec(statement):
        try:
            verifier = Verifier(bytes.fromhex(json.loads(row.after)["signing_key"]))
        except (ValueError, KeyError, TypeError, CallerFault):
            continue
        found.setdefault(row.subject.removeprefix("gateway:"), {})[verifier.public_bytes.hex()] = verifier.verify
    return found
