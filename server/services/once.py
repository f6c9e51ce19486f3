"""A request that is sent twice is carried out once (draft-ietf-httpapi-idempotency-key-header).

The key is claimed before the request is carried out and the answer kept afterwards, so two that arrive together
cannot both run. What a server died in stays claimed: whether it was done is not known, and doing it again is the one
thing that must not happen by itself.
"""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import delete
from sqlmodel import col, select

from server.services.work import SYSTEM, Transactions
from server.tables import OnceRow, Row
from server.tables.engine import insert_into

KEPT_MS = 24 * 3_600_000
BODY_MAX_BYTES = 256 * 1024
"""A longer answer is not kept; asking again is then told so."""


@dataclass(frozen=True)
class Answer:
    """What was answered the first time. `body` is None when it was too long to be kept."""

    status: int
    media_type: str
    location: str
    body: bytes | None


class Refusal(StrEnum):
    """Why a key cannot be used now."""

    OTHER_REQUEST = "other_request"
    UNDER_WAY = "under_way"


def fingerprint(method: str, path: str, query: bytes, body: bytes) -> str:
    """What makes two requests the same."""
    head = f"{method} {path}?".encode() + query
    return sha256(sha256(head).digest() + sha256(body).digest()).hexdigest()


def claim(transactions: Transactions, caller: str, key: str, print_: str) -> Answer | Refusal | None:
    """None: the key is the caller's now, carry the request out. Otherwise what became of the first one."""
    with transactions.work(SYSTEM) as work:
        work.session.execute(delete(OnceRow).where(col(OnceRow.created_ms) < work.real_ms - KEPT_MS))
        connection = work.session.connection()
        values = {"caller": caller, "key": key, "fingerprint": print_, "created_ms": work.real_ms}
        table = Row.metadata.tables["request_once"]
        fresh = insert_into(connection, table).values(**values, media_type="", location="")
        if connection.scalar(fresh.on_conflict_do_nothing().returning(table.c.key)) is not None:
            return None
        row = work.session.exec(select(OnceRow).where(OnceRow.caller == caller, OnceRow.key == key)).one()
        if row.fingerprint != print_:
            return Refusal.OTHER_REQUEST
        if row.status is None:
            return Refusal.UNDER_WAY
        return Answer(row.status, row.media_type, row.location, row.body)


def keep(transactions: Transactions, caller: str, key: str, answer: Answer) -> None:
    """Keep the answer to a request that was carried out."""
    with transactions.work(SYSTEM) as work:
        row = work.session.get(OnceRow, (caller, key))
        if row is not None:
            row.status, row.media_type, row.location = answer.status, answer.media_type, answer.location
            row.body = answer.body if answer.body is not None and len(answer.body) <= BODY_MAX_BYTES else None
            work.session.add(row)


def give_back(transactions: Transactions, caller: str, key: str) -> None:
    """The request was not carried out: the next one with this key is a first one."""
    with transactions.work(SYSTEM) as work:
        work.session.execute(delete(OnceRow).where(col(OnceRow.caller) == caller, col(OnceRow.key) == key))
