"""The floor of the benchmark of ingest: everything that is published is written down."""

import multiprocessing
import threading
from pathlib import Path

import pytest

from onecard.bench.ingest_floor import publish_bare, run_bare
from tests.support.mosquitto import Mosquitto

EVENTS = 300
WAIT_S = 60.0


@pytest.mark.broker
def test_everything_is_written_down(mosquitto: Mosquitto, tmp_path: Path) -> None:
    ours, theirs = multiprocessing.Pipe()
    url = f"sqlite:///{tmp_path / 'bare.db'}"
    subscriber = threading.Thread(target=run_bare, args=(url, mosquitto.port, EVENTS, theirs), daemon=True)
    subscriber.start()
    assert ours.poll(WAIT_S)
    assert ours.recv() == "ready"
    publish_bare(mosquitto.port, [str(n).encode() for n in range(EVENTS)])
    assert ours.poll(WAIT_S)
    report = ours.recv()
    subscriber.join(WAIT_S)
    assert 0 <= report.events < EVENTS
    assert report.seconds >= 0
    assert report.cpu_s > 0
