"""A gateway's state, up and retained; the last will is the same word with online = false."""

from pydantic import Field

from card_protocol.words.base import Word
from card_protocol.words.ids import EpochId, Slug


class State(Word):
    """What the gateway has applied and what it still holds. Sent on connect and whenever one of these changes."""

    gateway: Slug
    online: bool
    boot: str
    at_ms: int = Field(ge=0)
    epoch: EpochId
    head_seq: int = Field(ge=0)
    acked_seq: int = Field(ge=0)
    policy_version: int = Field(ge=0)
    rev_seq: int = Field(ge=0)
