"""The embedded MQTT broker of the demo: amqtt (MQTT 3.1.1) on loopback, in a process of its own.

It keeps nothing on disk: the design gives no truth to a broker, and the demo proves it by killing this one.
"""

import asyncio
import logging
import os
import signal

from amqtt.broker import Broker
from amqtt.errors import BrokerError

LOOPBACK = "127.0.0.1"


async def serve(port: int) -> None:
    """Serve until SIGTERM or SIGINT; OSError when the port is taken."""
    logging.getLogger("amqtt").setLevel(logging.CRITICAL)  # what matters is raised, and told once
    logging.getLogger("transitions").setLevel(logging.ERROR)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    broker = Broker(_settings(port))
    try:
        await broker.start()
    except BrokerError as error:
        raise OSError(f"the broker cannot listen on {LOOPBACK}:{port}: {_reason(error)}") from error
    await stop.wait()
    await broker.shutdown()


def _reason(error: BrokerError) -> str:
    """The operating system's own words where it was the one who refused."""
    cause = error.__cause__ or error.__context__
    return os.strerror(cause.errno) if isinstance(cause, OSError) and cause.errno else str(error)


def _settings(port: int) -> dict[str, object]:
    return {
        "listeners": {"default": {"type": "tcp", "bind": f"{LOOPBACK}:{port}", "max_connections": 64}},
        "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
    }
