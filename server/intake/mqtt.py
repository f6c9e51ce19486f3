"""The broker, through paho-mqtt: the one file of the server that imports it.

MQTT 3.1.1, QoS 1, manual acknowledgement: a message is acknowledged after its events are committed. The session is
clean: what the broker still held for us is sent again by the gateways, who believe our commit acknowledgements
and nothing else (design § 6.2).
"""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence

import paho.mqtt.client as paho
import structlog
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.reasoncodes import ReasonCode

from card_protocol.wire.topics import UP, Channel, every_gateway, topic
from server.intake.processor import Message

KEEPALIVE_S = 20
RECONNECT_MIN_S = 1
RECONNECT_MAX_S = 2
OTHERS_RECONNECT_MAX_S = 60
OUTGOING_MAX_MESSAGES = 2000
FILTERS_A_PACKET = 90
GOODBYE_S = 2.0
"""Topic filters in one SUBSCRIBE; some brokers take no more than a hundred."""

_log = structlog.get_logger()


class MqttLink:
    """One connection. `tls` None means plain MQTT: the configuration allows that on loopback only.

    `gateways` None: all of them, by one filter a channel. Otherwise these, until `listen_to` names others; several
    workers share the gateways so, because `$share` would tear one gateway's messages apart.
    """

    def __init__(
        self,
        host: str,
        port: int,
        client_id: str,
        tls: ssl.SSLContext | None = None,
        gateways: frozenset[str] | None = None,
    ) -> None:
        self._host, self._port = host, port
        self.client_id = client_id
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2, client_id=client_id, protocol=paho.MQTTv311, manual_ack=True
        )
        self._client.on_socket_open = _tune
        self._client.reconnect_delay_set(RECONNECT_MIN_S, RECONNECT_MAX_S)
        self._client.max_queued_messages_set(OUTGOING_MAX_MESSAGES)
        if tls is not None:
            self._client.tls_set_context(tls)
        self._gateways = gateways
        self._hearing = threading.Lock()
        self._connected = threading.Event()
        self._told_away = False
        self._on_connect: Callable[[], None] = lambda: None

    def start(self, on_message: Callable[[Message], None], on_connect: Callable[[], None]) -> None:
        """Begin; returns at once, the broker may be away."""
        self._on_connect = on_connect
        self._client.on_connect = self._connect
        self._client.on_connect_fail = self._away
        self._client.on_disconnect = self._disconnect
        self._client.on_message = lambda _client, _data, message: on_message(
            Message(message.topic, bytes(message.payload), (message.mid, message.qos))
        )
        self._client.connect_async(self._host, self._port, KEEPALIVE_S)
        self._client.loop_start()

    def listen_to(self, gateways: frozenset[str]) -> None:
        """From now on hear these gateways and no others. Any thread; kept over a lost connection."""
        with self._hearing:
            before = self._gateways or frozenset()
            self._gateways = gateways
            if self._connected.is_set():
                self._subscribe(_filters(gateways - before))
                for some in _packets(_filters(before - gateways)):
                    self._client.unsubscribe(some)

    def send(self, gateway: str, channel: Channel, message: bytes, *, retain: bool = False) -> bool:
        """Hand a message to the broker; False when it is away: paho's own queue is no outbox."""
        if not self._connected.is_set():
            return False
        info = self._client.publish(topic(gateway, channel), message, qos=1, retain=retain)
        return info.rc is MQTTErrorCode.MQTT_ERR_SUCCESS

    def acknowledge(self, message: Message) -> None:
        """Tell the broker that this message need not be sent again."""
        if isinstance(message.tag, tuple):
            mid, qos = message.tag
            self._client.ack(mid, qos)

    def stop(self) -> None:
        """Say goodbye."""
        self._client.disconnect()
        self._client.loop_stop()

    @property
    def running(self) -> bool:
        """Whether paho's thread is alive, which connects again by itself; what its own code raises would end it."""
        thread = self._client._thread  # there is no public word for it
        return thread is not None and thread.is_alive()

    @property
    def connected(self) -> bool:
        """Whether the broker answered and nothing has broken since."""
        return self._connected.is_set()

    def _subscribe(self, filters: list[str]) -> None:
        for some in _packets(filters):
            self._client.subscribe([(name, 1) for name in some])

    def _connect(
        self, _client: paho.Client, _data: object, _flags: object, reason: ReasonCode, _properties: object
    ) -> None:
        if reason.is_failure:
            _log.error("broker_refuses_us", host=self._host, port=self._port, reason=str(reason))
            return
        with self._hearing:
            every = [every_gateway(channel) for channel in sorted(UP)]
            self._subscribe(every if self._gateways is None else _filters(self._gateways))
            self._connected.set()
        self._told_away = False
        _log.info("broker_connected", host=self._host, port=self._port)
        self._on_connect()

    def _away(self, _client: paho.Client, _data: object) -> None:
        if not self._told_away:
            _log.warning("broker_away", host=self._host, port=self._port)
        self._told_away = True

    def _disconnect(
        self, client: paho.Client, data: object, _flags: object, reason: ReasonCode, _properties: object
    ) -> None:
        self._connected.clear()
        if reason.is_failure:
            self._away(client, data)


class TopicLink:
    """A connection to another broker that is told things (Home Assistant's), with a last will on one topic.

    `will_topic` None: nothing is said of being there or gone. `own`: filters for what we may have retained.
    """

    def __init__(
        self,
        host: str,
        port: int,
        will_topic: str | None,
        *,
        own: Sequence[str] = (),
        user: str = "",
        password: str = "",
        tls: bool = False,
    ) -> None:
        self._host, self._port, self._will, self._own = host, port, will_topic, own
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv311)
        self._client.reconnect_delay_set(RECONNECT_MIN_S, OTHERS_RECONNECT_MAX_S)
        if will_topic is not None:
            self._client.will_set(will_topic, b"offline", qos=1, retain=True)
        if user:
            self._client.username_pw_set(user, password)
        if tls:
            self._client.tls_set_context(ssl.create_default_context())
        self._connected = threading.Event()
        self._handed: paho.MQTTMessageInfo | None = None
        """The last message that the broker has to confirm."""

    def start(self, on_connect: Callable[[], None], on_retained: Callable[[str], None] = lambda _topic: None) -> None:
        """Begin; returns at once, the broker may be away. `on_retained` hears under which own topics something is."""

        def heard(_client: paho.Client, _data: object, message: paho.MQTTMessage) -> None:
            if message.retain and message.payload:
                on_retained(message.topic)

        def connected(
            client: paho.Client, _data: object, _flags: object, reason: ReasonCode, _properties: object
        ) -> None:
            if reason.is_failure:
                _log.error("broker_refuses_us", host=self._host, port=self._port, reason=str(reason))
                return
            if self._will is not None:
                client.publish(self._will, b"online", qos=1, retain=True)
            self._connected.set()
            on_connect()
            if self._own:
                client.subscribe([(one, 1) for one in self._own])

        self._client.on_connect = connected
        self._client.on_message = heard
        self._client.on_disconnect = lambda *_: self._connected.clear()
        self._client.connect_async(self._host, self._port, KEEPALIVE_S)
        self._client.loop_start()

    def publish(self, announcement: tuple[str, bytes, bool]) -> bool:
        """(topic, payload, retain); False when the broker is away."""
        if not self._connected.is_set():
            return False
        topic_, payload, retain = announcement
        handed = self._client.publish(topic_, payload, qos=1 if retain else 0, retain=retain)
        if retain:
            self._handed = handed
        return handed.rc is MQTTErrorCode.MQTT_ERR_SUCCESS

    def stop(self) -> None:
        """Say goodbye, when the broker has confirmed what stays there; it is not waited for without end."""
        if self._connected.is_set() and self._will is not None:
            self._handed = self._client.publish(self._will, b"offline", qos=1, retain=True)
        if self._connected.is_set() and self._handed is not None:
            # Else what it tells us meanwhile, unread, resets the connection and our last words with it.
            with contextlib.suppress(ValueError, RuntimeError):
                self._handed.wait_for_publish(GOODBYE_S)
        self._client.disconnect()
        self._client.loop_stop()


def _tune(_client: paho.Client, _data: object, sock: "paho.SocketLike") -> None:
    """Small messages go at once: an acknowledgement does not wait until the broker has confirmed another packet."""
    assert isinstance(sock, socket.socket)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _filters(gateways: frozenset[str]) -> list[str]:
    return [topic(gateway, channel) for gateway in sorted(gateways) for channel in sorted(UP)]


def _packets(filters: list[str]) -> Iterator[list[str]]:
    return (filters[first : first + FILTERS_A_PACKET] for first in range(0, len(filters), FILTERS_A_PACKET))
