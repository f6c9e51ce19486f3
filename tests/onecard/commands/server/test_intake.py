"""`onecard server intake` as programs: two share the gateways, one is killed, and everything is there once."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from sqlalchemy import text

from card_protocol.crypto.signing import Verifier
from card_protocol.wire.ack import Ack
from card_protocol.wire.sealed import unseal
from card_protocol.wire.topics import Channel, topic
from onecard.cli import main
from onecard.config_file import read_config
from server.config import ServerConfig
from server.intake.shards import SHARDS
from server.services.gateways import gateways
from server.services.live_wire import LiveWire
from server.services.opening import open_keystore, open_transactions
from server.services.work import SYSTEM, Transactions
from tests.server.build import Box, admit, tap
from tests.support.mosquitto import Mosquitto
from tests.support.patience import eventually

EVENTS = 60
BATCH = 5
RESEND_S = 1.0
START_PATIENCE_S = 90.0


class Sender:
    """A gateway that sends one batch after the other and believes acks alone."""

    def __init__(self, box: Box, port: int, server: Verifier) -> None:
        self.box, self.server = box, server
        self.acked = 0
        self.changed = threading.Event()
        self.client = paho.Client(CallbackAPIVersion.VERSION2, client_id=box.name, protocol=paho.MQTTv311)
        self.client.on_connect = lambda *_: self.client.subscribe(topic(box.name, Channel.ACK), 1)
        self.client.on_message = self.hear
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()

    def hear(self, _client: object, _data: object, message: paho.MQTTMessage) -> None:
        self.acked = max(self.acked, unseal("ack", message.payload, Ack, self.server.verify).upto)
        self.changed.set()

    def send_upto(self, upto: int) -> None:
        """Until the server has said that it has everything; bounded by the test's own time."""
        while self.acked < upto:
            self.changed.clear()
            first = self.acked + 1
            batch = self.box.batch(first, min(first + BATCH - 1, upto))
            self.client.publish(topic(self.box.name, Channel.EVENTS), self.box.sealed("batch", batch), qos=1)
            self.changed.wait(RESEND_S)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as held:
        yield held


@pytest.fixture
def shared(config: str, postgres_url: str, mosquitto: Mosquitto, capsys: pytest.CaptureFixture[str]) -> str:
    """The server's file for PostgreSQL and mosquitto."""
    path = Path(config)
    lines = [
        f'database_url = "{postgres_url}"' if "database_url" in line else line for line in path.read_text().splitlines()
    ]
    path.write_text("\n".join([*lines, "[broker]", "plain = true", f"port = {mosquitto.port}", ""]), encoding="utf-8")
    assert main(["server", "init", "--config", config]) == 0
    capsys.readouterr()
    return config


def start(config: str, stack: ExitStack, log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as file:
        program = subprocess.Popen(
            [sys.executable, "-m", "onecard", "server", "intake", "--config", config], stderr=file, stdout=file
        )
    stack.callback(program.wait)
    stack.callback(program.kill)
    return program


def started(program: subprocess.Popen[bytes], log: Path) -> None:
    """A program that must import much on a busy machine."""
    deadline = time.monotonic() + START_PATIENCE_S
    while b"intake_worker_runs" not in log.read_bytes():
        assert program.poll() is None, log.read_text()
        assert time.monotonic() < deadline, "it never began"
        time.sleep(0.05)


def shares(transactions: Transactions) -> list[int]:
    with transactions.read() as session:
        statement = "SELECT count(*) FROM intake_shard WHERE owner IS NOT NULL GROUP BY owner"
        return sorted(session.scalars(text(statement)))


@pytest.mark.broker
@pytest.mark.postgres
def test_a_worker_is_killed_and_nothing_is_lost_doubled_or_out_of_order(
    shared: str, mosquitto: Mosquitto, stack: ExitStack, tmp_path: Path
) -> None:
    settings = read_config(Path(shared), ServerConfig)
    keystore = open_keystore(settings, os.environ)
    transactions = open_transactions(settings)
    stack.callback(transactions.engine.dispose)
    seen: list[tuple[str, int]] = []
    assert isinstance(transactions.wire, LiveWire)
    transactions.feed.listen(
        lambda channel, fact: seen.append((fact["gateway"], fact["seq"])) if channel == "event" else None
    )
    transactions.wire.start()
    stack.callback(transactions.wire.stop)
    boxes = [Box(f"g-{n}", n) for n in range(1, 7)]
    for box in boxes:
        box.append(*(tap(n) for n in range(1, EVENTS + 1)))
        with transactions.work(SYSTEM) as work:
            claim = gateways.claim(work, box.name, settings.community)
        admit(transactions, keystore, box, claim)
    first = start(shared, stack, tmp_path / "first.log")
    second = start(shared, stack, tmp_path / "second.log")
    started(first, tmp_path / "first.log")
    started(second, tmp_path / "second.log")
    eventually(lambda: shares(transactions) == [SHARDS // 2, SHARDS // 2])
    senders = [Sender(box, mosquitto.port, keystore.server.verifier) for box in boxes]
    for sender in senders:
        stack.callback(sender.close)
    threads = [threading.Thread(target=sender.send_upto, args=(EVENTS,), daemon=True) for sender in senders]
    for thread in threads:
        thread.start()
    eventually(lambda: all(sender.acked >= BATCH for sender in senders))
    first.kill()
    eventually(lambda: shares(transactions) == [SHARDS])
    eventually(lambda: all(sender.acked == EVENTS for sender in senders))
    with transactions.read() as session:
        rows = session.execute(text("SELECT gateway_id, seq FROM event ORDER BY id")).all()
    for box in boxes:
        assert [seq for gateway, seq in rows if gateway == box.name] == list(range(1, EVENTS + 1))
    eventually(lambda: set(seen) == {(box.name, n) for box in boxes for n in range(1, EVENTS + 1)})
    second.send_signal(signal.SIGTERM)
    assert second.wait(30) == 0
    assert shares(transactions) == [], "who ends in peace gives its shards back"
    assert "Traceback" not in (tmp_path / "second.log").read_text()


def test_on_sqlite_it_is_refused_with_what_to_change(ready: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["server", "intake", "--config", ready]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("onecard: SQLite has one intake worker")
    assert "database_url" in line
