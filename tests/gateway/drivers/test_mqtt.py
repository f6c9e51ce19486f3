"""The broker: a real mosquitto, one that is absent, one that is killed, and a port that says nothing."""

import socket
import threading
import time
from collections.abc import Callable, Iterator

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from card_protocol.wire.topics import Channel, topic
from gateway.core.backoff import Backoff
from gateway.drivers import mqtt
from gateway.drivers.mqtt import Broker, MqttUplink
from gateway.ports.uplink import Down, Message, News, Up
from onecard.free_ports import free_port
from tests.gateway.world import GATEWAY
from tests.support.mosquitto import Mosquitto

PATIENCE_S = 20.0


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


class Ear:
    """What the uplink told."""

    def __init__(self) -> None:
        self.news: list[News] = []

    def tell(self, news: News) -> bool:
        self.news.append(news)
        return True

    def count(self, kind: type) -> int:
        return sum(isinstance(one, kind) for one in self.news)

    def messages(self) -> list[tuple[Channel, bytes]]:
        return [(one.channel, one.payload) for one in self.news if isinstance(one, Message)]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mqtt, "RECONNECT", Backoff(first_ms=20, longest_ms=200))


@pytest.fixture
def ear() -> Ear:
    return Ear()


Start = Callable[[int], MqttUplink]


@pytest.fixture
def start(ear: Ear) -> Iterator[Start]:
    started: list[MqttUplink] = []

    def begin(port: int) -> MqttUplink:
        uplink = MqttUplink(Broker("127.0.0.1", port), GATEWAY)
        uplink.start(ear.tell, lambda: b"last will")
        started.append(uplink)
        return uplink

    yield begin
    for uplink in started:
        uplink.stop()


class Server:
    """The other end, by paho: keeps what comes up, sends what a test wants."""

    def __init__(self, port: int) -> None:
        self.heard: list[tuple[str, bytes, bool]] = []
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id="server", protocol=paho.MQTTv311)
        subscribed = threading.Event()
        self._client.on_message = lambda _c, _d, m: self.heard.append((m.topic, m.payload, m.retain))
        self._client.on_subscribe = lambda *_: subscribed.set()
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        self._client.subscribe("onecard/v1/g/+/+", 1)
        assert subscribed.wait(PATIENCE_S)

    def send(self, where: str, payload: bytes, *, retain: bool = False) -> None:
        self._client.publish(where, payload, qos=1, retain=retain).wait_for_publish(PATIENCE_S)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def server(mosquitto: Mosquitto) -> Iterator[Server]:
    other_end = Server(mosquitto.port)
    yield other_end
    other_end.close()


def test_messages_go_up_and_come_down(mosquitto: Mosquitto, server: Server, ear: Ear, start: Start) -> None:
    uplink = start(mosquitto.port)
    wait_for(lambda: ear.count(Up) == 1)
    assert uplink.publish(Channel.EVENTS, b"batch")
    for channel in (Channel.ACK, Channel.POLICY, Channel.REVOCATIONS):
        server.send(topic(GATEWAY, channel), channel.encode())
    wait_for(lambda: len(ear.messages()) == 3)
    assert ear.messages() == [(c, c.encode()) for c in (Channel.ACK, Channel.POLICY, Channel.REVOCATIONS)]
    wait_for(lambda: (topic(GATEWAY, Channel.EVENTS), b"batch", False) in server.heard)
    for one in ear.news:
        if isinstance(one, Message):
            uplink.done(one)


def test_what_is_not_for_us_is_not_heard(mosquitto: Mosquitto, server: Server, ear: Ear, start: Start) -> None:
    start(mosquitto.port)
    wait_for(lambda: ear.count(Up) == 1)
    server.send(topic("elsewhere", Channel.ACK), b"not ours")
    server.send(topic(GATEWAY, Channel.ACK), b"ours")
    wait_for(lambda: len(ear.messages()) == 1)
    assert ear.messages() == [(Channel.ACK, b"ours")]


def test_a_retained_manifest_is_there_at_once(mosquitto: Mosquitto, server: Server, ear: Ear, start: Start) -> None:
    server.send(topic(GATEWAY, Channel.POLICY), b"manifest", retain=True)
    start(mosquitto.port)
    wait_for(lambda: ear.messages() == [(Channel.POLICY, b"manifest")])


def test_when_it_vanishes_the_broker_says_so(mosquitto: Mosquitto, server: Server, ear: Ear, start: Start) -> None:
    uplink = start(mosquitto.port)
    wait_for(lambda: ear.count(Up) == 1)
    client = uplink._client
    assert client is not None
    sock = client.socket()
    assert isinstance(sock, socket.socket)
    sock.shutdown(socket.SHUT_RDWR)
    wait_for(lambda: (topic(GATEWAY, Channel.STATE), b"last will", False) in server.heard)
    wait_for(lambda: (ear.count(Down), ear.count(Up)) == (1, 2))


def test_stopping_says_goodbye_after_the_last_message(
    mosquitto: Mosquitto, server: Server, ear: Ear, start: Start
) -> None:
    uplink = start(mosquitto.port)
    wait_for(lambda: ear.count(Up) == 1)
    uplink.publish(Channel.STATE, b"offline", retain=True)
    uplink.stop()
    assert not uplink.alive()
    wait_for(lambda: (topic(GATEWAY, Channel.STATE), b"offline", False) in server.heard)
    assert b"last will" not in [payload for _, payload, _ in server.heard]
    assert not uplink.publish(Channel.STATE, b"too late")


def test_an_absent_broker_is_waited_for(mosquitto: Mosquitto, ear: Ear, start: Start) -> None:
    mosquitto.kill()
    uplink = start(mosquitto.port)
    assert not uplink.publish(Channel.EVENTS, b"batch")
    assert uplink.alive()
    mosquitto.start()
    wait_for(lambda: ear.count(Up) == 1)


def test_a_killed_broker_is_noticed_and_found_again(mosquitto: Mosquitto, ear: Ear, start: Start) -> None:
    uplink = start(mosquitto.port)
    for round_ in range(1, 3):
        wait_for(lambda: ear.count(Up) == round_)  # noqa: B023 - asked before the next round
        mosquitto.kill()
        wait_for(lambda: ear.count(Down) == round_)  # noqa: B023
        assert not uplink.publish(Channel.EVENTS, b"batch")
        mosquitto.start()
    wait_for(lambda: ear.count(Up) == 3)
    kinds = [type(one) for one in ear.news if not isinstance(one, Message)]
    assert kinds == [Up, Down, Up, Down, Up]


def test_a_link_that_is_renewed_is_a_new_one(mosquitto: Mosquitto, ear: Ear, start: Start) -> None:
    uplink = start(mosquitto.port)
    wait_for(lambda: ear.count(Up) == 1)
    first = uplink._client
    uplink.renew()
    wait_for(lambda: ear.count(Up) == 2)
    assert ear.count(Down) == 1
    assert uplink._client is not first


def test_an_old_ticket_is_worth_nothing(mosquitto: Mosquitto, server: Server, ear: Ear, start: Start) -> None:
    uplink = start(mosquitto.port)
    wait_for(lambda: ear.count(Up) == 1)
    server.send(topic(GATEWAY, Channel.ACK), b"ack")
    wait_for(lambda: ear.count(Message) == 1)
    old = next(one for one in ear.news if isinstance(one, Message))
    mosquitto.kill()
    wait_for(lambda: ear.count(Down) == 1)
    uplink.done(old)
    uplink.done(Message(Channel.ACK, b"", None))
    assert uplink.alive()


def test_a_port_that_hangs_up_at_once_is_no_broker(ear: Ear, start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        uplink = start(listener.getsockname()[1])
        for _ in range(3):
            listener.settimeout(PATIENCE_S)
            listener.accept()[0].close()
        assert (uplink.alive(), ear.news) == (True, [])
        uplink.stop()


def test_stopping_while_nobody_answers_does_not_hang(ear: Ear, start: Start) -> None:
    uplink = start(free_port())
    uplink.stop()
    assert not uplink.alive()


def test_a_broker_that_refuses_us_is_asked_again(mosquitto: Mosquitto, ear: Ear, start: Start) -> None:
    text = (mosquitto.log.parent / "mosquitto.conf").read_text()
    mosquitto.kill()
    conf = mosquitto.log.parent / "mosquitto.conf"
    conf.write_text(text.replace("allow_anonymous true", "allow_anonymous false"))
    mosquitto.start()
    uplink = start(mosquitto.port)
    wait_for(lambda: "refuses us" in uplink._complaint)
    assert ear.news == []
    mosquitto.kill()
    conf.write_text(text)
    mosquitto.start()
    wait_for(lambda: ear.count(Up) == 1)
