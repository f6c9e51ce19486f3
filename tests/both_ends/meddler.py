"""Attackers as chips: one that changes what a genuine card says, one that plays back what a card once said."""

from collections.abc import Callable

from firmware_sim.card.card import Card

Bend = Callable[[int, bytes, list[bytes]], bytes]
"""(exchange from 1, the card's answer, all answers before it) -> what the reader hears."""


class _Disguised:
    """Shows everything of a card but its answers."""

    def __init__(self, card: Card) -> None:
        self._card = card
        self.exchanges = 0

    @property
    def uid(self) -> bytes:
        return self._card.uid

    @property
    def atqa(self) -> bytes:
        return self._card.atqa

    @property
    def sak(self) -> int:
        return self._card.sak

    @property
    def ats(self) -> bytes:
        return self._card.ats

    def power_on(self) -> None:
        self.exchanges = 0
        self._card.power_on()

    def power_off(self) -> None:
        self._card.power_off()


class Meddler(_Disguised):
    """A man in the middle between a genuine card and the reader."""

    def __init__(self, card: Card, bend: Bend) -> None:
        super().__init__(card)
        self._bend = bend
        self._said: list[bytes] = []

    def transmit(self, apdu: bytes) -> bytes:
        self.exchanges += 1
        answer = self._card.transmit(apdu)
        heard = self._bend(self.exchanges, answer, self._said)
        self._said.append(answer)
        return heard


class Recording(_Disguised):
    """Says again what a card said in another conversation, whatever it is asked."""

    def __init__(self, card: Card, answers: list[bytes]) -> None:
        super().__init__(card)
        self._answers = answers

    def transmit(self, apdu: bytes) -> bytes:
        self.exchanges += 1
        known = self.exchanges <= len(self._answers)
        return self._answers[self.exchanges - 1] if known and apdu else b"\x91\x1c"
