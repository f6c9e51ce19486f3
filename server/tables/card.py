"""Cards and what they may open."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Index
from sqlmodel import Field

from card_protocol.policy.rules import CardEntry, Traits
from card_protocol.words.base import canonical_json
from card_protocol.words.card import CardState
from server.tables.base import Row


class CardRow(Row, table=True):
    """One card through its whole life (card_protocol.words.card)."""

    __tablename__ = "card"
    __table_args__ = (Index(None, "org", "changed_seq"), Index(None, "org", "id"))
    id: str = Field(primary_key=True, max_length=26)
    number: int = Field(unique=True)
    """What is printed on it and said on the telephone."""
    uid: str | None = Field(default=None, unique=True, max_length=20)
    state: str = Field(index=True, max_length=16)
    org: str = Field(foreign_key="org_unit.code", max_length=12)
    holder_id: str | None = Field(default=None, foreign_key="holder.id", index=True, max_length=26)
    valid_from_ms: int = Field(default=0, sa_type=BigInteger)
    valid_to_ms: int = Field(default=0, sa_type=BigInteger)
    issued_ms: int | None = Field(default=None, sa_type=BigInteger)
    grant_serial: int = Field(default=0, sa_type=BigInteger)
    grant_to_ms: int = Field(default=0, sa_type=BigInteger)
    """When the last grant that was written on this card dies by itself; 0 when there was none."""
    key_version: int = Field(default=1)
    traits: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    """What is out of the ordinary about it (card_protocol.policy.rules.Traits); most have none."""
    created_ms: int = Field(sa_type=BigInteger)
    changed_ms: int = Field(sa_type=BigInteger)
    changed_seq: int = Field(default=0, sa_type=BigInteger)
    """The number of its last change that gateways must hear of."""


class CardLevelRow(Row, table=True):
    """A card has an access level."""

    __tablename__ = "card_level"
    card_id: str = Field(primary_key=True, foreign_key="card.id", ondelete="CASCADE", max_length=26)
    level_id: str = Field(primary_key=True, foreign_key="access_level.id", index=True, max_length=63)


def entry_of(
    card_id: str,
    uid: str | None,
    pseudonym: str,
    state: str,
    span_ms: tuple[int, int],
    levels: tuple[str, ...],
    traits: dict[str, Any] | None = None,
) -> CardEntry:
    """Columns -> the card as a policy tells gateways of it. ValueError (pydantic) on a row that makes no sense."""
    return CardEntry(
        card_id=card_id,
        uid=uid,
        holder=pseudonym,
        state=CardState(state),
        valid_from_ms=span_ms[0],
        valid_to_ms=span_ms[1],
        levels=levels,
        traits=None if traits is None else Traits.from_bytes(canonical_json(traits)),
    )
