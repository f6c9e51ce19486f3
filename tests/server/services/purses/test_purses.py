"""What stations report of purses: kept once, in whatever order, and proven by the card's MAC."""

import random

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from card_protocol.channel.converse import converse
from card_protocol.crypto.tree import Purpose
from card_protocol.profiles.card_keys import IssuerKeys
from card_protocol.profiles.card_records import PurseEntry, point_tag
from card_protocol.profiles.header import Header
from card_protocol.profiles.personalise import IssueOrder, personalise
from card_protocol.profiles.purse import OpenPurse, Receipt, open_purse, pay
from card_protocol.words.event import Event, EventKind
from card_protocol.words.moment import ClockQuality
from card_protocol.words.point import PointKind
from server.services.access import access
from server.services.access.access import PointIn
from server.services.desk.renewing import ReadingKeys
from server.services.purses import purses
from server.services.purses.purse_books import Fate, Item, ItemKind, Proof
from server.services.roles import Role
from server.services.sight import EVERYTHING, SIGHTS
from server.services.work import SYSTEM
from server.tables import CardRow, PurseEntryRow
from tests.server.build import ADMIN, COMMUNITY, NOW_MS, Community, make_community
from tests.server.desk import UID, stock_card


@pytest.fixture
def community(sqlite_engine: Engine) -> Community:
    return make_community(sqlite_engine)


STATION = "care-station"
MINUTE = NOW_MS // 60_000


def note(kind: EventKind, card_id: str, *, at_ms: int = NOW_MS, point: str = STATION, **detail: str | int) -> Event:
    return Event(
        kind=kind, wall_ms=at_ms, mono_ns=1, boot="b1", clock=ClockQuality.NTP, point=point, card_id=card_id,
        detail=detail,
    )  # fmt: skip


def begun(card_id: str, seq: int, before: int, amount: int = 800) -> Event:
    return note(
        EventKind.PAYMENT_BEGUN, card_id, amount=amount, point_seq=seq, tap_seq=seq, minute=MINUTE, counter=before
    )


def made(card_id: str, seq: int, before: int, value: int, mac: str = "00" * 8, amount: int = 800) -> Event:
    counted = {"counter": before + 1, "value": value, "mac": mac}
    return note(EventKind.PAYMENT_MADE, card_id, amount=amount, point_seq=seq, tap_seq=seq, minute=MINUTE, **counted)


def settled(card_id: str, seq: int, before: int, outcome: str) -> Event:
    told = {"outcome": outcome, "counter": before}
    return note(EventKind.PAYMENT_SETTLED, card_id, amount=800, point_seq=seq, tap_seq=seq, minute=MINUTE, **told)


def station(community: Community) -> None:
    point = PointIn(
        id=STATION,
        kind=PointKind.CARE,
        name_zh="照料中心",
        name_en="Care",
        area="care",
        gateway_id="g-1",
        price_fen=800,
    )
    with community.transactions.work(ADMIN) as work:
        access.set_point(work, COMMUNITY, point)


def hear(community: Community, *told: Event) -> None:
    with community.transactions.work(SYSTEM) as work:
        for event in told:
            purses.hear(work, community.house.keystore, "g-1", event)


def ledger(community: Community, card_id: str, sight=EVERYTHING):
    with community.transactions.read() as session:
        return purses.ledger(session, card_id, sight)


def test_what_is_told_of_one_payment_is_one_line_in_any_order(community: Community) -> None:
    card = community.active_card()
    words = [
        begun(card.id, 7, 0),
        made(card.id, 7, 0, -800),
        begun(card.id, 9, 1),
        settled(card.id, 9, 1, "carried_out"),
    ]
    for order in range(3):
        dice = random.Random(order)
        hear(community, *dice.sample(words, len(words)))
    found = ledger(community, card.id)
    assert [(line.counter, line.amount, line.value, line.fate) for line in found.lines] == [
        (2, -800, -1600, Fate.DONE),
        (1, -800, -800, Fate.DONE),
    ]
    assert (found.spent, found.balance, found.counter) == (1600, -1600, 2)


def test_the_cards_mac_proves_it_and_another_does_not(community: Community) -> None:

    card = community.active_card(UID)
    proven = made(card.id, 7, 0, 0, mac=_mac_of_a_real_card(community, UID))
    assert Proof.PROVEN not in {line.proof for line in ledger(community, card.id).lines}
    hear(community, proven)
    (line,) = ledger(community, card.id).lines
    assert line.proof is Proof.PROVEN
    hear(community, made(card.id, 8, 1, -800))
    found = ledger(community, card.id)
    assert found.lines[0].proof is Proof.FALSE
    assert ItemKind.FALSE_PROOF in {item.kind for item in found.items}


def _mac_of_a_real_card(community: Community, uid: str) -> str:
    """800 fen paid at the station with a simulated card that was given exactly that, by a receipt of the server's own
    keys: counter 1 is the payment, so the value before it is put there without a transaction."""

    card, raw, dice = stock_card(uid), bytes.fromhex(uid), random.Random(1).randbytes
    keys = IssuerKeys(community.house.keystore.leaf, 1)
    header = Header(COMMUNITY, "01ARZ3NDEKTSV4RRFFQ69G5FAV", "0011223344556677", 1, 20_780, 0, 1)
    card.power_on()
    converse(personalise(IssueOrder(raw, header), keys, dice), card.transmit)
    card.state.applications[0x0C4A06].files[1].value = 800  # type: ignore[union-attr]
    leaves = {purpose: (community.house.keystore.leaf(purpose, 1),) for purpose in (Purpose.PURSE_DEBIT,)}
    purse = converse(open_purse(raw, ReadingKeys(COMMUNITY, leaves), dice), card.transmit)
    assert isinstance(purse, OpenPurse)
    receipt = converse(pay(purse, PurseEntry(-800, point_tag("g-1", STATION), 7, MINUTE)), card.transmit)
    assert isinstance(receipt, Receipt)
    return receipt.mark.value.hex()


def test_two_stations_at_once_one_of_them_offline(community: Community) -> None:
    """The card was torn from one station and paid at another; the first one's report comes a day later."""
    card = community.active_card()
    hear(community, made(card.id, 1, 0, 9200), made(card.id, 30, 2, 7600))
    assert Item(ItemKind.MISSING, 2, 2, -800)._asdict() in [i.model_dump() for i in ledger(community, card.id).items]
    hear(community, begun(card.id, 20, 1), note(EventKind.PAYMENT_TORN, card.id, amount=800, point_seq=20, counter=1))
    found = ledger(community, card.id)
    assert [line.fate for line in found.lines] == [Fate.DONE] * 3
    assert ItemKind.MISSING not in {item.kind for item in found.items}


def test_a_card_that_is_issued_again_has_new_books(community: Community) -> None:
    card = community.active_card()
    hear(community, made(card.id, 1, 0, -800))
    with community.transactions.work(ADMIN) as work:
        row = work.session.get(CardRow, card.id)
        assert row is not None
        row.issued_ms = (row.issued_ms or 0) + 1
    assert ledger(community, card.id).lines == []


def test_where_somebody_ate_is_for_those_who_see_care(community: Community) -> None:
    station(community)
    card = community.active_card()
    hear(community, made(card.id, 1, 0, -800))
    assert ledger(community, card.id, SIGHTS[Role.CARE]).lines[0].point == STATION
    assert ledger(community, card.id, SIGHTS[Role.ADMIN]).lines[0].point is None


@pytest.mark.parametrize(
    "nonsense",
    [
        note(EventKind.TAP, "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        note(EventKind.PAYMENT_MADE, "01ARZ3NDEKTSV4RRFFQ69G5FAV", amount=800, point_seq=1, counter=1),
        note(EventKind.PAYMENT_SETTLED, "01ARZ3NDEKTSV4RRFFQ69G5FAV", amount=800, outcome="perhaps"),
    ],
)
def test_what_says_nothing_of_a_purse_that_we_know_is_left_alone(community: Community, nonsense: Event) -> None:
    hear(community, nonsense)
    with community.transactions.read() as session:
        assert purses.item_views([]) == []

        assert session.exec(select(PurseEntryRow)).all() == []
