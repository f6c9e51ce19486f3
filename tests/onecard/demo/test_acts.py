"""The two acts, on a stage whose databases a test fills by hand."""

import sqlite3
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from card_protocol.words.event import Event, EventKind
from card_protocol.words.moment import ClockQuality, Moment, PlayedDay
from card_protocol.words.reason import Reason
from onecard.demo import acts
from onecard.demo.community import SOUTH_IN
from onecard.demo.report import Fact

DAY = PlayedDay(anchor_ms=0, from_ms=0, speed=1)
CARD_ID = "01JD8Y7W3QK5N4M2P6R8T0V1X3"


def tap(seq: int, reason: Reason = Reason.GRANTED, card_id: str | None = CARD_ID) -> Fact:
    moment = Moment(wall_ms=1, mono_ns=0, boot="b", clock=ClockQuality.NTP)
    event = Event(kind=EventKind.TAP, **moment.model_dump(), point=SOUTH_IN.id, card_id=card_id, reason=reason)
    return Fact("00000000000000e1", seq, b"h", event.to_bytes())


class Stage:
    """What the acts touch of a stage, and what they did to it in order."""

    def __init__(self) -> None:
        self.did: list[str] = []
        self.journal: list[Fact] = []
        self.arrived: list[Fact] = []
        self.cards = [CARD_ID] * 40
        self.console: Any = SimpleNamespace(take_step=lambda _id, step, _why: self.did.append(step))
        self.people: Any = SimpleNamespace(tap=self.tap)
        self.folder: Any = SimpleNamespace(box=self, database=self)
        self.reasons = [Reason.GRANTED, Reason.GRANTED, Reason.REVOKED]

    def tap(self, _resident: int, point: str, _manner: object) -> None:
        self.did.append(f"tap {point}")
        self.journal.append(tap(len(self.journal) + 1, self.reasons.pop(0)))

    def cut_broker(self) -> None:
        self.did.append("cut")
        self.journal += [tap(1), tap(2)]

    def restore_broker(self) -> None:
        self.did.append("restore")
        self.arrived = list(self.journal)


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.setattr(acts, "journal_facts", lambda stage: list(stage.journal))
    monkeypatch.setattr(acts, "server_facts", lambda stage: list(stage.arrived))
    monkeypatch.setattr(acts, "POLL_S", 0.001)
    return Stage()


def say(told: list[str]) -> Callable[[str, str], None]:
    return lambda english, _chinese: told.append(english)


def test_the_broker_is_cut_for_a_while_and_everything_arrives_afterwards(stage: Stage) -> None:
    told: list[str] = []
    outage = acts.cut_the_line(stage, DAY, 0.05, threading.Event(), say(told))  # type: ignore[arg-type]
    assert stage.did == ["cut", "restore"]
    assert outage.wall_ms[1] - outage.wall_ms[0] >= 50
    assert outage.resync_s is not None
    assert "gone" in told[0]
    assert "everything arrived" in told[1]


def test_a_play_that_is_over_does_not_wait_for_the_end_of_the_outage(stage: Stage) -> None:
    over = threading.Event()
    over.set()
    acts.cut_the_line(stage, DAY, 3600, over, say([]))  # type: ignore[arg-type]
    assert stage.did == ["cut", "restore"]


def test_a_backlog_that_never_arrives_is_not_given_a_time(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acts, "RESYNC_TIMEOUT_S", 0.05)
    monkeypatch.setattr(stage, "restore_broker", lambda: None)
    told: list[str] = []
    assert acts.cut_the_line(stage, DAY, 0, threading.Event(), say(told)).resync_s is None  # type: ignore[arg-type]
    assert "everything arrived" not in "".join(told)


def test_the_revoked_card_is_tapped_until_it_is_refused(stage: Stage) -> None:
    told: list[str] = []
    assert acts.revoke_and_tap(stage, "陈玉珍", say(told)) is not None  # type: ignore[arg-type]
    assert stage.did == ["revoke", *[f"tap {SOUTH_IN.id}"] * 3]
    assert "陈玉珍" in told[0]


@pytest.mark.parametrize("other", [tap(1, Reason.SUSPENDED), tap(1, Reason.REVOKED, "01JD8Y7W3QK5N4M2P6R8T0V1X4")])
def test_another_refusal_or_another_card_does_not_count(
    stage: Stage, other: Fact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acts, "REFUSAL_TIMEOUT_S", 0.05)
    monkeypatch.setattr(stage.people, "tap", lambda *_: stage.journal.append(other))
    told: list[str] = []
    assert acts.revoke_and_tap(stage, "陈玉珍", say(told)) is None  # type: ignore[arg-type]
    assert "NOT refused" in told[-1]


def test_sync_is_waited_for_event_by_event(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.journal, stage.arrived = [tap(1), tap(2)], [tap(1), tap(2)]
    assert acts.wait_for_sync(stage)  # type: ignore[arg-type]
    monkeypatch.setattr(acts, "RESYNC_TIMEOUT_S", 0.05)
    stage.arrived = [tap(1), tap(3)]
    assert not acts.wait_for_sync(stage)  # type: ignore[arg-type]


def test_a_database_that_is_locked_for_a_moment_is_looked_at_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []

    def locked_first(_: object) -> list[Fact]:
        looks.append(1)
        if len(looks) == 1:
            raise sqlite3.OperationalError("database is locked")
        return []

    monkeypatch.setattr(acts, "server_facts", locked_first)
    assert acts.wait_for_sync(stage)  # type: ignore[arg-type]
    assert len(looks) == 2
