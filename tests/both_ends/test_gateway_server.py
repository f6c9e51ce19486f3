"""Gateway and server over a real broker and real HTTP: enrolment, policy, events, revocations, and every outage."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlmodel import Session, select

from card_protocol.crypto.certificates import authorities_in
from card_protocol.policy.decider import decide
from card_protocol.wire.identity import SERVER_NAME, CertificateRequest
from card_protocol.wire.offer import Blob, BlobRequest
from card_protocol.wire.sealed import seal
from card_protocol.words.card import CardState
from card_protocol.words.event import Event, EventKind, note_event
from card_protocol.words.moment import PlayedDay
from card_protocol.words.point import Assurance
from card_protocol.words.reason import Reason
from card_protocol.words.verdict import Presentation
from gateway import app
from gateway.app import Box, open_box
from gateway.config import BrokerConfig, GatewayConfig
from gateway.core import renewal
from gateway.core.backoff import Backoff
from gateway.drivers import identity_keeper, joining, mqtt
from gateway.drivers.box_status import BoxStatus, read_status
from gateway.drivers.http import HttpServer
from gateway.drivers.state_file import StateFile
from gateway.drivers.tls_files import TlsFiles
from gateway.ports.server import ServerRefused
from onecard.free_ports import free_port
from server.app import Background
from server.intake.mqtt import MqttLink
from server.services.cards import cards
from server.services.gateways import gateways
from server.services.gateways.broker_files import write_broker_files
from server.services.keys import authorities
from server.services.keys.own_tls import OwnTls
from server.services.signals import Signals
from server.tables import EventRow, GatewayRow, RevocationAppliedRow
from server.tables.engine import make_engine
from tests.server.build import ADMIN, COMMUNITY, NOW_MS, make_community
from tests.support.boxes import boxes_door
from tests.support.condition import require
from tests.support.identity import now_ms
from tests.support.mosquitto import SecureMosquitto, broker_config

PATIENCE_S = 40.0
GATE = "south-gate-in"


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


class Town:
    """A server and a gateway's box; each may be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self.engine = make_engine(f"sqlite:///{folder / 'server.db'}")
        self.community = make_community(self.engine)
        house = self.community.house
        house.transactions.real_clock = now_ms
        self.tls = OwnTls(house.transactions, house.keystore)
        self.broker_dir, config = folder / "broker", broker_config()
        self.broker_dir.mkdir()
        write_broker_files(house.transactions, house.keystore, config, self.broker_dir, "127.0.0.1")
        self.broker, self.port = SecureMosquitto(self.broker_dir, config), free_port()
        self.box_dir = folder / "box"
        day = PlayedDay(anchor_ms=time.time_ns() // 1_000_000, from_ms=NOW_MS)
        self.config = GatewayConfig(
            state_dir=self.box_dir,
            server_url=f"https://127.0.0.1:{self.port}",
            broker=BrokerConfig(port=config.port),
            clock=day,
        )
        self.clock = lambda: day.wall_ms(time.time_ns() // 1_000_000)
        self.community.house.transactions.clock = self.clock

    @contextlib.contextmanager
    def server(self) -> Iterator[None]:
        house = self.community.house
        link = MqttLink("127.0.0.1", self.broker.config.server_port, "onecard-server", self.tls.dialling)
        background = Background(house, link)
        background.start()
        try:
            with boxes_door(house, self.port, self.tls):
                yield
        finally:
            background.stop()
            # Signals end with a publisher; the next server of this town begins with fresh ones.
            house.transactions.signals = Signals()

    @contextlib.contextmanager
    def gateway(self, config: GatewayConfig | None = None) -> Iterator[None]:
        stop = threading.Event()
        thread = threading.Thread(target=app.run, args=(config or self.config, stop))
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
            mark = authorities.mark(work.session, work.real_ms)
        app.enrol(self.config, claim, mark, self.confirm)

    def confirm(self, shown: str) -> None:
        """The operator has read this on the box."""
        with self.community.transactions.work(ADMIN) as work:
            gateways.confirm(work, "g-1", shown)

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
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    require("broker")
    monkeypatch.setattr(mqtt, "RECONNECT", Backoff(first_ms=50, longest_ms=500))
    monkeypatch.setattr(joining, "ASK_EVERY_S", 0.05)
    made = Town(tmp_path)
    made.broker.start()
    yield made
    made.broker.kill()
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


def test_a_stolen_box_is_shut_out_everywhere_while_it_is_connected(town: Town) -> None:
    """Its disk holds every key. It can neither connect, nor be told anything, nor write history that is believed."""
    with town.server():
        town.enrol()
        with town.gateway(), town.box() as box:
            fill(box, 10)
            # The policy's coming is an event too, and the last one that the server hears of.
            wait_for(lambda: any(Event.from_bytes(row.body).kind is EventKind.POLICY_APPLIED for row in town.rows()))
            wait_for(town.synced)
            known = len(town.rows())
            with town.community.transactions.work(ADMIN) as work:
                gateways.revoke(work, "g-1", why="stolen")
            house = town.community.house
            written = write_broker_files(
                house.transactions, house.keystore, town.broker.config, town.broker_dir, "127.0.0.1"
            )
            assert {"revoked.pem", "onecard.acl"} <= set(written.names)
            town.broker.reload()
            fill(box, 10, 100)
            # It is still connected, and the broker takes no message of it: it goes on without being acknowledged.
            wait_for(lambda: "Denied PUBLISH" in town.broker.log.read_text(errors="replace"))
            # And once the connection breaks, TLS turns it away.
            town.broker.kill()
            town.broker.start()
            wait_for(lambda: "certificate verify failed" in town.broker.log.read_text(errors="replace"))
            wait_for(lambda: not town.status().health or not town.status().health.online)  # type: ignore[union-attr]
            assert town.status().waiting == 10
        assert len(town.rows()) == known
        files = TlsFiles(town.box_dir)
        signer, _ = StateFile(town.box_dir).keys()
        with HttpServer(town.config.server_url, files.context(SERVER_NAME)) as door:
            asked = CertificateRequest(gateway="g-1", request=files.request().hex())
            with pytest.raises(ServerRefused, match="403"):
                door.renew("g-1", seal("request", asked, signer.sign))
            with pytest.raises(ServerRefused, match="403"):
                door.trust("g-1")
            blob = Blob(sha256="0" * 64, bytes=1)
            wish = BlobRequest(gateway="g-1", sha256=blob.sha256, at_ms=town.clock())
            with pytest.raises(ServerRefused, match="403"):
                door.blob("g-1", blob, seal("request", wish, signer.sign))


def test_the_running_gateway_follows_from_one_authority_to_the_next(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewal, "TRUST_EVERY_MS", 100)
    monkeypatch.setattr(identity_keeper, "LOOK_EVERY_S", 0.05)
    monkeypatch.setattr(identity_keeper, "begin", lambda mono_ms, _dice: renewal.Renewal(mono_ms))
    house, files = town.community.house, TlsFiles(town.box_dir)

    def write() -> None:
        write_broker_files(house.transactions, house.keystore, town.broker.config, town.broker_dir, "127.0.0.1")

    with town.server():
        town.enrol()
        with town.gateway(), town.box() as box:
            wait_for(lambda: town.row().online)
            first = files.certificate()
            with town.community.transactions.work(ADMIN) as work:
                number = authorities.add(work, house.keystore)
            wait_for(lambda: len(authorities_in(files.authorities())) == 2)
            with town.community.transactions.work(ADMIN) as work:
                authorities.switch(work, number)
            town.tls.refresh()
            write()
            wait_for(lambda: files.certificate() != first)
            # The box has a certificate of the new one; broker and server show the old one's until it is retired.
            town.broker.kill()
            town.broker.start()
            with town.community.transactions.work(ADMIN) as work:
                authorities.retire(work, 1)
            town.tls.refresh()
            write()
            town.broker.kill()
            town.broker.start()
            fill(box, 10)
            wait_for(town.synced)
            wait_for(lambda: len(authorities_in(files.authorities())) == 1)
    town.assert_nothing_lost_or_doubled()
