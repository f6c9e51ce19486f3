"""What is done with a card, each job once with a simulated card in process, and every APDU of it written down."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from card_protocol.channel.converse import Conversation, converse
from card_protocol.crypto.keys import SecretKey
from card_protocol.crypto.tree import Purpose
from card_protocol.profiles.air_time import Exchange
from card_protocol.profiles.card_keys import IssuerKeys, issuer_keys
from card_protocol.profiles.card_records import AccessEvent, Passage, PurseEntry, Visit
from card_protocol.profiles.header import Header
from card_protocol.profiles.inspect_card import inspect_card
from card_protocol.profiles.layout import CARE
from card_protocol.profiles.personalise import IssueOrder, personalise
from card_protocol.profiles.purse import open_purse, pay, top_up
from card_protocol.profiles.recycle import recycle
from card_protocol.profiles.refusal import CardRefusal
from card_protocol.profiles.renew import Renewal, renew
from card_protocol.profiles.roll_keys import roll_keys
from card_protocol.profiles.tap import CardReading, read_card
from card_protocol.profiles.visit import append_visit, open_visit
from card_protocol.profiles.write_back import WriteBack, read_grant, read_revocations, write_back
from firmware_sim.card.card import Card
from firmware_sim.card.entropy import seeded
from firmware_sim.card.state import Silicon, factory

T = TypeVar("T")

COMMUNITY: Final = "330105001001"
UID: Final = bytes.fromhex("04112233445566")
SIGNED_FILE: Final = b"\xa5" * 192
"""Stands for a signed grant or revocation delta: the air carries 192 bytes whatever they say."""

_HEADER: Final = Header(
    community=COMMUNITY, card_id="01ARZ3NDEKTSV4RRFFQ69G5FAV", holder="0011223344556677", issue_serial=1,
    issued_day=20_000, revocation_version=0, key_version=1,
)  # fmt: skip
_EVENT: Final = AccessEvent(Passage.IN, area=1, point=7, wall_ms=1, gateway_seq=1, policy_version=1).encode()
_POINT_PURPOSES: Final = (
    Purpose.DOOR_READ, Purpose.EVENT_APPEND, Purpose.CARE_READ, Purpose.CARE_APPEND, Purpose.PURSE_DEBIT,
)  # fmt: skip


@dataclass(frozen=True)
class _PointKeys:
    """A point that does everything that any point does; in a community no point may."""

    community: str
    leaves: Mapping[Purpose, tuple[SecretKey, ...]]


@dataclass(frozen=True)
class Job:
    """One job for people to read, and what crossed the air."""

    name: str
    name_zh: str
    exchanges: tuple[Exchange, ...]


def record_jobs() -> list[Job]:
    """Every job, in the order of a card's life. RuntimeError when the card does not do one: then no figure is true."""
    bench = _Bench()
    return [
        Job("personalisation, six applications", "发卡（六个应用）", bench.record(bench.personalisation)),
        Job("tap", "刷卡", bench.record(bench.tap)),
        Job("tap + grant", "刷卡并读取授权", bench.record(bench.tap_with_grant)),
        Job("tap + event written", "刷卡并写入记录", bench.record(bench.tap_with_event)),
        Job("tap, revocations read and written, event", "刷卡、读写吊销清单并写入记录", bench.record(bench.tap_gossip)),
        Job("renewal", "续期", bench.record(bench.renewal)),
        Job("care visit", "养老服务打卡", bench.record(bench.care_visit)),
        Job("top-up", "充值", bench.record(bench.top_up)),
        Job("payment", "扣款", bench.record(bench.payment)),
        Job("inspection", "检查卡片", bench.record(bench.inspection)),
        Job("key change", "更换密钥", bench.record(bench.key_change)),
        Job("recycling", "回收", bench.record(bench.recycling)),
    ]


class _Bench:
    """One card, its issuer and a point; always the same bytes."""

    def __init__(self) -> None:
        self._node = SecretKey(bytes(range(16)))
        self._issuer = self._keys(1)
        leaves = {purpose: (self._issuer.leaf(purpose, 1),) for purpose in _POINT_PURPOSES}
        self._point = _PointKeys(COMMUNITY, leaves)
        self._random = random.Random(1).randbytes  # noqa: S311 - a recording, not a secret
        self._card = Card(factory(Silicon(uid=UID)), seeded("bench card"))
        self._exchanges: list[Exchange] = []

    def _keys(self, version: int) -> IssuerKeys:
        return issuer_keys(self._node, COMMUNITY, version)

    def record(self, job: Callable[[], object]) -> tuple[Exchange, ...]:
        """Hold the card to the reader, do the job, take it away."""
        self._exchanges = []
        self._card.power_on()
        job()
        self._card.power_off()
        return tuple(self._exchanges)

    def _do(self, conversation: Conversation[T | CardRefusal]) -> T:
        result = converse(conversation, self._transmit)
        if isinstance(result, CardRefusal):
            raise RuntimeError(f"the bench's card refused: {result.cause}")
        return result

    def _transmit(self, command: bytes) -> bytes:
        answer = self._card.transmit(command)
        self._exchanges.append((command, answer))
        return answer

    def personalisation(self) -> None:
        order = IssueOrder(UID, _HEADER, grant=SIGNED_FILE, revocations=SIGNED_FILE)
        self._do(personalise(order, self._issuer, self._random))

    def tap(self) -> CardReading:
        return self._do(read_card(UID, self._point, self._random))

    def tap_with_grant(self) -> None:
        self._do(read_grant(self.tap()))

    def tap_with_event(self) -> None:
        self._do(write_back(self.tap(), self._point, WriteBack(_EVENT), self._random))

    def tap_gossip(self) -> None:
        reading = self.tap()
        self._do(read_revocations(reading))
        self._do(write_back(reading, self._point, WriteBack(_EVENT, SIGNED_FILE), self._random))

    def renewal(self) -> None:
        self._do(renew(UID, Renewal(_HEADER, SIGNED_FILE, SIGNED_FILE), self._issuer, self._random))

    def care_visit(self) -> None:
        visit = self._do(open_visit(UID, CARE, self._point, self._random))
        self._do(append_visit(visit, Visit(1, 1, 7, 1).encode(), self._point, self._random))

    def top_up(self) -> None:
        self._do(top_up(UID, PurseEntry(5000, 7, 1, 1), self._issuer, self._random))

    def payment(self) -> None:
        purse = self._do(open_purse(UID, self._point, self._random))
        self._do(pay(purse, PurseEntry(-350, 7, 2, 1)))

    def inspection(self) -> None:
        self._do(inspect_card(UID, self._issuer, self._random))

    def key_change(self) -> None:
        self._issuer = self._keys(2)
        self._do(roll_keys(UID, self._issuer, self._random))

    def recycling(self) -> None:
        self._do(recycle(UID, self._issuer, self._random))
