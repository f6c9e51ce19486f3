"""The link on a real mosquitto: manual acknowledgement, a broker that is away, dies and comes back."""

import queue
import socket
import threading
from collections.abc import Iterator

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from card_protocol.wire.topics import Channel, topic
from onecard.free_ports import free_port
from server.intake.mqtt import MqttLink, TopicLink
from server.intake.processor import Message
from tests.support.mosquitto import Mosquitto

WAIT_S = 30.0


class Ear:
    """A link with everything it hears."""

    def __init__(self, port: int, name: str = "server-under-test", gateways: frozenset[str] | None = None) -> None:
        self.link = MqttLink("127.0.0.1", port, name, gateways=gateways)
        self.heard: queue.Queue[Message] = queue.Queue()
        self.connects = threading.Semaphore(0)
        self.link.start(self.heard.put, self.connects.release)

    def connected(self) -> None:
        assert self.connects.acquire(timeout=WAIT_S)

    def hear(self) -> Message:
        return self.heard.get(timeout=WAIT_S)


@pytest.fixture
def ear(mosquitto: Mosquitto) -> Iterator[Ear]:
    made = Ear(mosquitto.port)
    made.connected()
    yield made
    made.link.stop()


class Gateway:
    """A plain MQTT client in the place of a gateway."""

    def __init__(self, port: int, name: str = "g-1") -> None:
        self.name = name
        self.heard: queue.Queue[tuple[str, bytes, bool]] = queue.Queue()
        self.client = paho.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=paho.MQTTv311)
        ready = threading.Event()
        self.client.on_connect = lambda *_: self.client.subscribe(f"onecard/v1/g/{name}/+", 1)
        self.client.on_subscribe = lambda *_: ready.set()
        self.client.on_message = lambda _c, _d, m: self.heard.put((m.topic, bytes(m.payload), m.retain))
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        assert ready.wait(WAIT_S)

    def say(self, channel: Channel, payload: bytes, *, retain: bool = False) -> None:
        self.client.publish(topic(self.name, channel), payload, qos=1, retain=retain).wait_for_publish(WAIT_S)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def gateway(mosquitto: Mosquitto) -> Iterator[Gateway]:
    made = Gateway(mosquitto.port)
    yield made
    made.close()


def test_events_and_states_come_up_and_nothing_else(ear: Ear, gateway: Gateway) -> None:
    gateway.say(Channel.ACK, b"nobody's business")
    gateway.say(Channel.EVENTS, b"events")
    gateway.say(Channel.STATE, b"state")
    first, second = ear.hear(), ear.hear()
    assert (first.topic, first.payload) == (topic("g-1", Channel.EVENTS), b"events")
    assert (second.topic, second.payload) == (topic("g-1", Channel.STATE), b"state")


def test_an_acknowledgement_waits_for_no_other(ear: Ear) -> None:
    line = ear.link._client.socket()
    assert isinstance(line, socket.socket)
    assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1


def test_what_was_not_acknowledged_is_bounded_by_the_brokers_window(ear: Ear, gateway: Gateway) -> None:
    """Manual acknowledgement is at work: the broker stops at its window until we have committed."""
    for n in range(30):
        gateway.say(Channel.EVENTS, str(n).encode())
    window = [ear.hear() for _ in range(20)]
    with pytest.raises(queue.Empty):
        ear.heard.get(timeout=0.5)
    for message in window:
        ear.link.acknowledge(message)
    assert [int(ear.hear().payload) for _ in range(10)] == list(range(20, 30))


def test_messages_go_down_and_a_manifest_stays(ear: Ear, gateway: Gateway, mosquitto: Mosquitto) -> None:
    assert ear.link.send("g-1", Channel.POLICY, b"manifest", retain=True)
    assert gateway.heard.get(timeout=WAIT_S) == (topic("g-1", Channel.POLICY), b"manifest", False)
    late = Gateway(mosquitto.port, "g-2")
    late.client.subscribe(topic("g-1", Channel.POLICY), 1)
    assert late.heard.get(timeout=WAIT_S) == (topic("g-1", Channel.POLICY), b"manifest", True)
    late.close()


def test_a_broker_that_is_away_at_the_start_is_waited_for(mosquitto: Mosquitto) -> None:
    mosquitto.kill()
    ear = Ear(mosquitto.port)
    assert not ear.link.send("g-1", Channel.ACK, b"lost")
    mosquitto.start()
    ear.connected()
    assert ear.link.connected
    ear.link.stop()


def test_a_broker_that_dies_is_found_again_and_heard_again(ear: Ear, mosquitto: Mosquitto) -> None:
    mosquitto.kill()
    mosquitto.start()
    ear.connected()
    gateway = Gateway(mosquitto.port)
    gateway.say(Channel.EVENTS, b"after")
    assert ear.hear().payload == b"after"
    gateway.close()


def test_a_port_where_no_broker_is_makes_no_trouble() -> None:
    link = MqttLink("127.0.0.1", free_port(), "server-under-test")
    assert not link.running
    link.start(lambda _message: None, lambda: None)
    assert (link.connected, link.running) == (False, True)
    link.stop()
    assert not link.running


def test_a_link_that_shares_hears_whom_it_was_told_also_after_the_broker_died(mosquitto: Mosquitto) -> None:
    ear = Ear(mosquitto.port, gateways=frozenset())
    ear.connected()
    ear.link.listen_to(frozenset({"g-1", "g-2"}))
    assert speakers(ear, mosquitto, "g-1", "g-3", "g-2") == ["g-1", "g-2"]
    ear.link.listen_to(frozenset({"g-2", "g-3"}))
    assert speakers(ear, mosquitto, "g-1", "g-3", "g-2") == ["g-3", "g-2"]
    mosquitto.kill()
    mosquitto.start()
    ear.connected()
    assert speakers(ear, mosquitto, "g-1", "g-3", "g-2") == ["g-3", "g-2"]
    ear.link.stop()


def speakers(ear: Ear, mosquitto: Mosquitto, *names: str) -> list[str]:
    """Who of these is heard, of two rounds the last; the last of `names` must be: a subscription takes a moment."""
    gateways = [Gateway(mosquitto.port, name) for name in names]
    heard: list[str] = []
    for round_ in range(100):
        for gateway in gateways:
            gateway.say(Channel.EVENTS, str(round_).encode())
        while True:
            try:
                message = ear.heard.get(timeout=WAIT_S if heard and heard[-1] != names[-1] else 0.1)
            except queue.Empty:
                break
            ear.link.acknowledge(message)
            if message.payload == str(round_).encode():
                heard.append(message.topic.split("/")[3])
        if heard:
            break
    for gateway in gateways:
        gateway.close()
    return heard


def test_another_broker_is_told_and_sees_when_we_are_gone(mosquitto: Mosquitto) -> None:
    heard: queue.Queue[tuple[str, bytes, bool]] = queue.Queue()
    listener = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv311)
    ready, connected = threading.Event(), threading.Event()
    listener.on_connect = lambda *_: listener.subscribe("other/#", 1)
    listener.on_subscribe = lambda *_: ready.set()
    listener.on_message = lambda _c, _d, m: heard.put((m.topic, bytes(m.payload), m.retain))
    listener.connect("127.0.0.1", mosquitto.port)
    listener.loop_start()
    assert ready.wait(WAIT_S)
    link = TopicLink("127.0.0.1", mosquitto.port, "other/status")
    assert not link.publish(("other/x", b"lost", False)), "nobody is there yet"
    link.start(connected.set)
    assert connected.wait(WAIT_S)
    assert heard.get(timeout=WAIT_S) == ("other/status", b"online", False)
    assert link.publish(("other/x", b"told", False))
    assert heard.get(timeout=WAIT_S) == ("other/x", b"told", False)
    link.stop()
    assert heard.get(timeout=WAIT_S) == ("other/status", b"offline", False)
    listener.disconnect()
    listener.loop_stop()


def test_what_we_retained_there_is_heard_and_taken_back(mosquitto: Mosquitto) -> None:
    """One connection leaves something; the next, which says nothing of itself, finds it and takes it away."""
    connected, seen = threading.Event(), queue.Queue[str]()
    first = TopicLink("127.0.0.1", mosquitto.port, "mine/status")
    first.start(connected.set)
    assert connected.wait(WAIT_S)
    first.publish(("mine/x/config", b"{}", True))
    first.stop()
    second = TopicLink("127.0.0.1", mosquitto.port, None, own=("mine/+/config", "mine/status"))
    second.start(lambda: None, seen.put)
    found = {seen.get(timeout=WAIT_S), seen.get(timeout=WAIT_S)}
    assert found == {"mine/x/config", "mine/status"}
    for one in found:
        assert second.publish((one, b"", True))
    assert second.publish(("mine/last", b"x", True))
    second.stop()
    third = TopicLink("127.0.0.1", mosquitto.port, None, own=("mine/#",))
    third.start(lambda: None, seen.put)
    assert seen.get(timeout=WAIT_S) == "mine/last"
    third.stop()
    assert seen.empty()
