"""A mosquitto of the test's own, on a free loopback port: `mosquitto.kill()`, `mosquitto.start()`.

It keeps its data in a file, as an operator's would, with Debian's default autosave: what it had acknowledged but
not yet saved is gone after `kill()`. That is the fault the sync must survive.
"""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from onecard.free_ports import free_port
from scripts import system_parts
from server.config import BrokerConfig
from tests.support.condition import require
from tests.support.daemon import Daemon


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


class SecureMosquitto(Daemon):
    """One with the files of `onecard server broker-config`: `folder` is where they are and `config` what they say."""

    def __init__(self, folder: Path, config: BrokerConfig) -> None:
        program = system_parts.locate("mosquitto")
        assert program is not None, "require('broker') comes first"
        self.config = config
        main = folder / "main"
        lines = ["log_dest stderr", "log_type all", f"include_dir {folder}"]
        if os.geteuid() == 0:
            lines.append("user root")
        main.write_text("\n".join(lines) + "\n")
        super().__init__([program, "-c", str(main)], config.port, folder / "mosquitto.log")

    def reload(self) -> None:
        """SIGHUP, and wait until it has read its files again."""
        process = self._process
        assert process is not None
        seen = self.log.read_text(errors="replace").count("Reloading config")
        process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 30
        while self.log.read_text(errors="replace").count("Reloading config") == seen:
            assert time.monotonic() < deadline, self.tail()
            time.sleep(0.02)


def broker_config() -> BrokerConfig:
    """Two free ports, on loopback alone."""
    return BrokerConfig(port=free_port(), server_port=free_port(), gateways_host="127.0.0.1")


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
