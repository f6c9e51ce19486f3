"""The play without a stage: day after day in order, lines at the points, and acts that no short day cuts off."""

import threading
from itertools import islice, pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.words.moment import DAY_MS, PlayedDay, local_day_and_minute, local_ms
from onecard.demo import play as module
from onecard.demo.acts import Outage
from onecard.demo.community import POINTS, residents
from onecard.demo.day import DAY_STARTS_MIN, plan_day
from onecard.demo.options import Options
from onecard.demo.play import Play, plan_days
from onecard.demo.programs import ProgramFailed
from onecard.demo.stage import real_ms
from onecard.demo.stories import Hands

PEOPLE = residents()
MONDAY = local_day_and_minute(1_795_406_400_000)[0]
SPEED = 10_000


@given(st.integers(), st.integers(1, 1000))
def test_days_follow_one_another_in_order_and_differ(seed: int, speed: int) -> None:
    day = PlayedDay(anchor_ms=0, from_ms=local_ms(MONDAY, DAY_STARTS_MIN), speed=speed)
    count = len(plan_day(PEOPLE, seed)) + len(plan_day(PEOPLE, seed + 1)) + 1
    due = list(islice(plan_days(PEOPLE, seed, day), count))
    assert all(a <= b for (a, _), (b, _) in pairwise(due))
    for ms, tap in due:
        assert local_day_and_minute(ms)[1] == int(tap.minute)
    days = (due[-1][0] - local_ms(MONDAY)) // DAY_MS
    assert days == 2
    assert [tap for _, tap in due[: len(plan_day(PEOPLE, seed))]] == plan_day(PEOPLE, seed)


class Stage:
    """A stage on which taps are only counted."""

    def __init__(self) -> None:
        self.taps: list[tuple[int, str]] = []
        self.enough = threading.Event()
        self.ended: list[str] = []
        self.fails: ProgramFailed | None = None
        self.people: Any = SimpleNamespace(tap=self.tap)
        self.edge: Any = SimpleNamespace(stop=lambda: self.ended.append("edge"), log_path=None)
        self.gateway: Any = SimpleNamespace(stop=lambda: self.ended.append("gateway"))
        self.folder: Any = SimpleNamespace(box=None, database=None)
        self.door: Any = None

    def hands(self) -> Hands:
        """Nothing is done with them."""
        return Hands([""] * len(PEOPLE), lambda: None, lambda: None, lambda _resident, _fen: None)

    def workers(self) -> dict[str, object]:
        """Nobody works in the stories."""
        return {}

    def tap(self, resident: int, point: str, manner: object) -> None:
        if self.fails is not None:
            raise self.fails
        self.taps.append((resident, point))
        if len(self.taps) >= 20:
            self.enough.set()

    def check(self) -> None:
        """All programs run."""


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    """The day needs a stage only for its effects; what it reads from databases is empty."""
    monkeypatch.setattr(module, "journal_facts", lambda _: [])
    monkeypatch.setattr(module, "server_facts", lambda _: [])
    monkeypatch.setattr(module, "tap_times", lambda _: [])
    monkeypatch.setattr(module, "wait_for_sync", lambda _: True)
    monkeypatch.setattr(module, "counted", lambda _: {})
    return Stage()


def now() -> PlayedDay:
    return PlayedDay(anchor_ms=real_ms(), from_ms=local_ms(MONDAY, DAY_STARTS_MIN), speed=SPEED)


def played(stage: Stage, **options: Any) -> Play:
    return Play(stage, PEOPLE, Options(8080, **options), lambda _en, _zh: None)  # type: ignore[arg-type]


def test_the_acts_are_played_even_when_the_time_is_up_before(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    acts = []

    def cut(_stage: object, _day: object, seconds: float, over: threading.Event, _say: object) -> Outage:
        assert not over.wait(1.5), "the day must last as long as its acts"
        acts.append(("outage", seconds))
        return Outage((0, 1), 0.5)

    def revoke(_stage: object, name: str, _say: object) -> float:
        acts.append(("revoked", name))
        return 0.25

    monkeypatch.setattr(module, "cut_the_line", cut)
    monkeypatch.setattr(module, "revoke_and_tap", revoke)
    told = played(stage, for_s=1, outage_s=1).run(now())
    assert acts == [("outage", 1), ("revoked", PEOPLE[4].name)]
    assert (told.resync_s, told.revoke_to_refusal_s) == (0.5, 0.25)
    assert stage.ended == ["edge", "gateway"]


def test_stopped_early_nothing_new_begins(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "revoke_and_tap", lambda *_: pytest.fail("the day was over"))
    play = played(stage)
    threading.Thread(target=lambda: (stage.enough.wait(30), play.stop())).start()
    told = play.run(now())
    assert len(stage.taps) >= 20
    assert told.revoke_to_refusal_s is None
    assert {point for _, point in stage.taps} <= {point.id for point in POINTS}
    assert stage.ended == ["edge", "gateway"]


def test_people_who_cannot_go_on_end_the_play(stage: Stage) -> None:
    stage.fails = ProgramFailed("the residents do not answer")
    with pytest.raises(ProgramFailed, match="do not answer"):
        played(stage, for_s=60).run(now())


def test_a_program_that_ended_by_itself_ends_the_play(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def check() -> None:
        raise ProgramFailed("edge has ended unexpectedly")

    monkeypatch.setattr(stage, "check", check)
    with pytest.raises(ProgramFailed, match="edge has ended"):
        played(stage, for_s=60).run(now())
