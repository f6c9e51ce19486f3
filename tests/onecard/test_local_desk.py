"""The desk in one's own process: services on one side, a reader on the other."""

import asyncio

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from card_protocol.errors import EquipmentFault
from card_protocol.wire.desk import CardHere, Show
from firmware_sim.field.udp import UdpField
from firmware_sim.field.visit import Visit
from onecard.local_desk import DESK, LocalLink, at_reader
from server.services.problems import Code, Problem
from tests.server.build import Community, make_community
from tests.server.desk import UID, stock_card


class Screen:
    def __init__(self) -> None:
        self.shown: list[str] = []

    def show(self, message: Show) -> None:
        self.shown.append(message.en)


@pytest.fixture
def community() -> Community:
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    return make_community(engine)


def test_a_job_has_the_card_and_the_display(community: Community) -> None:
    field, screen = UdpField(), Screen()
    field.place(Visit(stock_card()))

    async def job() -> tuple[str, bytes]:
        desk = community.house.desks.get(DESK)
        uid = await desk.card(10_000)
        await desk.show(en="Hello", zh="你好", good=True)
        return uid, await desk.transmit(bytes.fromhex("9060000000"))

    try:
        uid, answer = at_reader(community.house, f"nfc:udp:127.0.0.1:{field.port}", screen, job)
    finally:
        field.close()
    assert (uid, answer[-2:], screen.shown) == (UID, b"\x91\xaf", ["Hello"])
    assert community.house.desks.listing() == []


def test_what_the_job_raises_comes_out_and_the_reader_is_free_again(community: Community) -> None:
    field = UdpField()
    spec = f"nfc:udp:127.0.0.1:{field.port}"

    async def job() -> None:
        raise Problem(Code.NO_CARD)

    async def fine() -> int:
        return 7

    try:
        with pytest.raises(Problem):
            at_reader(community.house, spec, Screen(), job)
        assert at_reader(community.house, spec, Screen(), fine) == 7
    finally:
        field.close()


def test_a_reader_that_is_not_there_is_told_at_once(community: Community) -> None:
    async def job() -> None:
        raise AssertionError("never reached")

    with pytest.raises(EquipmentFault, match="no reader driver"):
        at_reader(community.house, "smoke:signals", Screen(), job)


def test_a_link_without_hello_says_nothing(community: Community) -> None:
    async def story() -> None:
        link = LocalLink(community.house, Screen(), asyncio.get_running_loop(), asyncio.Event())
        await asyncio.to_thread(link.send, CardHere(uid=UID))
        assert link.receive(0) is None
        assert link.receive(1) is None
        link.close()

    asyncio.run(story())
    assert community.house.desks.listing() == []
