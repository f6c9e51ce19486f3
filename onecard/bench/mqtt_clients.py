"""MQTT for benchmarks, bare: many clients in one thread, and one that counts."""

import contextlib
import resource
import selectors
import socket
import time
from collections.abc import Callable, Sequence
from typing import Final

from onecard.bench.bare_mqtt import Client, MQTTMessage, bare_client

HOST: Final = "127.0.0.1"
KEEPALIVE_S: Final = 300
FILES_PER_CLIENT: Final = 4
TURN_S: Final = 0.2
CONNECT_PATIENCE_S: Final = 60.0
INFLIGHT_MAX: Final = 4000

Heard = Callable[[int, str, bytes], Sequence[tuple[str, bytes, bool]]]
"""(client, topic, payload) -> what it says then: topic, payload, retained."""


def room_for(clients: int) -> None:
    """Raise this process's limit of open files as far as it may be; OSError when that is too little."""
    wanted = FILES_PER_CLIENT * clients + 256
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    if allowed < wanted:
        raise OSError(f"{clients} connections need {wanted} open files, this machine allows {hard} (ulimit -Hn)")


class Fleet:
    """Many clients, each with a connection and a subscription of its own, served by one selector."""

    def __init__(self, port: int, topics: Sequence[Sequence[str]], heard: Heard) -> None:
        """`topics`: what each client subscribes to. Returns when the broker has taken all subscriptions."""
        room_for(len(topics))
        self._heard = heard
        self._subscribed = 0
        self._selector = selectors.DefaultSelector()
        self._clients = [self._client(port, number, wanted) for number, wanted in enumerate(topics)]
        deadline_s = time.monotonic() + CONNECT_PATIENCE_S
        while self._subscribed < len(topics):
            if time.monotonic() > deadline_s:
                raise TimeoutError(f"{self._subscribed} of {len(topics)} clients were taken by the broker")
            self.turn()

    def turn(self) -> None:
        """Serve whoever has something to read, for a moment."""
        for key, _ in self._selector.select(TURN_S):
            client: Client = key.data
            client.loop_read()
            while client.want_write():
                client.loop_write()

    def say(self, number: int, topic: str, payload: bytes, *, retain: bool) -> None:
        """Publish in a client's name."""
        client = self._clients[number]
        client.publish(topic, payload, qos=1, retain=retain)
        while client.want_write():
            client.loop_write()

    def close(self) -> None:
        """Hang up."""
        for client in self._clients:
            client.disconnect()
        self._selector.close()

    def _client(self, port: int, number: int, wanted: Sequence[str]) -> Client:
        client = _new(f"fleet-{number}")
        client.on_connect = _subscribes([(topic, 1) for topic in wanted])
        client.on_subscribe = self._one_more
        client.on_message = lambda _c, _d, message: self._message(number, message)
        client.connect(HOST, port, KEEPALIVE_S)
        sock = client.socket()
        assert isinstance(sock, socket.socket)
        self._selector.register(sock, selectors.EVENT_READ, client)
        return client

    def _one_more(self, *_: object) -> None:
        self._subscribed += 1

    def _message(self, number: int, message: MQTTMessage) -> None:
        for topic, payload, retain in self._heard(number, message.topic, bytes(message.payload)):
            self._clients[number].publish(topic, payload, qos=1, retain=retain)


class Hub:
    """The bare other end: publishes to many, is called for everything that comes back."""

    def __init__(self, port: int, wanted: str, heard: Callable[[str], None]) -> None:
        self._client = _new("bare-hub")
        self._client.on_connect = _subscribes([(wanted, 1)])
        self._client.on_message = lambda _c, _d, message: heard(message.topic)
        self._client.connect(HOST, port, KEEPALIVE_S)
        self._client.loop_start()

    def publish(self, topic: str, payload: bytes) -> None:
        """QoS 1."""
        self._client.publish(topic, payload, qos=1)

    def close(self) -> None:
        """Hang up."""
        with contextlib.suppress(OSError):
            self._client.disconnect()
        self._client.loop_stop()


def _new(name: str) -> Client:
    client = bare_client(name)
    client.max_inflight_messages_set(INFLIGHT_MAX)
    client.max_queued_messages_set(0)
    client.on_socket_open = _at_once
    return client


def _subscribes(wanted: list[tuple[str, int]]) -> Callable[..., None]:
    def connected(client: Client, *_: object) -> None:
        client.subscribe(wanted)

    return connected


def _at_once(_client: Client, _data: object, sock: object) -> None:
    assert isinstance(sock, socket.socket)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
