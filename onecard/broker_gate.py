"""Who may do what at the embedded broker: the same rules that mosquitto gets as files.

The certificate's name is the user. A gateway has its own branch, under its own client id; the server has the other
side of every branch. A certificate that was revoked is deaf and mute from that moment, whoever is still connected.
"""

from dataclasses import dataclass
from pathlib import Path

from amqtt.contexts import Action, BaseContext
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin
from amqtt.session import Session
from cryptography import x509

from card_protocol.crypto.certificates import serial_text
from card_protocol.wire.identity import SERVER_NAME
from card_protocol.wire.topics import DOWN, UP, Channel, every_gateway, parse_topic
from card_protocol.words.ids import is_slug
from server.services.gateways.broker_files import REVOKED

GATEWAY_CLIENT = "gateway-{name}"
_END = "-----END X509 CRL-----\n"


def may(name: str, action: Action, topic: str) -> bool:
    """Whether the holder of a certificate of this name may publish to, subscribe to or be sent a topic."""
    sends = action is Action.PUBLISH
    if name == SERVER_NAME:
        ours = DOWN if sends else UP
        return any(topic == every_gateway(channel) for channel in ours) or _channel(topic) in ours
    parsed = parse_topic(topic)
    return parsed is not None and parsed[0] == name and parsed[1] in (UP if sends else DOWN)


def _channel(topic: str) -> Channel | None:
    parsed = parse_topic(topic)
    return parsed[1] if parsed else None


class RevokedList:
    """The serial numbers in the broker's revocation lists, read again when the file changes."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / REVOKED
        self._seen = (0, 0)
        self._serials: frozenset[str] = frozenset()

    def __contains__(self, serial: str) -> bool:
        found = self._path.stat()
        if (mark := (found.st_mtime_ns, found.st_ino)) != self._seen:
            self._serials, self._seen = frozenset(serials_in(self._path.read_text(encoding="ascii"))), mark
        return serial in self._serials


def serials_in(pem: str) -> list[str]:
    """All serial numbers in revocation lists in PEM; ValueError when one is none."""
    lists = [part[part.index("-----BEGIN") :] + _END for part in pem.split(_END) if "-----BEGIN" in part]
    return [serial_text(one.serial_number) for text in lists for one in x509.load_pem_x509_crl(text.encode())]


def name_of(session: Session, revoked: RevokedList) -> str | None:
    """The name in the session's certificate, which TLS has verified; None without one, or when it was revoked."""
    shown = session.ssl_object.getpeercert() if session.ssl_object is not None else None
    if not shown:
        return None
    if str(shown["serialNumber"]).lower().lstrip("0") in revoked:
        return None
    subject = dict(pair for part in shown["subject"] for pair in part)
    name = subject.get("commonName")
    return str(name) if name else None


@dataclass
class Folder:
    """Where `onecard server broker-config` wrote."""

    folder: str = ""


class AuthGate(BaseAuthPlugin):  # type: ignore[misc]  # amqtt has no types
    """Lets in who has a certificate, as itself."""

    Config = Folder

    def __init__(self, context: BaseContext) -> None:
        super().__init__(context)
        self._revoked = RevokedList(Path(self.config.folder))

    async def authenticate(self, *, session: Session) -> bool | None:
        """A gateway under its own client id, with a last will in its own branch; or the server."""
        name = name_of(session, self._revoked)
        if name is None or (session.will_flag and not may(name, Action.PUBLISH, session.will_topic or "")):
            return False
        return name == SERVER_NAME or (is_slug(name) and session.client_id == GATEWAY_CLIENT.format(name=name))


class TopicGate(BaseTopicPlugin):  # type: ignore[misc]  # amqtt has no types
    """Keeps everybody in their own branch."""

    Config = Folder

    def __init__(self, context: BaseContext) -> None:
        super().__init__(context)
        self._revoked = RevokedList(Path(self.config.folder))

    async def topic_filtering(
        self, *, session: Session | None = None, topic: str | None = None, action: Action | None = None
    ) -> bool | None:
        """See `may`."""
        if session is None or topic is None or action is None:
            return False
        name = name_of(session, self._revoked)
        return name is not None and may(name, action, topic)
