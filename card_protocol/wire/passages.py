"""Passages told on, down: what other gateways saw of people, for one that serves the same areas.

The server signs them, so that a gateway believes nobody but whom it believes anyhow, and one that was revoked is heard
no more. Nothing waits for them: without server or broker a card's own log tells where its holder was last. Each word
says when it was, and only what is younger than what is known counts; so a message that is lost, repeated or played
again takes nothing back.
"""

from pydantic import Field, field_validator

from card_protocol.words.base import Word
from card_protocol.words.ids import Pseudonym, Slug
from card_protocol.words.moment import WallMs
from card_protocol.words.point import Direction

PASSAGES_MAX = 200
"""Words of a kind in one message."""


class Passed(Word):
    """Somebody went into an area or out of it."""

    area: Slug
    holder: Pseudonym
    direction: Direction
    at_ms: WallMs

    @field_validator("direction")
    @classmethod
    def _leads_somewhere(cls, direction: Direction) -> Direction:
        if direction is Direction.NONE:
            raise ValueError("a passage leads in or out")
        return direction


class Mustered(Word):
    """Somebody reached a muster point: they are out of everything."""

    holder: Pseudonym
    at_ms: WallMs


class Forgiven(Word):
    """Anti-passback of an area began anew."""

    area: Slug
    at_ms: WallMs


class Passages(Word):
    """For one gateway, each kind in the order in which it happened."""

    gateway: Slug
    passed: tuple[Passed, ...] = Field(default=(), max_length=PASSAGES_MAX)
    mustered: tuple[Mustered, ...] = Field(default=(), max_length=PASSAGES_MAX)
    forgiven: tuple[Forgiven, ...] = Field(default=(), max_length=PASSAGES_MAX)
