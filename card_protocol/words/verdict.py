"""What was presented, and what the decider said of it."""

from pydantic import model_validator

from card_protocol.words.base import Count, Word
from card_protocol.words.grant import Grant
from card_protocol.words.ids import CardId, Pseudonym, Slug, UidText
from card_protocol.words.point import Assurance
from card_protocol.words.reason import Reason


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

    @model_validator(mode="after")
    def _sensible(self) -> "Presentation":
        """What would let a card in past the rules is no presentation."""
        if self.fault is Reason.GRANTED:
            raise ValueError("a fault is a refusal; a conversation never grants")
        if self.grant is not None and self.grant.card_id != self.card_id:
            raise ValueError("a grant speaks for the card that it names")
        return self


class Verdict(Word):
    """Yes or no with its one reason, and what it was decided from."""

    reason: Reason
    point: Slug
    card_id: CardId | None = None
    holder: Pseudonym | None = None
    level: Slug | None = None
    """The access level that let the card in."""
    policy_version: Count

    @property
    def granted(self) -> bool:
        """Whether the point may open."""
        return self.reason is Reason.GRANTED
