"""A community in which six people have cards and keep tapping at the doors, and what must be true of its two ends."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from itertools import groupby
from pathlib import Path

from card_protocol.words.event import GENESIS, Event, chain_hash
from onecard.demo.acts import wait_for_sync
from onecard.demo.community import GATEWAY, POINTS, SOUTH_IN, SOUTH_OUT, UNIT_DOOR, Resident, residents
from onecard.demo.console import ConsoleClient
from onecard.demo.day import Manner
from onecard.demo.folder import Folder, Places
from onecard.demo.hall import open_hall
from onecard.demo.options import ReaderStack
from onecard.demo.programs import Program
from onecard.demo.report import Fact, journal_facts, server_facts, tap_times
from onecard.demo.stage import Stage, standing
from onecard.free_ports import free_port

SPEED = 1
DOORS = (SOUTH_IN.id, SOUTH_OUT.id, UNIT_DOOR.id)
"""Two people each stand at these and tap in turn, without end."""

PEOPLE = 2 * len(DOORS)

assert set(DOORS) < {point.id for point in POINTS}


class Inhabited(Stage):
    """The demo's stage with two cards for every door."""

    curtain_ms = 0

    def _issue_cards(self, console: ConsoleClient) -> list[Resident]:
        people = list(residents())[:PEOPLE]
        for index, person in enumerate(people):
            holder = console.enter_resident(person)
            self._wait(console.desk_empty, self.desk, "an empty desk")
            with self.people.card_on_desk(index):
                self.cards.append(console.issue(holder, person.levels, self._year_ahead()))
        return people

    def run_again(self, program: Program) -> None:
        """What an operating system's supervisor does."""
        if program is self.broker:
            self.restore_broker()
        elif program is self.server:
            self._start_server()
        else:
            program.start(self._environment)

    @contextmanager
    def traffic(self) -> Iterator[None]:
        """While the block runs, a card comes to each door as soon as the last one has left."""
        over = threading.Event()

        def stand(first: int, point: str) -> None:
            turn = 0
            while not over.is_set():
                self.people.tap(first + turn, point, Manner.CALM)
                turn = 1 - turn

        with ExitStack() as lines:
            for number, point in enumerate(DOORS):
                line = threading.Thread(target=stand, args=(2 * number, point))
                line.start()
                lines.callback(line.join)
            lines.callback(over.set)
            yield

    def journaled(self) -> list[Fact]:
        """What the box has."""
        return journal_facts(self.folder.box)

    def arrived(self) -> list[Fact]:
        """What the server has."""
        return server_facts(self.folder.database)

    def watermarks(self) -> dict[str, int]:
        """Per epoch, how far the server has acknowledged."""
        path = self.folder.database.resolve().as_uri()
        with closing(sqlite3.connect(f"{path}?mode=ro", uri=True, timeout=10)) as connection:
            return dict(
                connection.execute("SELECT epoch, watermark FROM intake_position WHERE gateway_id = ?", (GATEWAY,))
            )


@contextmanager
def open_inhabited(path: Path, stack: ReaderStack = ReaderStack.NFC) -> Iterator[Inhabited]:
    """Cards issued, the policy at the gate, the first minute of the day."""
    with open_hall(stack) as hall:
        folder = Folder(path, Places(free_port(), free_port(), hall))
        with standing(Inhabited(folder, lambda _en, _zh: None)) as stage:
            stage.set_up()
            stage.raise_curtain(SPEED)
            yield stage


def eventually(what: Callable[[], bool], timeout_s: float = 60.0) -> bool:
    """Whether it becomes true in time."""
    tick = threading.Event()
    for _ in range(int(timeout_s / 0.1)):
        with suppress(sqlite3.OperationalError):
            if what():
                return True
        tick.wait(0.1)
    return False


def assert_whole(stage: Inhabited) -> None:
    """Nobody taps any more: whatever happened, the server gets everything once, and the chain holds from seq 1."""
    stage.edge.stop()
    assert wait_for_sync(stage), "something never arrived"
    assert eventually(lambda: stage.watermarks() == heads(stage.journaled())), "the watermark is not the journal's head"
    journal, server = stage.journaled(), stage.arrived()
    assert_chained(journal)
    assert sorted(server) == sorted(journal)
    granted = sum(1 for fact in journal if Event.from_bytes(fact.body).granted)
    assert granted >= len(tap_times(stage.edge.log_path)), "a door opened for a tap that no journal knows"


def heads(facts: list[Fact]) -> dict[str, int]:
    """Per epoch the last number."""
    return {epoch: max(fact.seq for fact in run) for epoch, run in groupby(facts, lambda fact: fact.epoch)}


def assert_chained(facts: list[Fact]) -> None:
    """Each epoch is gapless from 1, and every hash follows from the one before."""
    for epoch, run in groupby(facts, lambda fact: fact.epoch):
        previous = GENESIS
        for number, fact in enumerate(run, 1):
            assert fact.seq == number
            previous = chain_hash(GATEWAY, epoch, number, fact.body, previous)
            assert fact.hash == previous
