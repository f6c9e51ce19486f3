"""What somebody can ask of the demo."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from card_protocol.words.moment import MINUTE_MS
from onecard.demo.day import DAY_ENDS_MIN, DAY_STARTS_MIN

DAY_MS = (DAY_ENDS_MIN - DAY_STARTS_MIN) * MINUTE_MS
ENDLESS_SPEED = 120
"""Without an end the day passes in under eight minutes, and then the next begins."""


class ReaderStack(StrEnum):
    """Through which library the points read their cards."""

    NFC = "nfc"
    PCSC = "pcsc"


@dataclass(frozen=True)
class Options:
    """The options of `onecard demo`; seconds are real ones."""

    port: int
    reader: ReaderStack = ReaderStack.NFC
    for_s: int | None = None
    outage_s: int = 0
    speed: int | None = None
    seed: int = 1
    report: Path | None = None

    @property
    def pace(self) -> int:
        """How many times faster than real time the day is played."""
        if self.speed is not None:
            return self.speed
        return ENDLESS_SPEED if self.for_s is None else max(1, DAY_MS // (self.for_s * 1000))
