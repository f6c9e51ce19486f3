"""A desk in the place of the real agent, with a simulated card on its reader."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from card_protocol.wire.desk import Answer, Apdu, CardGone, CardHere, Hello, Show
from firmware_sim.card.card import Card
from firmware_sim.card.state import Silicon, factory
from server.services.desk.desks import Desk
from tests.server.build import Community, Dice

DESK = "desk-1"
UID = "04112233445566"


def stock_card(uid: str = UID) -> Card:
    """A card from the factory."""
    return Card(factory(Silicon(uid=bytes.fromhex(uid))), Dice())


@dataclass
class Reader:
    """Relays APDUs to the card that lies on it; `pull_at` takes the card away before that APDU, once."""

    community: Community
    card: Card | None = None
    pull_at: int | None = None
    reset_at: int | None = None
    """Before that APDU the card is without a field for a moment, and nobody notices."""
    sent: int = 0
    shown: list[Show] = field(default_factory=list)
    desk: Desk | None = None
    on_pull: Callable[["Reader"], None] = lambda _reader: None

    def join(self, name: str = DESK) -> "Reader":
        """Dial in."""
        self.desk = self.community.house.desks.join(Hello(desk=name, reader="simulated"), self._send)
        return self

    async def put(self, card: Card) -> None:
        """Lay a card on the reader."""
        card.power_on()
        self.card = card
        assert self.desk is not None
        await self.desk.heard(CardHere(uid=card.state.silicon.uid.hex().upper()))

    def put_soon(self, card: Card) -> None:
        """Lay a card on the reader in a moment."""
        asyncio.get_running_loop().call_later(0.01, lambda: asyncio.ensure_future(self.put(card)))

    async def take(self) -> None:
        """Take it away."""
        if self.card is not None:
            self.card.power_off()
        self.card = None
        assert self.desk is not None
        await self.desk.heard(CardGone())

    async def _send(self, message: Apdu | Show) -> None:
        if isinstance(message, Show):
            self.shown.append(message)
            return
        self.sent += 1
        if self.sent == self.pull_at:
            await self.take()
            self.on_pull(self)
            return
        assert self.desk is not None
        assert self.card is not None
        if self.sent == self.reset_at:
            self.card.power_off()
            self.card.power_on()
        answer = self.card.transmit(bytes.fromhex(message.data))
        # As over a network: the answer comes later.
        reply = Answer(turn=message.turn, data=answer.hex().upper())
        asyncio.get_running_loop().call_soon(lambda: asyncio.ensure_future(self.desk.heard(reply)))  # type: ignore[union-attr]
