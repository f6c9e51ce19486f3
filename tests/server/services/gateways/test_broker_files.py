"""The broker's files, against a real mosquitto: who may connect, publish and read, and what a reload changes."""

import os
import ssl
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from card_protocol.wire.identity import BROKER_NAME, GATEWAY_LIFE_MS
from card_protocol.wire.topics import Channel, topic
from gateway.core.sync import WINDOW_BATCHES
from gateway.drivers.tls_files import client_context
from server.services.gateways import gateways
from server.services.gateways.broker_files import (
    ACL,
    AUTHORITIES,
    CERTIFICATE,
    CONFIGURATION,
    INFLIGHT_MAX_MESSAGES,
    KEY,
    REVOKED,
    write_broker_files,
)
from server.services.keys import authorities
from server.services.keys.certificates import SERVER_LIFE_MS, PrivateKey, Use, issue, new_authority
from server.services.keys.own_tls import OwnTls, load_chain
from server.services.work import SYSTEM
from server.tables.engine import make_engine
from tests.server.build import ADMIN, COMMUNITY, Box, Community, make_community
from tests.support.condition import require
from tests.support.identity import now_ms
from tests.support.mosquitto import SecureMosquitto, broker_config
from tests.support.patience import eventually

PATIENCE_S = 30.0


class Scene:
    """A server's data base and the folder that it writes for the broker."""

    def __init__(self, folder: Path) -> None:
        self.community: Community = make_community(make_engine(f"sqlite:///{folder / 'server.db'}"))
        self.community.real[0] = now_ms()
        self.config = broker_config()
        self.folder = folder / "broker"
        self.folder.mkdir()
        with self.community.transactions.work(SYSTEM) as work:
            authorities.first(work, self.community.house.keystore)

    def write(self) -> set[str]:
        house = self.community.house
        return set(write_broker_files(house.transactions, house.keystore, self.config, self.folder, "127.0.0.1").names)

    def bundle(self) -> str:
        with self.community.transactions.read() as session:
            return authorities.bundle(session)

    def context(self, box: Box) -> ssl.SSLContext:
        assert box.identity is not None
        made = client_context(BROKER_NAME, self.bundle())
        load_chain(made, box.identity.certificate, box.tls_key)
        return made


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_it_keeps_nothing_and_hands_on_more_than_one_gateways_window(scene: Scene) -> None:
    scene.write()
    lines = (scene.folder / CONFIGURATION).read_text().splitlines()
    assert "persistence false" in lines
    assert f"max_inflight_messages {INFLIGHT_MAX_MESSAGES}" in lines
    assert "set_tcp_nodelay true" in lines
    assert INFLIGHT_MAX_MESSAGES >= 10 * WINDOW_BATCHES


def test_what_says_the_same_is_left_alone(scene: Scene) -> None:
    assert scene.write() == {ACL, AUTHORITIES, CERTIFICATE, CONFIGURATION, KEY, REVOKED}
    assert stat.S_IMODE((scene.folder / KEY).stat().st_mode) == 0o640
    assert scene.write() == set()
    scene.community.box()
    assert scene.write() == set(), "a new gateway needs no new file"
    with scene.community.transactions.work(ADMIN) as work:
        gateways.revoke(work, "g-1")
    assert scene.write() == {ACL, REVOKED}
    with scene.community.transactions.work(ADMIN) as work:
        number = authorities.add(work, scene.community.house.keystore)
    assert scene.write() == {AUTHORITIES, REVOKED}
    with scene.community.transactions.work(ADMIN) as work:
        authorities.switch(work, number)
    assert scene.write() == set(), "who was off meanwhile knows the old one alone"
    with scene.community.transactions.work(ADMIN) as work:
        authorities.retire(work, 1, force=True)
    assert scene.write() == {AUTHORITIES, CERTIFICATE, REVOKED}
    scene.community.real[0] += SERVER_LIFE_MS // 3 + 1
    assert scene.write() == {CERTIFICATE}, "a third of its life is over; the key stays"
    (scene.folder / KEY).chmod(0o644)
    assert scene.write() == {CERTIFICATE, KEY}, "a key that everybody could read is made anew"


class Client:
    """An MQTT client with a certificate; `came` is what it was told, `answer` how the broker answered."""

    def __init__(self, port: int, tls: ssl.SSLContext, client_id: str = "") -> None:
        self.came: list[tuple[str, bytes]] = []
        self.granted: list[bool] = []
        self.up, self.down = threading.Event(), threading.Event()
        self.mqtt = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv311)
        self.mqtt.tls_set_context(tls)
        self.mqtt.on_connect = lambda _c, _u, _f, reason, _p: self.down.set() if reason.is_failure else self.up.set()
        self.mqtt.on_disconnect = lambda *_: self.down.set()
        self.mqtt.on_message = lambda _c, _u, message: self.came.append((message.topic, message.payload))
        self.mqtt.on_subscribe = lambda _c, _u, _m, reasons, _p: self.granted.extend(not r.is_failure for r in reasons)
        self.mqtt.connect("127.0.0.1", port)
        self.mqtt.loop_start()

    def subscribe(self, name: str) -> bool:
        before = len(self.granted)
        self.mqtt.subscribe(name, qos=1)
        eventually(lambda: len(self.granted) > before)
        return self.granted[-1]

    def publish(self, name: str, payload: bytes) -> None:
        """QoS 1: the broker answers whether it let it through or not (MQTT 3.1.1 has no other word)."""
        self.mqtt.publish(name, payload, qos=1).wait_for_publish(PATIENCE_S)

    def close(self) -> None:
        self.mqtt.disconnect()
        self.mqtt.loop_stop()


Dial = Callable[..., Client]


@pytest.fixture
def dial() -> Iterator[Dial]:
    made: list[Client] = []

    def one(port: int, tls: ssl.SSLContext, client_id: str = "") -> Client:
        made.append(Client(port, tls, client_id))
        assert made[-1].up.wait(PATIENCE_S)
        return made[-1]

    yield one
    for client in made:
        client.close()


@pytest.fixture
def broker(scene: Scene) -> Iterator[SecureMosquitto]:
    require("broker")
    scene.write()
    running = SecureMosquitto(scene.folder, scene.config)
    running.start()
    yield running
    running.kill()


def turned_away(port: int, tls: ssl.SSLContext) -> bool:
    """Whether no session comes about. TLS 1.3 tells a client that it was refused only when it listens."""
    try:
        client = Client(port, tls)
    except (ssl.SSLError, OSError):
        return True
    try:
        eventually(lambda: client.up.is_set() or client.down.is_set())
        return not client.up.is_set()
    finally:
        client.close()


def test_every_gateway_in_its_own_branch_and_the_server_in_all(
    scene: Scene, broker: SecureMosquitto, dial: Dial
) -> None:
    one, other = scene.community.box("g-1"), scene.community.box("g-2")
    tls = OwnTls(scene.community.transactions, scene.community.house.keystore)
    server = dial(scene.config.server_port, tls.dialling, "onecard-server")
    assert server.subscribe("onecard/v1/g/+/ev")
    good, bad = dial(broker.port, scene.context(one)), dial(broker.port, scene.context(other))
    assert good.subscribe(topic("g-1", Channel.ACK))
    # mosquitto grants any subscription and asks the ACL for each message: what counts is what arrives.
    for wanted in (topic("g-1", Channel.ACK), "onecard/#", "#", topic("g-1", Channel.EVENTS)):
        bad.subscribe(wanted)
    bad.publish(topic("g-1", Channel.EVENTS), b"forged")
    bad.publish(topic("g-1", Channel.ACK), b"forged")
    bad.publish(topic("g-2", Channel.ACK), b"forged: only the server acknowledges")
    good.publish(topic("g-1", Channel.EVENTS), b"batch")
    eventually(lambda: len(server.came) == 1)
    server.publish(topic("g-1", Channel.ACK), b"ack")
    server.publish(topic("g-2", Channel.ACK), b"yours")
    eventually(lambda: bool(good.came) and bool(bad.came))
    assert server.came == [(topic("g-1", Channel.EVENTS), b"batch")]
    assert good.came == [(topic("g-1", Channel.ACK), b"ack")]
    assert set(bad.came) == {(topic("g-2", Channel.ACK), b"yours")}


def test_a_gateway_cannot_take_anothers_session(scene: Scene, broker: SecureMosquitto, dial: Dial) -> None:
    one, other = scene.community.box("g-1"), scene.community.box("g-2")
    good = dial(broker.port, scene.context(one), "gateway-g-1")
    dial(broker.port, scene.context(other), "gateway-g-1")
    dial(broker.port, scene.context(other), "g-1")
    assert good.subscribe(topic("g-1", Channel.ACK))
    assert not good.down.is_set()


def test_nobody_else_is_let_in(scene: Scene, broker: SecureMosquitto) -> None:
    stranger = new_authority(COMMUNITY, 1, now_ms(), os.urandom)
    key = PrivateKey.new()

    def with_certificate(certificate: str) -> ssl.SSLContext:
        made = client_context(BROKER_NAME, scene.bundle())
        load_chain(made, certificate, key)
        return made

    foreign = issue(stranger, "g-1", key.public_der, Use.CLIENT, GATEWAY_LIFE_MS, now_ms(), os.urandom)
    with scene.community.transactions.read() as session:
        ours = authorities.issuing(session, scene.community.house.keystore)
    long_ago = now_ms() - 2 * GATEWAY_LIFE_MS
    expired = issue(ours, "g-1", key.public_der, Use.CLIENT, GATEWAY_LIFE_MS, long_ago, os.urandom)
    broken = issue(ours, "g-1", key.public_der, Use.SERVER, GATEWAY_LIFE_MS, now_ms(), os.urandom)
    for port in (scene.config.port, scene.config.server_port):
        assert turned_away(port, client_context(BROKER_NAME, scene.bundle())), "without a certificate"
        for certificate in (foreign, expired, broken):
            assert turned_away(port, with_certificate(certificate))


def test_a_revoked_gateway_is_mute_after_the_reload_and_out_for_good(
    scene: Scene, broker: SecureMosquitto, dial: Dial
) -> None:
    one, other = scene.community.box("g-1"), scene.community.box("g-2")
    tls = OwnTls(scene.community.transactions, scene.community.house.keystore)
    server = dial(scene.config.server_port, tls.dialling)
    assert server.subscribe("onecard/v1/g/+/ev")
    stolen, good = dial(broker.port, scene.context(one)), dial(broker.port, scene.context(other))
    assert stolen.subscribe(topic("g-1", Channel.ACK))
    with scene.community.transactions.work(ADMIN) as work:
        gateways.revoke(work, "g-1", why="stolen")
    scene.write()
    broker.reload()
    stolen.publish(topic("g-1", Channel.EVENTS), b"from the thief's bench")
    server.publish(topic("g-1", Channel.ACK), b"not for thieves")
    good.publish(topic("g-2", Channel.EVENTS), b"honest")
    eventually(lambda: bool(server.came))
    assert server.came == [(topic("g-2", Channel.EVENTS), b"honest")]
    assert stolen.came == []
    assert turned_away(broker.port, scene.context(one))
    again = scene.community.box("g-1")
    scene.write()
    broker.reload()
    fresh = dial(broker.port, scene.context(again))
    fresh.publish(topic("g-1", Channel.EVENTS), b"the new box in its place")
    eventually(lambda: len(server.came) == 2)
