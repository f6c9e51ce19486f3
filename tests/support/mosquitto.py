"""A mosquitto of the test's own, on a free loopback port: `mosquitto.kill()`, `mosquitto.start()`.

It keeps its data in a file, as an operator's would, with Debian's default autosave: what it had acknowledged but
not yet saved is gone after `kill()`. That is the fault the sync must survive.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import system_parts
from tests.support.condition import require
from tests.support.daemon import Daemon, free_port


class Mosquitto(Daemon):
    """A broker; `port` is its plain MQTT listener on 127.0.0.1. `extra` are more lines of its configuration."""

    def __init__(self, folder: Path, extra: str = "") -> None:
        program = system_parts.locate("mosquitto")
        assert program is not None, "require('broker') comes first"
        port = free_port()
        configuration = folder / "mosquitto.conf"
        configuration.write_text(self._configuration(folder, port) + extra)
        super().__init__([program, "-c", str(configuration)], port, folder / "mosquitto.log")

    @staticmethod
    def _configuration(folder: Path, port: int) -> str:
        lines = [
            f"listener {port} 127.0.0.1",
            "allow_anonymous true",
            "persistence true",
            f"persistence_location {folder}/",
            "max_queued_messages 100000",
            "log_dest stdout",
        ]
        if os.geteuid() == 0:
            # Started as root it would become the user mosquitto, who cannot write in a test's folder.
            lines.append("user root")
        return "\n".join(lines) + "\n"


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    """A running broker with nothing in it."""
    require("broker")
    folder = tmp_path / "mosquitto"
    folder.mkdir()
    broker = Mosquitto(folder)
    broker.start()
    yield broker
    broker.kill()
