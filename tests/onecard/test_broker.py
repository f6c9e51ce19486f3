"""The embedded broker for real: what the sync needs of it, and that it remembers nothing."""

import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from onecard.free_ports import free_port
from tests.support.daemon import Daemon

PATIENCE_S = 20.0


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Daemon]:
    port = free_port()
    running = Daemon([sys.executable, "-m", "onecard", "broker", "--port", str(port)], port, tmp_path / "broker.log")
    running.start()
    yield running
    running.stop()
    assert "Traceback" not in running.tail()


class Client:
    """One MQTT 3.1.1 session that collects what comes on a topic."""

    def __init__(self, port: int, topic: str, will: str | None = None) -> None:
        self.heard: list[bytes] = []
        self.came = threading.Event()
        subscribed = threading.Event()
        self.mqtt = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv311)
        if will is not None:
            self.mqtt.will_set(will, b"offline", qos=1, retain=True)
        self.mqtt.on_message = lambda _c, _u, message: (self.heard.append(message.payload), self.came.set())
        self.mqtt.on_subscribe = lambda *_: subscribed.set()
        self.mqtt.connect("127.0.0.1", port)
        self.mqtt.loop_start()
        self.mqtt.subscribe(topic, qos=1)
        assert subscribed.wait(PATIENCE_S)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        self.mqtt.publish(topic, payload, qos=1, retain=retain).wait_for_publish(PATIENCE_S)

    def vanish(self) -> None:
        """As after a power cut: no goodbye."""
        self.mqtt.loop_stop()
        socket = self.mqtt.socket()
        assert socket is not None
        socket.close()


def test_messages_arrive_and_the_last_retained_one_waits(broker: Daemon) -> None:
    server, gateway = Client(broker.port, "g/+/ev"), Client(broker.port, "g/a/ack")
    gateway.publish("g/a/ev", b"batch")
    assert server.came.wait(PATIENCE_S)
    server.publish("g/a/pol", b"old", retain=True)
    server.publish("g/a/pol", b"manifest", retain=True)
    late = Client(broker.port, "g/a/pol")
    assert late.came.wait(PATIENCE_S)
    assert (server.heard, late.heard) == ([b"batch"], [b"manifest"])


def test_a_client_that_vanishes_leaves_its_will(broker: Daemon) -> None:
    server, gateway = Client(broker.port, "g/+/state"), Client(broker.port, "g/a/ack", will="g/a/state")
    gateway.vanish()
    assert server.came.wait(PATIENCE_S)
    assert server.heard == [b"offline"]


def test_a_broker_that_was_killed_remembers_nothing(broker: Daemon) -> None:
    Client(broker.port, "x").publish("g/a/pol", b"manifest", retain=True)
    broker.kill()
    broker.start()
    late = Client(broker.port, "g/a/pol")
    late.publish("g/a/pol", b"new")
    assert late.came.wait(PATIENCE_S)
    assert late.heard == [b"new"]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_with_a_client_still_there(broker: Daemon, how: signal.Signals) -> None:
    Client(broker.port, "x")
    process = broker._process
    assert process is not None
    broker.stop(how)
    assert process.returncode == 0
    assert "Traceback" not in broker.tail()
