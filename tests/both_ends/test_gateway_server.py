"""Gateway and server over a real broker and real HTTP: enrolment, policy, events, revocations, and every outage."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlmodel import Session, select

from card_protocol.policy.decider import decide
from card_protocol.words.card import CardState
from card_protocol.words.event import Event, EventKind, note_event
from card_protocol.words.moment import PlayedDay
from card_protocol.words.point import Assurance
from card_protocol.words.reason import Reason
from card_protocol.words.verdict import Presentation
from gateway import app
from gateway.app import Box, open_box
from gateway.config import BrokerConfig, GatewayConfig
from gateway.core.backoff import Backoff
from gateway.drivers import mqtt
from gateway.drivers.box_status import BoxStatus, read_status
from server.app import Background, create_app
from server.intake.mqtt import MqttLink
from server.services import cards, gateways
from server.tables import EventRow, GatewayRow, RevocationAppliedRow
from server.tables.engine import make_engine
from tests.server.build import ADMIN, COMMUNITY, NOW_MS, make_community
from tests.server.pages.serving import serving
from tests.support.daemon import free_port
from tests.support.mosquitto import Mosquitto

PATIENCE_S = 40.0
GATE = "south-gate-in"


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


class Town:
    """A server and a gateway's box; each may be stopped and started again."""

    def __init__(self, folder: Path, broker: Mosquitto) -> None:
        self.engine = make_engine(f"sqlite:///{folder / 'server.db'}")
        self.community = make_community(self.engine)
        self.broker, self.port = broker, free_port()
        self.box_dir = folder / "box"
        day = PlayedDay(anchor_ms=time.time_ns() // 1_000_000, from_ms=NOW_MS)
        self.config = GatewayConfig(
            state_dir=self.box_dir,
            server_url=f"http://127.0.0.1:{self.port}",
            broker=BrokerConfig(port=broker.port),
            clock=day,
        )
        self.clock = lambda: day.wall_ms(time.time_ns() // 1_000_000)
        self.community.house.transactions.clock = self.clock

    @contextlib.contextmanager
    def server(self) -> Iterator[None]:
        link = MqttLink("127.0.0.1", self.broker.port, "onecard-server")
        site = create_app(self.community.house, background=Background(self.community.house, link))
        with serving(site, self.port):
            yield

    @contextlib.contextmanager
    def gateway(self) -> Iterator[None]:
        stop = threading.Event()
        thread = threading.Thread(target=app.run, args=(self.config, stop))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(PATIENCE_S)
            assert not thread.is_alive()

    def enrol(self) -> None:
        with self.community.transactions.work(ADMIN) as work:
            claim = gateways.claim(work, "g-1", COMMUNITY)
        app.enrol(self.config, claim)

    def box(self) -> Box:
        return open_box(self.box_dir, self.config.clock)

    def status(self) -> BoxStatus:
        return read_status(self.box_dir)

    def rows(self) -> list[EventRow]:
        with Session(self.engine) as session:
            return list(session.exec(select(EventRow).order_by(EventRow.seq)))

    def row(self) -> GatewayRow:
        with Session(self.engine) as session:
            return session.exec(select(GatewayRow)).one()

    def assert_nothing_lost_or_doubled(self) -> None:
        with self.box() as box:
            ours = [(entry.seq, entry.body, entry.hash) for entry in box.journal.read(1, 10_000)]
        assert [(row.seq, row.body, row.hash) for row in self.rows()] == ours

    def synced(self) -> bool:
        status = self.status()
        return status.head > 0 and status.waiting == 0 and len(self.rows()) == status.head


@pytest.fixture
def town(tmp_path: Path, mosquitto: Mosquitto, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    monkeypatch.setattr(mqtt, "RECONNECT", Backoff(first_ms=50, longest_ms=500))
    made = Town(tmp_path, mosquitto)
    yield made
    made.engine.dispose()


def fill(box: Box, count: int, start: int = 0) -> None:
    for number in range(start, start + count):
        box.journal.append(note_event(EventKind.READER_LOST, box.clock.now(), GATE, number=number))


def test_a_box_is_enrolled_gets_its_policy_and_brings_its_events(town: Town) -> None:
    card = town.community.active_card()
    with town.server():
        town.enrol()
        with town.gateway(), town.box() as box:
            wait_for(lambda: EventKind.POLICY_APPLIED.value in [row.kind for row in town.rows()])
            seen = Presentation(uid=card.uid, assurance=Assurance.CARD, card_id=card.id)
            assert decide(seen, GATE, box.book, box.clock.now()).reason is Reason.GRANTED
            fill(box, 60)
            wait_for(town.synced)
            wait_for(lambda: town.row().online and town.row().policy_version == town.status().policy_version)
        wait_for(lambda: not town.row().online)
    town.assert_nothing_lost_or_doubled()
    kinds = {Event.from_bytes(row.body).kind for row in town.rows()}
    assert kinds == {EventKind.JOURNAL_OPENED, EventKind.POLICY_APPLIED, EventKind.READER_LOST}


def test_a_revoked_card_is_refused_and_the_server_hears_that_it_is(town: Town) -> None:
    card = town.community.active_card()
    seen = Presentation(uid=card.uid, assurance=Assurance.CARD, card_id=card.id)
    with town.server():
        town.enrol()
        with town.gateway(), town.box() as box:
            wait_for(lambda: decide(seen, GATE, box.book, box.clock.now()).reason is Reason.GRANTED)
            with town.community.transactions.work(ADMIN) as work:
                cards.change_state(work, card.id, CardState.REVOKED)
            wait_for(lambda: decide(seen, GATE, box.book, box.clock.now()).reason is Reason.REVOKED)

            def applied() -> bool:
                with Session(town.engine) as session:
                    return session.exec(select(RevocationAppliedRow)).first() is not None

            wait_for(applied)
            wait_for(town.synced)
    assert EventKind.REVOCATION_APPLIED in {Event.from_bytes(row.body).kind for row in town.rows()}


def test_broker_and_server_die_at_any_moment_and_nothing_is_lost(town: Town) -> None:
    with town.server():
        town.enrol()
    with town.gateway(), town.box() as box:
        fill(box, 300)
        with town.server():
            wait_for(lambda: len(town.rows()) > 0)
            fill(box, 300, 1000)
            town.broker.kill()
            fill(box, 300, 2000)
            town.broker.start()
            wait_for(lambda: len(town.rows()) > 600)
        fill(box, 300, 3000)
        with town.server():
            town.broker.kill()
            town.broker.start()
            wait_for(town.synced)
    town.assert_nothing_lost_or_doubled()
    assert len(town.rows()) > 1200


def test_a_gateway_that_starts_before_everything_else_waits_for_it(town: Town) -> None:
    with town.server():
        town.enrol()
    town.broker.kill()
    with town.gateway(), town.box() as box:
        fill(box, 10)
        assert box.book.head is None
        town.broker.start()
        with town.server():
            wait_for(lambda: EventKind.POLICY_APPLIED.value in [row.kind for row in town.rows()])
    town.assert_nothing_lost_or_doubled()
