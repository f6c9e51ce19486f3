"""The gateway assembled: enrolment, the box that the edge opens, the daemon without a broker and without a server."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from card_protocol.crypto.keys import SecretKey
from card_protocol.errors import MacWrong
from card_protocol.policy.decider import decide
from card_protocol.profiles.key_bundle import GATEWAY_PURPOSES, KeyBundle, wrap_bundle
from card_protocol.wire.enrol import Admission, Enrolment, EnrolRequest
from card_protocol.words.event import EventKind
from card_protocol.words.moment import PlayedDay
from card_protocol.words.point import Assurance
from card_protocol.words.reason import Reason
from card_protocol.words.verdict import Presentation
from gateway import app
from gateway.app import AlreadyRunning, open_box
from gateway.config import BrokerConfig, GatewayConfig
from gateway.drivers.book_writer import BookWriterFile
from gateway.drivers.box_status import read_status
from gateway.drivers.journal_file import JournalFile
from gateway.drivers.state_file import NotEnrolled, StateFile
from gateway.drivers.tls_files import TlsFiles
from gateway.ports.server import ServerAway, ServerRefused
from onecard.free_ports import free_port
from tests.gateway.drivers.test_http import Answering
from tests.gateway.policies import GATE, card, card_id, head
from tests.gateway.world import BOX, COMMUNITY, GATEWAY, NOON_MS, SERVER, HandClock, event
from tests.support.identity import AUTHORITY, give_identity, identity_for

BUNDLE = KeyBundle(COMMUNITY, 2**46, {purpose: (SecretKey(bytes(16), 1),) for purpose in GATEWAY_PURPOSES})
PATIENCE_S = 20.0


def place_for(box_key: bytes, **changed: str) -> Enrolment:
    fields = {
        "gateway": GATEWAY,
        "community": COMMUNITY,
        "server_key": SERVER.verifier.public_bytes.hex(),
        "grant_key": BOX.verifier.public_bytes.hex(),
    } | changed
    return Enrolment(wrapped_keys=wrap_bundle(BUNDLE, fields["gateway"], box_key).hex(), **fields)


@pytest.fixture
def enrolled(tmp_path: Path) -> Path:
    state = StateFile(tmp_path)
    _, opener = state.keys()
    state.save_enrolment(place_for(opener.public_bytes))
    give_identity(tmp_path, GATEWAY)
    return tmp_path


@pytest.fixture
def answering() -> Iterator[Answering]:
    server = Answering()
    yield server
    server.close()


def config(folder: Path, url: str = "http://127.0.0.1:1", port: int = 1) -> GatewayConfig:
    return GatewayConfig(state_dir=folder, server_url=url, broker=BrokerConfig(port=port, plain=True))


def test_a_box_without_a_place_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotEnrolled, match="onecard gateway enrol"):
        open_box(tmp_path)
    with pytest.raises(NotEnrolled):
        app.run(config(tmp_path), threading.Event())


def test_what_the_edge_opens(enrolled: Path) -> None:
    with open_box(enrolled) as box:
        assert (box.gateway_id, box.community, box.leaf_keys) == (GATEWAY, COMMUNITY, BUNDLE)
        assert box.grant_key.public_bytes == BOX.verifier.public_bytes
        presentation = Presentation(uid=card(1).uid or "", assurance=Assurance.CARD, card_id=card_id(1))
        assert decide(presentation, GATE.id, box.book, box.clock.now()).reason is Reason.NO_POLICY
        writer = BookWriterFile(enrolled)
        writer.flip(writer.stage(head(1, 1), [card(1)], "11" * 32))
        moment = HandClock().now()
        assert decide(presentation, GATE.id, box.book, moment).reason is Reason.GRANTED
        assert box.journal.append(event(1)).seq == 1


def test_a_played_day_is_the_boxs_day(enrolled: Path) -> None:
    day = PlayedDay(anchor_ms=time.time_ns() // 1_000_000, from_ms=NOON_MS)
    with open_box(enrolled, day) as box:
        assert 0 <= box.clock.now().wall_ms - NOON_MS < 60_000


def test_keys_that_were_wrapped_for_another_box_do_not_open(enrolled: Path) -> None:
    _, stranger = StateFile(enrolled / "elsewhere").keys()
    StateFile(enrolled).save_enrolment(place_for(stranger.public_bytes))
    with pytest.raises(MacWrong):
        open_box(enrolled)


def answer_enrolment(answering: Answering, folder: Path, **changed: str) -> None:
    """An operator has confirmed the box; it trusts the server already."""
    _, opener = StateFile(folder).keys()
    files = TlsFiles(folder)
    files.trust(AUTHORITY.certificate)
    place = place_for(opener.public_bytes, **changed)
    answering.body = Admission(place=place, identity=identity_for(files.request(), place.gateway)).to_bytes()


def enrol(folder: Path, url: str) -> app.Enrolled:
    return app.enrol(config(folder, url), "c" * 32, None, lambda _: None)


def test_enrolling_makes_keys_on_the_box_and_keeps_the_place(tmp_path: Path, answering: Answering) -> None:
    answer_enrolment(answering, tmp_path)
    done = enrol(tmp_path, answering.url)
    signer, opener = StateFile(tmp_path).keys()
    assert (done.gateway, done.community) == (GATEWAY, COMMUNITY)
    asked = EnrolRequest.from_bytes(answering.asked[0][2])
    assert (asked.signing_key, asked.box_key) == (signer.verifier.public_bytes.hex(), opener.public_bytes.hex())
    assert asked.tls_key == TlsFiles(tmp_path).public_key()
    assert read_status(tmp_path).fingerprint == asked.mark
    with open_box(tmp_path) as box:
        assert box.leaf_keys == BUNDLE


def test_a_refused_claim_leaves_the_box_without_a_place(tmp_path: Path, answering: Answering) -> None:
    TlsFiles(tmp_path).trust(AUTHORITY.certificate)
    answering.status, answering.body = 403, b'{"detail": "The claim was used."}'
    with pytest.raises(ServerRefused, match="The claim was used"):
        enrol(tmp_path, answering.url)
    answering.close()
    with pytest.raises(ServerAway):
        enrol(tmp_path, answering.url)
    with pytest.raises(NotEnrolled):
        open_box(tmp_path)


def test_keys_for_another_box_are_no_place(tmp_path: Path, answering: Answering) -> None:
    answer_enrolment(answering, tmp_path / "elsewhere")
    TlsFiles(tmp_path).trust(AUTHORITY.certificate)
    with pytest.raises(MacWrong):
        enrol(tmp_path, answering.url)
    with pytest.raises(NotEnrolled):
        open_box(tmp_path)


def test_the_same_place_again_keeps_the_policy_another_place_does_not(enrolled: Path, answering: Answering) -> None:
    writer = BookWriterFile(enrolled)
    writer.flip(writer.stage(head(9, 0), [], "11" * 32))
    writer.close()
    StateFile(enrolled).raise_policy_floor(9)
    answer_enrolment(answering, enrolled)
    enrol(enrolled, answering.url)
    assert read_status(enrolled).policy_version == 9
    answer_enrolment(answering, enrolled, gateway="shanxian-2")
    enrol(enrolled, answering.url)
    assert (read_status(enrolled).policy_version, StateFile(enrolled).policy_floor()) == (0, 0)


class Running:
    """The daemon on a thread."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.stop = folder, threading.Event()
        self.thread = threading.Thread(target=app.run, args=(config(folder, port=free_port()), self.stop))

    def __enter__(self) -> "Running":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join(PATIENCE_S)
        assert not self.thread.is_alive()

    def wait_for(self, what: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not what():
            assert time.monotonic() < deadline, "it never came"
            time.sleep(0.01)


def kinds(folder: Path) -> list[EventKind]:
    from card_protocol.words.event import Event

    journal = JournalFile(folder, GATEWAY, HandClock())
    found = [Event.from_bytes(entry.body).kind for entry in journal.read(1, 100)]
    journal.close()
    return found


def test_it_runs_without_broker_and_server(enrolled: Path) -> None:
    with Running(enrolled) as daemon:
        daemon.wait_for(lambda: read_status(enrolled).head == 1)
        assert read_status(enrolled).running
    assert kinds(enrolled) == [EventKind.JOURNAL_OPENED]
    assert not read_status(enrolled).running
    with Running(enrolled) as daemon:
        daemon.wait_for(lambda: read_status(enrolled).head == 2)


def test_a_second_daemon_on_the_same_box_is_refused(enrolled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "LOCK_TIMEOUT_MS", 50)
    with Running(enrolled) as daemon:
        daemon.wait_for(lambda: read_status(enrolled).head == 1)
        with pytest.raises(AlreadyRunning, match=f"another gateway runs on {enrolled}"):
            app.run(config(enrolled), threading.Event())
        with pytest.raises(AlreadyRunning):
            enrol(enrolled, "http://127.0.0.1:1")


def test_a_damaged_journal_at_start_does_not_stop_it(enrolled: Path) -> None:
    journal = JournalFile(enrolled, GATEWAY, HandClock())
    journal.append(*(event(number) for number in range(50)))
    journal.close()
    (enrolled / "journal.db").resolve().write_bytes(b"rubbish" * 1000)
    with Running(enrolled) as daemon:
        daemon.wait_for(lambda: read_status(enrolled).head == 2)
    assert kinds(enrolled) == [EventKind.JOURNAL_DAMAGED, EventKind.JOURNAL_OPENED]
