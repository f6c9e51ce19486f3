"""A gateway's state, up and retained; the last will is the same word with online = false."""

from pydantic import Field

from card_protocol.words.base import Count, Line, OrderedSet, Word
from card_protocol.words.card import KeyVersion
from card_protocol.words.ids import EpochId, Slug
from card_protocol.words.moment import WallMs
from card_protocol.words.situation import LOCKDOWN_MAX_LEVEL

IN_FORCE_MAX = 64
"""How many holds a gateway keeps, and how many lockdowns."""

PAST_MAX = 64
"""Of how many journals that were set aside a gateway says what it thinks that the server holds."""


class Past(Word):
    """A journal that was set aside, and up to where the gateway knows its events to be at the server."""

    epoch: EpochId
    acked_seq: Count


class LockedDown(Word):
    """An area that is locked down at this gateway."""

    area: Slug
    level: int = Field(ge=1, le=LOCKDOWN_MAX_LEVEL)


class State(Word):
    """What the gateway has applied and what it still holds. Sent on connect and whenever one of these changes.

    `run` counts the daemon's starts and `turn` its reports since then: an older word that comes late, or that somebody
    plays again, is known by them.
    """

    gateway: Slug
    online: bool
    boot: Line
    at_ms: WallMs
    epoch: EpochId
    head_seq: Count
    acked_seq: Count
    policy_version: Count
    rev_seq: Count
    run: Count = 0
    turn: Count = 0
    held: OrderedSet[Slug] = Field(default=frozenset(), max_length=IN_FORCE_MAX)
    """Points that were told to stand open."""
    lockdowns: tuple[LockedDown, ...] = Field(default=(), max_length=IN_FORCE_MAX)
    keys_oldest: KeyVersion = 0
    keys_newest: KeyVersion = 0
    """The card key versions that its points accept; 0 from a box that does not say."""
    keys_until_ms: Count = 0
    """When its lease of these keys ends."""
    past: tuple[Past, ...] = Field(default=(), max_length=PAST_MAX)
    """A server that was put back from a backup asks for what it lacks of them."""
