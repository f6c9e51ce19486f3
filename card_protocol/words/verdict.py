"""What was presented, and what the decider said of it."""

from enum import StrEnum
from typing import NamedTuple

from pydantic import model_validator

from card_protocol.words.base import Count, RuleName, Word
from card_protocol.words.grant import Grant
from card_protocol.words.ids import CardId, Pseudonym, Slug, UidText
from card_protocol.words.point import Assurance, Floor
from card_protocol.words.reason import Reason


class Flag(StrEnum):
    """What a verdict says besides yes or no; never shown at the point."""

    DURESS = "duress"
    """The holder signals that they are being forced: everything looks as always and the guard is told."""
    PASSED_BACK = "passed_back"
    """Anti-passback would object, but this area only wants to know."""
    WAIVED = "waived"
    """Let in by a number that anyone can copy, because an admin waived the assurance here."""


class Presentation(Word):
    """What a reader made of one presentation: either enough to decide on, or why not (`fault`).

    `card_id` is None when only a UID was seen. `grant` is one that was read from the card AND whose
    signature, community, binding to the UID and card id were verified; validity is the decider's business.
    """

    uid: UidText
    assurance: Assurance
    card_id: CardId | None = None
    grant: Grant | None = None
    fault: Reason | None = None
    """A refusal that the conversation itself came to (foreign, pulled_away, malformed …)."""
    duress: bool = False
    """The holder gave the sign of duress at the reader (its code, or the tap that was agreed upon)."""

    @model_validator(mode="after")
    def _sensible(self) -> "Presentation":
        """What would let a card in past the rules is no presentation."""
        if self.fault is Reason.GRANTED:
            raise ValueError("a fault is a refusal; a conversation never grants")
        if self.grant is not None and self.grant.card_id != self.card_id:
            raise ValueError("a grant speaks for the card that it names")
        return self


class Verdict(NamedTuple):
    """Yes or no with its one reason, and what it was decided from.

    No `Word`: it never travels (the event made from it does), and checking again what was checked on its way in
    would be a quarter of every decision.
    """

    reason: Reason
    point: Slug
    policy_version: Count
    card_id: CardId | None = None
    holder: Pseudonym | None = None
    level: Slug | None = None
    """The access level that let the card in."""
    rule: RuleName | None = None
    """The rule that refused; None when none did, or when something else than the decider refused."""
    flags: frozenset[Flag] = frozenset()
    floors: frozenset[Floor] = frozenset()
    """At a lift, the floors whose buttons may work."""
    grant: Grant | None = None
    """The grant that it was decided from; None when the book knew the card."""

    @property
    def granted(self) -> bool:
        """Whether the point may open."""
        return self.reason is Reason.GRANTED
