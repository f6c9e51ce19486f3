"""What the points of a box share: the past from the journal, doors that stand open, lockdown."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from card_protocol.errors import EquipmentFault
from card_protocol.policy.book import Book, MemoryBook
from card_protocol.policy.rules import Area, Passback, PolicyHead
from card_protocol.words.event import tap_event
from card_protocol.words.point import Assurance, Direction
from card_protocol.words.reason import Reason
from card_protocol.words.situation import LOCKDOWN_MAX_LEVEL, NOTHING_KNOWN
from card_protocol.words.verdict import Presentation, Verdict
from edge.core.door_words import DoorSettings
from edge.ports.door import DoorMemory, DoorState
from edge.shell import surroundings
from edge.shell.door_keeper import DoorDevices, DoorKeeper
from edge.shell.surroundings import Alone, BoxSurroundings
from edge.shell.timers import Timers
from gateway.drivers.journal_file import JournalFile
from tests.edge.policy import book, entry
from tests.edge.rig import Clock
from tests.edge.shell.test_door_keeper import World
from tests.edge.words import CARD_ID, GATE, HOLDER, moment, presentation


@pytest.fixture
def timers() -> Iterator[Timers]:
    timers = Timers()
    yield timers
    timers.close()


def door(timers: Timers, memory: DoorMemory = DoorMemory()) -> DoorKeeper:  # noqa: B008 - frozen
    world = World()
    world.memory = memory
    devices = DoorDevices(
        lock=world, sounder=world, wires={}, recorder=world, store=world, timers=timers, now=Clock().now
    )
    return DoorKeeper(DoorSettings(GATE), devices)


YARD = Area(id="community", number=7, name_zh="院", name_en="Yard", passback=Passback.HARD)


def with_area(area: Area = YARD) -> Book:
    head = book().head
    assert head is not None
    return MemoryBook(PolicyHead.model_validate(head.model_copy(update={"areas": (area,)}).model_dump()), [entry()])


def around(policy: Book | None = None) -> BoxSurroundings:
    policy = policy or with_area()
    return BoxSurroundings(lambda: policy, lambda _: 0, moment)


def passage() -> Verdict:
    return Verdict(Reason.GRANTED, GATE, 3, card_id=CARD_ID, holder=HOLDER, level="resident")


def test_a_tap_is_known_at_the_next_one() -> None:
    ours = around()
    assert ours.asks_log(GATE)
    assert ours.situation(GATE, presentation(), moment(), None).last is None
    ours.happened(tap_event(presentation(), passage(), moment()))
    last = ours.situation(GATE, presentation(), moment(), None).last
    assert last is not None
    assert last.direction is Direction.IN
    ours.forgive_at("moon")
    assert ours.situation(GATE, presentation(), moment(), None).last is not None
    ours.forgive_at(GATE)
    assert ours.situation(GATE, presentation(), moment(), None).last is None


def test_after_a_restart_the_journal_tells_the_past(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "READ_EVENTS", 2)
    journal = JournalFile(tmp_path, "gw-1", Clock())
    others = [tap_event(presentation(), passage()._replace(holder=f"{n:016X}"), moment()) for n in range(5)]
    journal.append(*others, tap_event(presentation(), passage(), moment()))
    ours = around()
    ours.remember(journal)
    assert ours.situation(GATE, presentation(), moment(), None).last is not None
    journal.close()


def test_a_lockdown_reaches_rules_and_doors_of_its_area_alone(timers: Timers) -> None:
    keeper = door(timers)
    keeper.start()
    ours = around()
    ours.add_door(keeper)
    ours.lock_down("yard", 3)
    assert (ours.situation(GATE, presentation(), moment(), None).lockdown, keeper.door.lockdown) == (0, False)
    ours.lock_down("community", 2)
    assert (ours.situation(GATE, presentation(), moment(), None).lockdown, keeper.door.lockdown) == (2, True)
    ours.lock_down("community", 0)
    assert (ours.situation(GATE, presentation(), moment(), None), keeper.door.lockdown) == (NOTHING_KNOWN, False)


def test_a_door_that_came_up_locked_down_has_the_strictest_level_until_somebody_says(timers: Timers) -> None:
    ours = around()
    ours.add_door(door(timers, DoorMemory(DoorState.LOCKED, lockdown=True)))
    assert ours.lockdown_of("community") == LOCKDOWN_MAX_LEVEL
    ours.lock_down("community", 1)
    assert ours.lockdown_of("community") == 1


def test_a_book_that_fails_is_the_decider_s_to_tell() -> None:
    def fails() -> Book:
        raise EquipmentFault("disk")

    ours = BoxSurroundings(fails, lambda _: 0, moment)
    assert ours.situation(GATE, presentation(), moment(), None) is NOTHING_KNOWN
    assert not ours.asks_log(GATE)
    ours.happened(tap_event(presentation(), passage(), moment()))


def test_a_point_alone_knows_nothing() -> None:
    shown = Presentation(uid="00000000", assurance=Assurance.READER)
    assert Alone().situation(GATE, shown, moment(), None) is NOTHING_KNOWN
    assert not Alone().asks_log(GATE)
    Alone().happened(tap_event(presentation(), passage(), moment()))
