"""Commit acknowledgements, down (design § 6.2): sent after the server's transaction, countersigned by it."""

from pydantic import Field

from card_protocol.words.base import Word
from card_protocol.words.ids import EpochId, HashText, Slug


class Ack(Word):
    """Everything of `epoch` up to `upto` (inclusive; 0 = nothing) is in the server's database.

    `need_from` asks for events that the server lacks. `server_ms` is the server's wall time, signed with the rest:
    a gateway may set its clock by it.
    """

    gateway: Slug
    epoch: EpochId
    upto: int = Field(ge=0)
    head_hash: HashText
    """The hash of `upto`; zeros when that is 0."""
    need_from: int | None = Field(default=None, ge=1)
    server_ms: int = Field(ge=0)
