"""What a point knows of the world around it, for the rules that ask who is where."""

from typing import Protocol

from card_protocol.profiles.card_records import AccessEvent
from card_protocol.words.event import Event
from card_protocol.words.moment import Moment
from card_protocol.words.situation import Situation
from card_protocol.words.verdict import Presentation


class Surroundings(Protocol):
    """Shared by all points of a box; its methods are for any thread, return at once and never raise."""

    def asks_log(self, point: str) -> bool:
        """Whether the point must know where a card went last, and so has its log read."""
        ...

    def situation(
        self, point: str, presentation: Presentation, moment: Moment, carried: AccessEvent | None
    ) -> Situation:
        """The world around one presentation; `carried` is the newest record of the card's log, if it was read."""
        ...

    def happened(self, event: Event) -> None:
        """A tap was decided; told before the next one at the same point is."""
        ...
