"""A grant: the rights that ride on a card, so that an offline door can admit one it never heard of."""

from typing import Annotated

from pydantic import Field

from card_protocol.words.base import Word
from card_protocol.words.division import DivisionCode
from card_protocol.words.ids import CardId, Pseudonym, UidText
from card_protocol.words.moment import WallMs

GRANT_DAYS = 7
"""How long a grant lives unless the community says otherwise: a lost card dies by itself."""

GRANT_MAX_LEVELS = 16
GRANT_MAX_AREAS = 8

RuleNumber = Annotated[int, Field(ge=1, lt=2**16)]
"""How a grant names an access level or an area of the policy."""


class Grant(Word):
    """Rights of one card, valid from `valid_from_ms` (inclusive) to `valid_to_ms` (exclusive).

    Levels and areas ride as 16-bit numbers that the policy assigns (`AccessLevel.number`), because 192 bytes
    hold a signature and little else.
    """

    card_id: CardId
    uid: UidText
    holder: Pseudonym
    community: DivisionCode
    serial: int = Field(ge=0, lt=2**32)
    """Rises with every renewal: an older grant put back is refused where the newer one was seen."""
    valid_from_ms: WallMs
    valid_to_ms: WallMs
    levels: tuple[RuleNumber, ...] = Field(max_length=GRANT_MAX_LEVELS)
    areas: tuple[RuleNumber, ...] = Field(default=(), max_length=GRANT_MAX_AREAS)
