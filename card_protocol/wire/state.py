"""A gateway's state, up and retained; the last will is the same word with online = false."""

from card_protocol.words.base import Count, Line, Word
from card_protocol.words.ids import EpochId, Slug
from card_protocol.words.moment import WallMs


class State(Word):
    """What the gateway has applied and what it still holds. Sent on connect and whenever one of these changes."""

    gateway: Slug
    online: bool
    boot: Line
    at_ms: WallMs
    epoch: EpochId
    head_seq: Count
    acked_seq: Count
    policy_version: Count
    rev_seq: Count
