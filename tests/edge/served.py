"""A whole card of the community, a station that serves it, and a journal in memory."""

import random
from collections.abc import Callable
from pathlib import Path

from card_protocol.channel.converse import converse
from card_protocol.crypto.tree import leaf_key
from card_protocol.errors import CardGone
from card_protocol.policy.book import Book, MemoryBook
from card_protocol.policy.rules import AccessLevel, PolicyHead
from card_protocol.profiles.card_keys import issuer_keys
from card_protocol.profiles.card_records import PurseEntry
from card_protocol.profiles.header import Header
from card_protocol.profiles.key_bundle import COMPARTMENTS, KeyBundle
from card_protocol.profiles.layout import Holder
from card_protocol.profiles.personalise import Issued, IssueOrder, personalise
from card_protocol.profiles.purse import Receipt, top_up
from card_protocol.profiles.tap import CardReading, read_card
from card_protocol.words.event import Event, EventKind
from card_protocol.words.moment import Moment
from card_protocol.words.point import Point, PointKind
from card_protocol.words.reason import Reason
from card_protocol.words.schedule import always
from card_protocol.words.verdict import Verdict
from edge.core.service import Done
from edge.drivers.payment_store import PaymentFiles
from edge.ports.renewer import Renewer
from edge.shell.attendant import Attendant
from edge.shell.cashier import Cashier
from firmware_sim.card.card import Card
from tests.edge.issued import COMMUNITY, KEY_VERSION, LEASE_UNTIL_MS, bundle, community_key, stock_card
from tests.edge.policy import FAR_MS, entry
from tests.edge.words import CARD_ID, HOLDER, UID, moment

STATION = "care-station"
GATEWAY = "gw-1"
PRICE = 800


def dice(seed: int) -> Callable[[int], bytes]:
    return random.Random(seed).randbytes


def whole_card(fen: int = 0, **contents: bytes) -> Card:
    """All applications; `fen` in the purse."""
    card = stock_card(UID)
    header = Header(COMMUNITY, CARD_ID, HOLDER, 1, 20_000, 0, KEY_VERSION)
    keys = issuer_keys(community_key(), COMMUNITY, KEY_VERSION)
    card.power_on()
    order = IssueOrder(bytes.fromhex(UID), header, **contents)
    assert isinstance(converse(personalise(order, keys, dice(1)), card.transmit), Issued)
    if fen:
        filled = top_up(bytes.fromhex(UID), PurseEntry(fen, 0, 0, 1), keys, dice(2))
        assert isinstance(converse(filled, card.transmit), Receipt)
    return card


def purse_of(card: Card) -> int:
    value = card.state.applications[0x0C4A06].files[1]
    return int(value.value)  # type: ignore[union-attr]


def keys_of(holder: Holder) -> KeyBundle:
    leaves = {p: (leaf_key(community_key(), COMMUNITY, p, KEY_VERSION),) for p in COMPARTMENTS[holder]}
    return KeyBundle(COMMUNITY, LEASE_UNTIL_MS, leaves)


def station(kind: PointKind = PointKind.CARE, **changes: object) -> Point:
    point = Point(id=STATION, kind=kind, name_zh="照料中心", name_en="Care station", area="care")
    return point.model_copy(update=changes)


def book_with(point: Point) -> Book:
    level = AccessLevel(
        id="all", number=1, name_zh="全", name_en="All", points=frozenset({point.id}), schedule="always"
    )
    head = PolicyHead(
        version=1, community=COMMUNITY, issued_ms=0, expires_ms=FAR_MS, rev_seq=0, points=(point,), levels=(level,),
        schedules=(always("always"),),
    )  # fmt: skip
    return MemoryBook(head, [entry(levels=("all",))])


class Journal:
    """A recorder in memory; `broken` takes nothing in time."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.broken = False

    def record(self, event: Event, deadline_ms: int) -> int | None:
        if self.broken:
            return None
        self.events.append(event)
        return len(self.events)

    def note(self, event: Event) -> None:
        self.events.append(event)

    def kinds(self) -> list[EventKind]:
        return [event.kind for event in self.events]


class Station:
    """One service point. Everything is real but radio and journal."""

    def __init__(self, folder: Path, point: Point, renewer: Renewer | None = None) -> None:
        self.point, self.journal, self.wall_ms = point, Journal(), moment().wall_ms
        self.holders = set(Holder)
        self.seq = 100
        self.payments = folder / "payments"
        cashier = Cashier(point.id, PaymentFiles(self.payments), self.journal, self.now, dice(3))
        book = book_with(point)
        self.attendant = Attendant(GATEWAY, self._keys, lambda: book, self.now, cashier, renewer, dice(4))

    def now(self) -> Moment:
        return moment().model_copy(update={"wall_ms": self.wall_ms})

    def _keys(self, holder: Holder) -> KeyBundle | None:
        return keys_of(holder) if holder in self.holders else None

    def verdict(self, reason: Reason = Reason.GRANTED) -> Verdict:
        return Verdict(reason=reason, point=self.point.id, policy_version=1, card_id=CARD_ID, holder=HOLDER)

    def tap(self, card: Card, cut: int | None = None, *, answered: bool = True) -> Done:
        """One tap. The card leaves at service command `cut`: after its answer was sent, or before it came."""
        card.power_on()
        reading = converse(read_card(bytes.fromhex(UID), bundle(), dice(5)), card.transmit)
        assert isinstance(reading, CardReading)
        self.seq += 1
        done = self.attendant.serve(reading, self.verdict(), self.seq, _cutting(card, cut, answered=answered))
        self.journal.events.extend(done.events)
        card.power_off()
        return done


def _cutting(card: Card, cut: int | None, *, answered: bool) -> Callable[[bytes], bytes]:
    count = 0

    def transmit(command: bytes) -> bytes:
        nonlocal count
        number, count = count, count + 1
        if number == cut and not answered:
            card.power_off()
            raise CardGone("pulled away before the command")
        answer = card.transmit(command)
        if number == cut:
            card.power_off()
            raise CardGone("pulled away before the answer")
        return answer

    return transmit
