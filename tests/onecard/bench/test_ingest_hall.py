"""Both sides of the benchmark of ingest over a real broker, here in one process."""

import multiprocessing
import os
import threading
from pathlib import Path

import pytest
from sqlmodel import Session, select

from onecard.bench.ingest_box import BoxPlan, BoxReport, fill, run_box
from onecard.bench.ingest_hall import COMMUNITY, HallPlan, HallReport, run_hall
from server.services.keys.keystore import from_secrets, new_secrets
from server.tables import EventRow
from server.tables.engine import make_engine
from tests.support.mosquitto import Mosquitto

EVENTS = 600
WAIT_S = 60.0


@pytest.mark.broker
def test_a_journal_is_brought_and_alarms_are_timed(mosquitto: Mosquitto, tmp_path: Path) -> None:
    secrets, seed, url = new_secrets(COMMUNITY, os.urandom), os.urandom(32), f"sqlite:///{tmp_path / 'server.db'}"
    ours, theirs = multiprocessing.Pipe()
    hall = threading.Thread(target=run_hall, args=(HallPlan(url, mosquitto.port, secrets, {"g-1": seed}), theirs))
    hall.start()
    assert ours.poll(WAIT_S)
    assert ours.recv() == "ready"
    fill(tmp_path, "g-1", EVENTS)
    key = from_secrets(secrets).server.verifier.public_bytes
    box_end, far_end = multiprocessing.Pipe()
    run_box(BoxPlan(tmp_path, "g-1", seed, key, mosquitto.port, EVENTS, alarm_every_s=0.001), far_end)
    report: BoxReport = box_end.recv()
    assert 0 <= report.events <= EVENTS + len(report.alarms) + 1
    assert report.cpu_s > 0
    ours.send("report")
    assert ours.poll(WAIT_S)
    told: HallReport = ours.recv()
    assert all(gateway == "g-1" for gateway, _ in told.alarms)
    ours.send("stop")
    hall.join(WAIT_S)
    engine = make_engine(url)
    with Session(engine) as session:
        seqs = session.exec(select(EventRow.seq).order_by(EventRow.id)).all()  # type: ignore[arg-type]
    engine.dispose()
    assert list(seqs[:EVENTS]) == list(range(1, EVENTS + 1))
    for (_, seq), at in told.alarms.items():
        if seq in report.alarms:
            assert at >= report.alarms[seq]
