"""A card of `firmware_sim` in a field, and the keys of one community, for tests of profiles."""

import random
from dataclasses import dataclass, field

from card_protocol.channel.converse import converse
from card_protocol.crypto.keys import SecretKey
from card_protocol.crypto.tree import Purpose, community_node
from card_protocol.errors import CardGone
from card_protocol.profiles.card_keys import IssuerKeys, issuer_keys
from card_protocol.profiles.header import Header
from card_protocol.profiles.personalise import IssueOrder, personalise
from firmware_sim.card.card import Card
from firmware_sim.card.state import Silicon, factory

COMMUNITY = "330105011003"
NEIGHBOUR = "330105011004"
UID = bytes.fromhex("04112233445566")
ROOT = SecretKey(bytes(range(16)))
HEADER = Header(
    community=COMMUNITY,
    card_id="01ARZ3NDEKTSV4RRFFQ69G5FAV",
    holder="0011223344556677",
    issue_serial=1,
    issued_day=20_780,
    revocation_version=0,
    key_version=1,
)


def dice(seed: int = 0):
    """A random source that gives the same bytes in every run."""
    return random.Random(seed).randbytes


def issuer(community: str = COMMUNITY, version: int = 1) -> IssuerKeys:
    """The server's keys of a community."""
    return issuer_keys(community_node(ROOT, community), community, version)


@dataclass
class HeldKeys:
    """What a point holds."""

    community: str
    leaves: dict[Purpose, tuple[SecretKey, ...]]


def point_keys(*purposes: Purpose, versions: tuple[int, ...] = (1,), community: str = COMMUNITY) -> HeldKeys:
    """Leaf keys for some purposes, or those of a gateway."""
    wanted = purposes or (Purpose.DOOR_READ, Purpose.EVENT_APPEND)
    keys = issuer(community)
    return HeldKeys(community, {p: tuple(keys.leaf(p, v) for v in versions) for p in wanted})


@dataclass
class Field:
    """One card before a reader. Counts what crosses the air, and can cut the field or bend an answer."""

    card: Card
    sent: list[bytes] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)
    cut_before: int | None = None
    """The card leaves before this command (counted from 0) reaches it."""
    cut_after: int | None = None
    """The card leaves after it has executed this command, before its answer arrives."""
    bend: tuple[int, int, int] | None = None
    """(answer, byte counted from the end, xor mask)."""

    def transmit(self, raw: bytes) -> bytes:
        number = len(self.sent)
        if number == self.cut_before:
            self.card.power_off()
        self.sent.append(raw)
        answer = self.card.transmit(raw)
        if number == self.cut_after:
            self.card.power_off()
        if not self.card.powered:
            raise CardGone("the card left the field")
        if self.bend and self.bend[0] == number:
            place = len(answer) - 1 - self.bend[1] % len(answer)
            answer = answer[:place] + bytes((answer[place] ^ self.bend[2],)) + answer[place + 1 :]
        self.received.append(answer)
        return answer

    def run(self, conversation):
        """Put the card into the field and drive a conversation to its result."""
        self.sent.clear()
        self.received.clear()
        self.card.power_on()
        return converse(conversation, self.transmit)

    @property
    def rounds(self) -> int:
        """Round trips of the last conversation."""
        return len(self.sent)


def stock(uid: bytes = UID, seed: int = 1) -> Field:
    """A card from the factory."""
    return Field(Card(factory(Silicon(uid=uid)), dice(seed)))


def order(uid: bytes = UID, header: Header = HEADER, **contents) -> IssueOrder:
    """An order to issue a card."""
    return IssueOrder(uid, header, **contents)


def issued(uid: bytes = UID, keys: IssuerKeys | None = None, **contents) -> Field:
    """A card issued to `HEADER`."""
    field_ = stock(uid)
    field_.run(personalise(order(uid, **contents), keys or issuer(), dice(2)))
    return field_
