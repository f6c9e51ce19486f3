"""A community with every program running as its own process and nobody's card issued: the journeys begin here."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from onecard.demo.community import Resident, residents
from onecard.demo.console import ConsoleClient
from onecard.demo.folder import Folder, Places
from onecard.demo.hall import open_hall
from onecard.demo.options import ReaderStack
from onecard.demo.stage import Stage, standing
from onecard.free_ports import free_port

SPEED = 1
GUESTS = 3
"""Residents who are entered; a journey needs no more."""


class Scene(Stage):
    """The demo's stage before the first card is given out."""

    curtain_ms = 0

    def _issue_cards(self, console: ConsoleClient) -> list[Resident]:
        people = list(residents())[:GUESTS]
        for person in people:
            console.enter_resident(person)
        return people


@contextmanager
def open_scene(path: Path, stack: ReaderStack = ReaderStack.NFC) -> Iterator[tuple[Scene, list[Resident]]]:
    """The scene with its people, ready for the first tap; everything ends with the block."""
    with open_hall(stack) as hall:
        folder = Folder(path, Places(free_port(), free_port(), hall))
        with standing(Scene(folder, lambda _en, _zh: None)) as scene:
            people = scene.set_up()
            scene.raise_curtain(SPEED)
            yield scene, people
