"""The revocation stream, down (design § 6): its own small messages, applied at once."""

from itertools import pairwise

from pydantic import Field, model_validator

from card_protocol.words.base import Count, Word
from card_protocol.words.ids import Slug
from card_protocol.words.revocation import Revocation

MESSAGE_MAX_REVOCATIONS = 200


class Revocations(Word):
    """All revocations with after < rev_seq <= upto, in order. A gateway that lacks some of `after` asks again."""

    gateway: Slug
    after: Count
    upto: Count
    entries: tuple[Revocation, ...] = Field(max_length=MESSAGE_MAX_REVOCATIONS)

    @model_validator(mode="after")
    def _ordered(self) -> "Revocations":
        numbers = [self.after, *(e.rev_seq for e in self.entries)]
        if any(a >= b for a, b in pairwise(numbers)) or numbers[-1] > self.upto:
            raise ValueError("revocations rise from after to upto")
        return self
