"""Commit acknowledgements, down (design § 6.2): sent after the server's transaction, countersigned by it."""

from pydantic import Field

from card_protocol.words.base import Count, Positive, Word
from card_protocol.words.ids import EpochId, HashText, Slug
from card_protocol.words.moment import WallMs

CREDIT_MAX_BATCHES = 64


class Ack(Word):
    """Everything of `epoch` up to `upto` (inclusive; 0 = nothing) is in the server's database.

    `need_from` asks for events that the server lacks. `server_ms` is the server's wall time, signed with the rest:
    a gateway may set its clock by it.
    """

    gateway: Slug
    epoch: EpochId
    upto: Count
    head_hash: HashText
    """The hash of `upto`; zeros when that is 0."""
    need_from: Positive | None = None
    server_ms: WallMs
    same_upto: Count | None = None
    """For a batch that brought nothing new: up to here its history is the one that is held (0: nothing of it).

    None with `forked`: the two part ways somewhere before that batch.
    """
    same_hash: HashText | None = None
    """The hash of `same_upto` (zeros when that is 0): who has another event there was not answered."""
    forked: bool | None = None
    """Behind that another history is held than the gateway's: its events are in quarantine."""
    credit: int | None = Field(default=None, ge=1, le=CREDIT_MAX_BATCHES)
    """How many batches may be under way from now on, while the server has much to do; None: as many as agreed."""
