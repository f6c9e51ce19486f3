"""What a desk and the server say over their WebSocket (design § 4: the server talks to the card, the desk relays).

The desk dials out to `/api/v1/desk` with its token (Authorization: Bearer …). One JSON text message each:

    desk -> server   {"say": "hello", "desk": "desk-1", "reader": "…"}
    desk -> server   {"say": "card", "uid": "04…"} when a card arrives, {"say": "gone"} when it leaves
    server -> desk   {"say": "apdu", "turn": 7, "data": "90…"}
    desk -> server   {"say": "answer", "turn": 7, "data": "…9100"}, or {"say": "gone"} when the card left instead
    server -> desk   {"say": "show", "zh": "…", "en": "…", "good": true}: a sentence for the desk's display
"""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from card_protocol.words.base import Count, Line, Word
from card_protocol.words.ids import Slug, UidText

APDU_MAX_BYTES = 512
ANSWER_TIMEOUT_MS = 5000

Hex = Annotated[str, Field(pattern=r"^([0-9A-F]{2})*$", max_length=2 * APDU_MAX_BYTES)]


class Hello(Word):
    """First message of a desk."""

    say: Literal["hello"] = "hello"
    desk: Slug
    reader: Line


class CardHere(Word):
    """A card lies on the reader."""

    say: Literal["card"] = "card"
    uid: UidText


class CardGone(Word):
    """The card has left, or did not answer the last APDU."""

    say: Literal["gone"] = "gone"


class Apdu(Word):
    """One command for the card."""

    say: Literal["apdu"] = "apdu"
    turn: Count
    data: Hex


class Answer(Word):
    """The card's answer to the command of the same turn."""

    say: Literal["answer"] = "answer"
    turn: Count
    data: Hex


class Show(Word):
    """A sentence for the person at the desk."""

    say: Literal["show"] = "show"
    zh: Line
    en: Line
    good: bool


FROM_DESK: TypeAdapter[Hello | CardHere | CardGone | Answer] = TypeAdapter(
    Annotated[Hello | CardHere | CardGone | Answer, Field(discriminator="say")]
)
FROM_SERVER: TypeAdapter[Apdu | Show] = TypeAdapter(Annotated[Apdu | Show, Field(discriminator="say")])
