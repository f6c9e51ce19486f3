"""The embedded MQTT broker of the demo: amqtt (MQTT 3.1.1) on loopback, in a process of its own.

It keeps nothing on disk: the design gives no truth to a broker, and the demo proves it by killing this one. With a
folder of `onecard server broker-config` it speaks TLS and demands certificates; without one it lets anybody in, which
is why it never listens beyond loopback.
"""

import asyncio
import contextlib
import logging
import os
import signal
import ssl
from pathlib import Path

from amqtt.broker import Broker
from amqtt.errors import BrokerError

from server.services.gateways.broker_files import AUTHORITIES, CERTIFICATE, KEY, REVOKED

LOOPBACK = "127.0.0.1"
LOOK_EVERY_S = 1.0


async def serve(port: int, folder: Path | None = None) -> None:
    """Serve until SIGTERM or SIGINT; OSError when the port is taken, or the folder's files cannot be used."""
    logging.getLogger("amqtt").setLevel(logging.CRITICAL)  # what matters is raised, and told once
    logging.getLogger("transitions").setLevel(logging.ERROR)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    tls = Tls(folder) if folder is not None else None
    broker = Broker(_settings(port)) if tls is None else TlsBroker(tls, _tls_settings(port, tls.folder))
    try:
        await broker.start()
    except BrokerError as error:
        raise OSError(f"the broker cannot listen on {LOOPBACK}:{port}: {_reason(error)}") from error
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), LOOK_EVERY_S)
        if tls is not None:
            tls.refresh()
    await broker.shutdown()


class Tls:
    """The context of the listener; `refresh` takes in what changed in the folder, for the connections to come."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_3
        self.context.verify_mode = ssl.CERT_REQUIRED
        self.context.verify_flags |= ssl.VerifyFlags.VERIFY_CRL_CHECK_LEAF
        self._seen: tuple[tuple[int, int], ...] = ()
        self.refresh()

    def refresh(self) -> None:
        """Read again what is newer than before; OSError."""
        names = (AUTHORITIES, REVOKED, CERTIFICATE, KEY)
        found = [(self.folder / name).stat() for name in names]
        seen = tuple((one.st_mtime_ns, one.st_ino) for one in found)
        if seen == self._seen:
            return
        self.context.load_verify_locations(self.folder / AUTHORITIES)
        self.context.load_verify_locations(self.folder / REVOKED)
        self.context.load_cert_chain(self.folder / CERTIFICATE, self.folder / KEY)
        self._seen = seen


class TlsBroker(Broker):  # type: ignore[misc]  # amqtt has no types
    """amqtt with a context of ours: its own takes client certificates as optional."""

    def __init__(self, tls: Tls, settings: dict[str, object]) -> None:
        super().__init__(settings)
        self._tls = tls

    def _create_ssl_context(self, _listener: object) -> ssl.SSLContext:
        return self._tls.context


def _reason(error: BrokerError) -> str:
    """The operating system's own words where it was the one who refused."""
    cause = error.__cause__ or error.__context__
    return os.strerror(cause.errno) if isinstance(cause, OSError) and cause.errno else str(error)


def _settings(port: int) -> dict[str, object]:
    return {
        "listeners": {"default": {"type": "tcp", "bind": f"{LOOPBACK}:{port}", "max_connections": 64}},
        "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
    }


def _tls_settings(port: int, folder: Path) -> dict[str, object]:
    listener = {
        "type": "tcp",
        "bind": f"{LOOPBACK}:{port}",
        "max_connections": 64,
        "ssl": True,
        "certfile": str(folder / CERTIFICATE),
        "keyfile": str(folder / KEY),
        "cafile": str(folder / AUTHORITIES),
    }
    gates = {f"onecard.broker_gate.{gate}": {"folder": str(folder)} for gate in ("AuthGate", "TopicGate")}
    return {"listeners": {"default": listener}, "plugins": gates}
