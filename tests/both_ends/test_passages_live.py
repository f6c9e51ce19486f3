"""Two boxes of one area over a real broker: what one saw the other knows, also when a message was lost on the way."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session, select

from card_protocol.policy.rules import Passback
from card_protocol.wire.passages import Passed
from card_protocol.wire.topics import Channel
from card_protocol.words.event import Event, EventKind
from card_protocol.words.point import Direction
from card_protocol.words.reason import Reason
from gateway import app
from gateway.app import Box
from gateway.core import station
from gateway.core.backoff import Backoff
from gateway.drivers import joining, mqtt
from gateway.drivers.passage_file import PassageReader
from server.intake import processor
from server.intake.mqtt import MqttLink
from server.services.access import access, areas
from server.services.access.areas import AreaIn
from server.services.gateways import gateways
from server.services.keys import authorities
from server.tables import GatewayRow
from tests.both_ends.test_gateway_server import Town, wait_for
from tests.edge.words import HOLDER
from tests.server.build import ADMIN, COMMUNITY
from tests.server.inside import point
from tests.support.condition import require

OTHER = "00112233445566BB"


class Neighbours(Town):
    """A second box whose door leads into the same yard as the first one's."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.second = self.config.model_copy(update={"state_dir": folder / "box-2"})
        self.heard: list[Passed] = []
        self._reader = PassageReader(self.second.state_dir)

    def join(self) -> None:
        self.enrol()
        with self.community.transactions.work(ADMIN) as work:
            claim, mark = gateways.claim(work, "g-2", COMMUNITY), authorities.mark(work.session, work.real_ms)

        def confirm(shown: str) -> None:
            with self.community.transactions.work(ADMIN) as work:
                gateways.confirm(work, "g-2", shown)

        app.enrol(self.second, claim, mark, confirm)
        with self.community.transactions.work(ADMIN) as work:
            areas.set_area(work, AreaIn(id="community", name_zh="院", name_en="Yard", passback=Passback.HARD))
            for name, gateway in (("west", "g-1"), ("east", "g-2")):
                access.set_point(work, COMMUNITY, point(name, "community", Direction.IN, gateway))

    def both_there(self) -> bool:
        with Session(self.engine) as session:
            return [row.online for row in session.exec(select(GatewayRow))] == [True, True]

    def knows(self, holder: str) -> bool:
        """Whether the second box has it in its file, where its points look at every tap."""
        self.heard += [passed for word in self._reader.fresh() for passed in word.passed]
        return holder in {passed.holder for passed in self.heard}


@pytest.fixture
def neighbours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Neighbours]:
    require("broker")
    monkeypatch.setattr(mqtt, "RECONNECT", Backoff(first_ms=50, longest_ms=500))
    monkeypatch.setattr(joining, "ASK_EVERY_S", 0.05)
    monkeypatch.setattr(station, "REPORT_EVERY_MS", 200)
    monkeypatch.setattr(processor, "RETOLD_MS", 200)
    made = Neighbours(tmp_path)
    made.broker.start()
    yield made
    made.broker.kill()
    made.engine.dispose()


def goes_in(box: Box, holder: str) -> None:
    moment = box.clock.now().model_dump()
    box.journal.append(
        Event(kind=EventKind.TAP, **moment, point="west", holder=holder, reason=Reason.GRANTED, policy_version=1)
    )


def test_what_one_box_saw_the_other_knows_also_when_a_message_was_lost(
    neighbours: Neighbours, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost: list[str] = []
    losing = [False]
    send = MqttLink.send

    def send_or_lose(link: MqttLink, gateway: str, channel: Channel, message: bytes, *, retain: bool = False) -> bool:
        if channel is Channel.PASSAGES and losing[0]:
            lost.append(gateway)
            return True
        return send(link, gateway, channel, message, retain=retain)

    monkeypatch.setattr(MqttLink, "send", send_or_lose)
    with neighbours.server():
        neighbours.join()
        with neighbours.gateway(), neighbours.gateway(neighbours.second), neighbours.box() as box:
            wait_for(neighbours.both_there)
            goes_in(box, HOLDER)
            wait_for(lambda: neighbours.knows(HOLDER))
            losing[0] = True
            goes_in(box, OTHER)
            wait_for(lambda: bool(lost))
            losing[0] = False
            wait_for(lambda: neighbours.knows(OTHER))
    assert {(passed.area, passed.direction) for passed in neighbours.heard} == {("community", Direction.IN)}
