"""Payments whose answer from the card is outstanding: remembered until the card has told what became of them."""

from typing import NamedTuple, Protocol

from card_protocol.profiles.card_records import PurseEntry


class OpenPayment(NamedTuple):
    """What is written into the card's log, and the counter of the purse before it."""

    record: PurseEntry
    counter: int
    tap_seq: int


class Payments(Protocol):
    """Durable. Any thread."""

    def open_of(self, card_id: str) -> OpenPayment | None:
        """The open payment of a card at this box, if there is one."""
        ...

    def begin(self, card_id: str, payment: OpenPayment) -> bool:
        """Keep it; whether it is on the disk. One that is not must not be asked of the card."""
        ...

    def end(self, card_id: str) -> None:
        """It is known what became of it."""
        ...
