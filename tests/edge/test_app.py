"""The daemon as it is assembled: enrolled box, files on disk, reader over UDP."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from card_protocol.errors import MacWrong
from card_protocol.words.event import Event, EventKind
from card_protocol.words.point import PointKind
from card_protocol.words.reason import Reason
from edge import app
from edge.config import EdgeConfig
from edge.shell.overseer import EdgeFailed
from firmware_sim.field.udp import UdpField
from firmware_sim.field.visit import Visit
from gateway.app import open_box
from gateway.drivers.state_file import StateFile
from tests.edge.box import enrol, publish
from tests.edge.issued import issued_card
from tests.edge.policy import gate
from tests.edge.words import CARD_ID, GATE
from tests.support.patience import PATIENCE_S, eventually


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "BACK_OFF_FIRST_MS", 20)


@pytest.fixture
def field() -> Iterator[UdpField]:
    field = UdpField()
    yield field
    field.close()


@contextmanager
def running(config: EdgeConfig) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=app.run, args=(config, stop), daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()


def config(folder: Path, *readers: str, lock: str = "sim:gate") -> EdgeConfig:
    names = [GATE, "clinic", "care"]
    points = [{"id": name, "reader": reader, "lock": lock} for name, reader in zip(names, readers, strict=False)]
    return EdgeConfig.model_validate({"state_dir": str(folder), "points": points})


def taps(folder: Path) -> list[Event]:
    with open_box(folder) as box:
        events = [Event.from_bytes(entry.body) for entry in box.journal.read(1, 100)]
    return [event for event in events if event.kind is EventKind.TAP]


def test_a_tap_goes_from_the_field_to_the_journal(tmp_path: Path, field: UdpField) -> None:
    publish(enrol(tmp_path))
    with running(config(tmp_path, f"nfc:udp:127.0.0.1:{field.port}")):
        field.place(Visit(issued_card()))
        [event] = eventually(lambda: taps(tmp_path))
    assert (event.reason, event.card_id, event.point) == (Reason.GRANTED, CARD_ID, GATE)


def test_a_broken_reader_does_not_stop_the_others(tmp_path: Path, field: UdpField) -> None:
    publish(enrol(tmp_path))
    readers = (f"nfc:udp:127.0.0.1:{field.port}", "nfc:tty:/dev/none:pn532", "pcsc:no such reader")
    with running(config(tmp_path, *readers)):
        field.place(Visit(issued_card()))
        [event] = eventually(lambda: taps(tmp_path))
    assert event.granted


def test_an_edge_that_starts_before_its_box_is_enrolled_waits_for_it(tmp_path: Path, field: UdpField) -> None:
    with running(config(tmp_path, f"nfc:udp:127.0.0.1:{field.port}")):
        field.place(Visit(issued_card()))
        enrol(tmp_path)
        [event] = eventually(lambda: taps(tmp_path))
    assert event.reason is Reason.NO_POLICY


def test_an_edge_may_be_stopped_while_it_waits(tmp_path: Path) -> None:
    with running(config(tmp_path, "nfc:udp:127.0.0.1:9")):
        pass


def test_keys_of_another_box_are_not_tried_again(tmp_path: Path) -> None:
    enrol(tmp_path / "a")
    stolen = StateFile(tmp_path / "a").enrolment()
    StateFile(tmp_path / "b").keys()
    StateFile(tmp_path / "b").save_enrolment(stolen)
    with pytest.raises(MacWrong):
        app.run(config(tmp_path / "b", "nfc:udp:127.0.0.1:9"), threading.Event())


class Moving(threading.Event):
    """While the daemon waits for it to be set, the box gets another place."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._state, self._first = StateFile(folder), threading.Lock()

    def wait(self, timeout: float | None = None) -> bool:
        if self._first.acquire(blocking=False):
            self._state.save_enrolment(self._state.enrolment().model_copy(update={"gateway": "gw-2"}))
        return super().wait(timeout)


def test_who_serves_an_old_place_ends_and_is_started_at_the_new_one(tmp_path: Path) -> None:
    publish(enrol(tmp_path))
    moving = Moving(tmp_path)
    with pytest.raises(EdgeFailed, match="place"):
        app.run(config(tmp_path, "nfc:udp:127.0.0.1:9"), moving)
    moving.set()


@pytest.mark.parametrize(
    ("lock", "point", "said"),
    [
        ("none", GATE, "a gate without a lock lets nobody in"),
        ("sim:gate", "elsewhere", "the policy in force knows no point elsewhere"),
    ],
)
def test_what_the_installer_got_wrong_is_said_at_start(tmp_path: Path, lock: str, point: str, said: str) -> None:
    publish(enrol(tmp_path))
    wrong = {"state_dir": str(tmp_path), "points": [{"id": point, "reader": "nfc:udp:127.0.0.1:9", "lock": lock}]}
    with capture_logs() as logs, running(EdgeConfig.model_validate(wrong)):
        eventually(lambda: any(said == line.get("why") for line in logs))


def test_a_check_says_what_is_wrong_at_which_point(tmp_path: Path, field: UdpField) -> None:
    wanted = config(tmp_path, f"nfc:udp:127.0.0.1:{field.port}", "nfc:udp:127.0.0.1:9", lock="none")
    not_enrolled = app.check(wanted)
    assert [len(found.problems) for found in not_enrolled] == [1, 2]
    assert "enrol" in not_enrolled[0].problems[0]
    publish(enrol(tmp_path))
    gate, clinic = app.check(wanted)
    assert (gate.point, gate.reader) == (GATE, f"nfc:udp:127.0.0.1:{field.port}")
    assert gate.problems == ("a gate without a lock lets nobody in",)
    assert clinic.problems[0] == "the policy in force knows no point clinic"
    assert "reader" in clinic.problems[1]
    [well] = app.check(config(tmp_path, f"nfc:udp:127.0.0.1:{field.port}"))
    assert well.problems == ()


def test_a_check_says_which_keys_a_service_point_still_lacks(tmp_path: Path, field: UdpField) -> None:
    publish(enrol(tmp_path), point=gate(kind=PointKind.CARE, price_fen=800))
    [care] = app.check(config(tmp_path, f"nfc:udp:127.0.0.1:{field.port}", lock="none"))
    (said,) = care.problems
    assert said.startswith("no keys yet for care_point, pay_point")
