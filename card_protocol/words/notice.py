"""Notices on the screens of points: a sentence in two languages, from one moment to another."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from card_protocol.words.base import OrderedSet, Positive, Word
from card_protocol.words.ids import Slug
from card_protocol.words.moment import WallMs

ZH_MAX_CHARS = 60
EN_MAX_CHARS = 120
"""What can still be read from two steps away."""

NOTICE_MAX_POINTS = 512

Zh = Annotated[str, StringConstraints(pattern=r"^\P{Cc}*\S\P{Cc}*$", max_length=ZH_MAX_CHARS)]
En = Annotated[str, StringConstraints(pattern=r"^\P{Cc}*\S\P{Cc}*$", max_length=EN_MAX_CHARS)]


class Notice(Word):
    """One notice. It rides in the policy, so a point that is cut off shows it to its end."""

    number: Positive
    zh: Zh
    en: En
    from_ms: WallMs
    to_ms: WallMs
    points: OrderedSet[Slug] = Field(max_length=NOTICE_MAX_POINTS)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_ms >= self.to_ms:
            raise ValueError(f"notice {self.number} ends before it begins")
        return self
