"""The intake's thread: order of commit and acknowledgement, a data base that is away, a message of death."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from card_protocol.wire.topics import Channel
from server.intake import worker
from server.intake.processor import Message, Outcome, Reply
from server.intake.worker import Intake
from tests.support.patience import eventually

WAIT_S = 20.0


@dataclass
class FakeLink:
    """A broker in memory. Everything that goes out is in `log`, in order."""

    log: list[str] = field(default_factory=list)
    deliver: Callable[[Message], None] = lambda _message: None
    connect: Callable[[], None] = lambda: None
    acknowledged: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def start(self, on_message: Callable[[Message], None], on_connect: Callable[[], None]) -> None:
        self.deliver, self.connect = on_message, on_connect

    def send(self, gateway: str, channel: Channel, message: bytes, *, retain: bool = False) -> bool:
        self.log.append(f"send {gateway} {channel}")
        return True

    def acknowledge(self, message: Message) -> None:
        self.log.append(f"acknowledge {message.topic}")
        self.acknowledged.release()

    def stop(self) -> None:
        self.log.append("stop")


@dataclass
class FakeProcessor:
    """Answers every message; `faults` are raised first, one a call."""

    link: FakeLink
    faults: list[Exception] = field(default_factory=list)
    deadly: set[str] = field(default_factory=set)
    no_notes: bool = False
    set_aside_topics: list[str] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    groups: list[int] = field(default_factory=list)
    credits: list[int | None] = field(default_factory=list)

    def process(self, group: Sequence[Message], credit: int | None = None) -> Outcome:
        self.credits.append(credit)
        self.gate.wait(WAIT_S)
        if self.faults:
            raise self.faults.pop(0)
        if any(message.topic in self.deadly for message in group):
            raise ValueError("what no test had thought of")
        self.groups.append(len(group))
        self.link.log.append("commit " + " ".join(message.topic for message in group))
        return Outcome((Reply("g-1", Channel.ACK, b"ack"),), ("g-1",), len(group), 0)

    def set_aside(self, message: Message, problem: str) -> None:
        self.set_aside_topics.append(message.topic)
        if self.no_notes:
            raise OperationalError("insert", {}, Exception("gone"))

    def greetings(self) -> list[Reply]:
        return [Reply("g-1", Channel.ACK, b"hello")]


@dataclass
class Scene:
    link: FakeLink
    processor: FakeProcessor
    intake: Intake
    told: list[str]
    greeted: threading.Event


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setattr(worker, "RETRY_MIN_S", 0.01)
    monkeypatch.setattr(worker, "POLL_S", 0.01)
    link = FakeLink()
    processor = FakeProcessor(link)
    told: list[str] = []
    greeted = threading.Event()

    def broker_back() -> None:
        told.append("broker")
        greeted.set()

    intake = Intake(processor, link, on_state=told.extend, on_broker=broker_back)  # type: ignore[arg-type]
    intake.start()
    yield Scene(link, processor, intake, told, greeted)
    processor.gate.set()
    intake.stop()


def acknowledged(scene: Scene, count: int) -> None:
    for _ in range(count):
        assert scene.link.acknowledged.acquire(timeout=WAIT_S)


def test_first_the_commit_then_our_ack_then_the_brokers(scene: Scene) -> None:
    scene.processor.gate.set()
    scene.link.deliver(Message("a", b""))
    acknowledged(scene, 1)
    assert scene.link.log == ["commit a", "send g-1 ack", "acknowledge a"]
    scene.intake.stop()
    assert scene.told == ["g-1"]


def test_what_waits_together_is_committed_together(scene: Scene) -> None:
    scene.link.deliver(Message("first", b""))
    for n in range(worker.GROUP_MAX_MESSAGES + 5):
        scene.link.deliver(Message(f"m{n}", b""))
    scene.processor.gate.set()
    acknowledged(scene, worker.GROUP_MAX_MESSAGES + 6)
    order = [line.split()[1] for line in scene.link.log if line.startswith("acknowledge")]
    assert order == ["first", *(f"m{n}" for n in range(worker.GROUP_MAX_MESSAGES + 5))]
    assert max(scene.processor.groups) <= worker.GROUP_MAX_MESSAGES
    assert len(scene.processor.groups) <= 4


def test_a_backlog_comes_in_small_transactions_and_reports_in_large_ones() -> None:
    heavy = Message("onecard/v1/g/g-1/ev", bytes(worker.GROUP_MAX_BATCH_BYTES // 2))
    report = Message("onecard/v1/g/g-1/state", bytes(worker.GROUP_MAX_BATCH_BYTES))
    assert worker.has_room([heavy])
    assert not worker.has_room([heavy, heavy]), "whatever comes next waits"
    assert worker.has_room([report] * (worker.GROUP_MAX_MESSAGES - 1))
    assert not worker.has_room([report] * worker.GROUP_MAX_MESSAGES)


def test_a_data_base_that_is_away_is_waited_for_and_nothing_is_acknowledged_meanwhile(scene: Scene) -> None:
    away = [OperationalError("insert", {}, Exception("the data base is locked")) for _ in range(3)]
    scene.processor.faults.extend([*away, NoConnection("no connection is free")])
    scene.processor.gate.set()
    scene.link.deliver(Message("a", b""))
    acknowledged(scene, 1)
    assert scene.link.log == ["commit a", "send g-1 ack", "acknowledge a"]
    assert scene.processor.set_aside_topics == []


def test_a_message_that_breaks_us_is_set_aside_and_the_others_go_on(scene: Scene) -> None:
    scene.processor.deadly.add("bad")
    for name in ("a", "bad", "b"):
        scene.link.deliver(Message(name, b""))
    scene.processor.gate.set()
    acknowledged(scene, 3)
    assert scene.processor.set_aside_topics == ["bad"]
    assert [line for line in scene.link.log if line.startswith("acknowledge")] == [
        "acknowledge a",
        "acknowledge bad",
        "acknowledge b",
    ]


def test_a_message_that_cannot_even_be_set_aside_does_not_end_the_thread(scene: Scene) -> None:
    scene.processor.deadly.add("bad")
    scene.processor.no_notes = True
    for name in ("bad", "a"):
        scene.link.deliver(Message(name, b""))
    scene.processor.gate.set()
    acknowledged(scene, 2)
    assert "commit a" in scene.link.log
    assert scene.intake.running


def test_a_broker_that_is_back_is_greeted(scene: Scene) -> None:
    scene.processor.gate.set()
    scene.link.connect()
    assert scene.greeted.wait(WAIT_S)
    assert scene.link.log == ["send g-1 ack"]
    assert scene.told == ["broker"]


def test_stopping_ends_a_wait_for_the_data_base(scene: Scene) -> None:
    scene.processor.faults.extend(OperationalError("insert", {}, Exception("gone")) for _ in range(100_000))
    scene.processor.gate.set()
    scene.link.deliver(Message("a", b""))
    scene.intake.stop()
    assert "acknowledge a" not in scene.link.log
    assert not scene.intake.running


def test_while_much_waits_gateways_are_asked_to_send_less(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "BUSY_MESSAGES", 10)
    for n in range(2 * worker.GROUP_MAX_MESSAGES + 11):
        scene.link.deliver(Message(f"m{n}", b""))
    scene.processor.gate.set()
    acknowledged(scene, 2 * worker.GROUP_MAX_MESSAGES + 11)
    assert worker.CREDIT_WHEN_BUSY in scene.processor.credits
    assert scene.processor.credits[-1] is None


def test_alarms_go_first_and_by_themselves(scene: Scene) -> None:
    scene.link.deliver(Message("first", b""))
    eventually(lambda: scene.processor.credits)
    for name in ("a", "b", "onecard/v1/g/g-1/alarm", "c", "onecard/v1/g/g-2/alarm"):
        scene.link.deliver(Message(name, b""))
    scene.processor.gate.set()
    acknowledged(scene, 6)
    assert [line for line in scene.link.log if line.startswith("commit")] == [
        "commit first",
        "commit onecard/v1/g/g-1/alarm onecard/v1/g/g-2/alarm",
        "commit a b c",
    ]
