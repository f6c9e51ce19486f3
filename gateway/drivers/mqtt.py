"""The broker, by paho-mqtt: the one file of the gateway that imports it.

MQTT 3.1.1, QoS 1, clean session, manual acknowledgement, a last will. Every connection gets a client object of its
own: paho would otherwise send again by itself what it had queued for the last one, and its queue is no outbox.
"""

import random
import socket
import ssl
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

import paho.mqtt.client as paho
import structlog
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.reasoncodes import ReasonCode

from card_protocol.errors import Fault
from card_protocol.wire.topics import Channel, parse_topic, topic
from gateway.core.backoff import Backoff
from gateway.ports.uplink import Down, Message, News, Up

KEEPALIVE_S = 20
CONNECT_TIMEOUT_S = 5.0
QUEUE_MAX_MESSAGES = 64
RECONNECT = Backoff(first_ms=500, longest_ms=4_000)
SUBSCRIPTIONS = (Channel.ACK, Channel.POLICY, Channel.REVOCATIONS, Channel.COMMAND, Channel.PASSAGES)
_LOOK_S = 1.0
WEDGED_S = 120.0
"""A name that takes this long to look up, or a library that does not come back: begin anew."""

_STOP_TIMEOUT_S = 8.0

_log = structlog.get_logger()


class Broker(NamedTuple):
    """Where it is. `tls` makes a context for each connection, from the certificate of that moment.

    None means plain MQTT: the configuration allows that on loopback only.
    """

    host: str
    port: int
    tls: Callable[[], ssl.SSLContext] | None = None


class _Ticket(NamedTuple):
    client: paho.Client
    mid: int
    qos: int


class MqttUplink:
    """See `gateway.ports.uplink.Uplink`."""

    def __init__(self, broker: Broker, gateway: str) -> None:
        self._broker, self._gateway = broker, gateway
        self._stopping = threading.Event()
        self._ended = threading.Event()
        """The present connection is over."""
        self._thread: threading.Thread | None = None
        self._client: paho.Client | None = None
        self._tell: Callable[[News], bool] = lambda _: False
        self._last_will: Callable[[], bytes] = lambda: b""
        self._tries = 0
        self._beat_s = time.monotonic()
        self._complaint = ""

    def start(self, tell: Callable[[News], bool], last_will: Callable[[], bytes]) -> None:
        """See the port. Returns at once, the broker may be absent."""
        self._tell, self._last_will = tell, last_will
        self._thread = threading.Thread(target=self._run, name="mqtt", daemon=True)
        self._thread.start()

    def publish(self, channel: Channel, message: bytes, *, retain: bool = False) -> bool:
        """See the port."""
        client = self._client
        if client is None:
            return False
        info = client.publish(topic(self._gateway, channel), message, qos=1, retain=retain)
        return info.rc is MQTTErrorCode.MQTT_ERR_SUCCESS

    def done(self, message: Message) -> None:
        """See the port. A ticket of an earlier connection is worth nothing: the broker has forgotten it."""
        ticket = message.ticket
        if isinstance(ticket, _Ticket) and ticket.client.is_connected():
            ticket.client.ack(ticket.mid, ticket.qos)

    def renew(self) -> None:
        """See the port."""
        _log.warning("broker_link_renewed", host=self._broker.host, port=self._broker.port)
        self._ended.set()

    def stop(self) -> None:
        """See the port."""
        self._stopping.set()
        self._ended.set()
        if self._thread is not None:
            self._thread.join(_STOP_TIMEOUT_S)

    def alive(self) -> bool:
        """Whether the thread runs and goes round; the daemon looks after it."""
        goes_round = time.monotonic() - self._beat_s < WEDGED_S
        return self._thread is not None and self._thread.is_alive() and goes_round

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._beat_s = time.monotonic()
            try:
                self._serve(self._new_client())
            except (OSError, ValueError, Fault) as error:
                self._complain(str(error) or type(error).__name__)
            self._tries += 1
            dice = random.random()  # noqa: S311 - spreads reconnects, keeps no secret
            self._stopping.wait(RECONNECT.wait_ms(self._tries - 1, dice) / 1000)

    def _new_client(self) -> paho.Client:
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"gateway-{self._gateway}",
            clean_session=True,
            protocol=paho.MQTTv311,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        client.connect_timeout = CONNECT_TIMEOUT_S
        client.max_queued_messages_set(QUEUE_MAX_MESSAGES)
        client.max_inflight_messages_set(QUEUE_MAX_MESSAGES)
        if self._broker.tls is not None:
            client.tls_set_context(self._broker.tls())
        client.will_set(topic(self._gateway, Channel.STATE), self._last_will(), qos=1, retain=True)
        client.on_connect = self._connected
        client.on_subscribe = self._subscribed
        client.on_message = self._message
        client.on_disconnect = self._disconnected
        client.on_socket_open = _tune
        return client

    def _serve(self, client: paho.Client) -> None:
        """Connect and stay until the connection breaks or we stop."""
        self._ended.clear()
        client.connect(self._broker.host, self._broker.port, KEEPALIVE_S)
        client.loop_start()
        try:
            # paho notices a silent broker by the keep-alive, before CONNACK as well as after; this is no time-out.
            while not (self._ended.wait(_LOOK_S) or self._stopping.is_set()):
                self._beat_s = time.monotonic()
        finally:
            self._gone(client)

    def _gone(self, client: paho.Client) -> None:
        was_up, self._client = self._client is client, None
        # What was published just before goes out first: paho writes in order.
        client.disconnect()
        client.loop_stop()
        if was_up:
            self._tell(Down())

    def _connected(
        self, client: paho.Client, _data: object, _flags: object, reason: ReasonCode, _properties: object
    ) -> None:
        if reason.is_failure:
            self._complain(f"the broker refuses us: {reason}")
            client.disconnect()
            return
        client.subscribe([(topic(self._gateway, channel), 1) for channel in SUBSCRIPTIONS])

    def _subscribed(
        self, client: paho.Client, _data: object, _mid: int, reasons: list[ReasonCode], _properties: object
    ) -> None:
        if any(reason.is_failure for reason in reasons):
            self._complain("the broker refuses our subscriptions")
            client.disconnect()
            return
        self._client = client
        self._tries, self._complaint = 0, ""
        _log.info("broker_connected", host=self._broker.host, port=self._broker.port)
        self._tell(Up())

    def _message(self, client: paho.Client, _data: object, message: paho.MQTTMessage) -> None:
        parsed = parse_topic(message.topic)
        ticket = _Ticket(client, message.mid, message.qos)
        if parsed is None or parsed[0] != self._gateway:
            client.ack(message.mid, message.qos)
            return
        # What is dropped here stays unacknowledged; the server says it again when our State shows that we lack it.
        self._tell(Message(parsed[1], bytes(message.payload), ticket))

    def _disconnected(
        self, _client: paho.Client, _data: object, _flags: object, reason: ReasonCode, _properties: object
    ) -> None:
        self._complain(f"the connection broke: {reason}")
        self._ended.set()

    def _complain(self, problem: str) -> None:
        """Once per outage and cause."""
        if problem != self._complaint and not self._stopping.is_set():
            self._complaint = problem
            _log.warning("broker_away", host=self._broker.host, port=self._broker.port, problem=problem)


def _tune(_client: paho.Client, _data: object, sock: "paho.SocketLike") -> None:
    """Small messages go at once, and a peer that vanished without a word is noticed by the kernel too."""
    assert isinstance(sock, socket.socket)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
