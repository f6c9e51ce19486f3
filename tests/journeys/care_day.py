"""The stage of the care journeys: cards with money on them, two canteens, a clinic, and people who work there."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx

from onecard.demo.community import ACTIVITY, CARE, CLINIC, DESK, GATEWAY, Resident, residents
from onecard.demo.console import ConsoleClient
from onecard.demo.day import Manner
from onecard.demo.folder import Folder, Places
from onecard.demo.hall import open_hall
from onecard.demo.options import ReaderStack
from onecard.demo.people import POLL_S
from onecard.demo.report import _log_lines
from onecard.demo.stage import standing
from onecard.free_ports import free_port
from server.services.people import consents
from server.services.people.consents import Purpose
from server.services.roles import Role
from server.services.work import SYSTEM
from tests.journeys.staffed import Staffed

PRICE = 1200
ALL_DAY = "all-day"
TAPS_MAX = 5
"""Of one person for one meal; who is told to tap again does."""

SEEN_S = 5.0
"""How long somebody looks at a reader that says nothing."""

FED = frozenset({"paid", "paid_already"})


class CareStage(Staffed):
    """The demo's stage with few residents, who may go to clinic and canteens at any hour."""

    curtain_ms = 0
    guests = 3
    speed = 1
    fen = 0
    """What comes onto each card at the desk."""

    def _finish_joining(self, console: ConsoleClient) -> None:
        """The points are what they are to be before the box gets its keys. The activity room is a second canteen."""
        if self.fen:
            for point in (CARE, ACTIVITY):
                entry = {**point.model_dump(mode="json", exclude_defaults=True), "kind": "care", "price_fen": PRICE}
                console._put(f"/points/{point.id}", {**entry, "gateway_id": GATEWAY})
        points = sorted(point.id for point in (CARE, ACTIVITY, CLINIC))
        level = {"name_zh": "全天", "name_en": "All day", "points": points, "schedule": "always"}
        console._put(f"/levels/{ALL_DAY}", {"id": ALL_DAY, **level})
        super()._finish_joining(console)

    def _issue_cards(self, console: ConsoleClient) -> list[Resident]:
        people = list(residents())[: self.guests]
        self.holders = [console.enter_resident(person) for person in people]
        for index, holder in enumerate(self.holders):
            self._wait(console.desk_empty, self.desk, "an empty desk")
            with self.people.card_on_desk(index):
                self.cards.append(console.issue(holder, (ALL_DAY,), self._year_ahead()))
                if self.fen:
                    self.put_on(console, index, self.fen)
        return people

    def put_on(self, console: ConsoleClient, index: int, fen: int) -> int:
        """Money onto the card that lies on the desk; what it holds then."""
        order = {"desk": DESK, "amount": fen, "card_id": self.cards[index]}
        return int(console._call("POST", "/purses/top-up", order, 60)["value"])

    def consent(self, index: int, purpose: Purpose) -> None:
        """Somebody signs the notice."""
        with self.data_base().work(SYSTEM) as work:
            consents.say(work, self.holders[index], purpose, True)

    def client(self, role: Role) -> httpx.Client:
        """The API as a program of a role."""
        token = self._server("api-token", role.value, "--role", role.value).strip()
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.Client(base_url=f"{self.folder.console_url}/api/v1", headers=headers, trust_env=False, timeout=30)

    def two_queues(self, guests: int, first: str, second: str) -> None:
        """Half of them at each of two canteens at once; then they change places."""
        half = guests // 2
        for one, other in ((first, second), (second, first)):
            with ThreadPoolExecutor(2) as queues:
                list(queues.map(self._feed_all, (range(half), range(half, guests)), (one, other)))

    def _feed_all(self, who: range, point: str) -> None:
        for resident in who:
            told = [self._told(resident, point)]
            while told[-1] not in FED and len(told) < TAPS_MAX:
                told.append(self._told(resident, point))
            assert told[-1] in FED, f"{resident} at {point}: {told}"

    def _told(self, resident: int, point: str) -> str:
        """What somebody reads beside the reader when they tap; a card that was too quick for a busy reader reads
        nothing, or is asked for again."""
        before = len(self._answers(point))
        self.people.tap(resident, point, Manner.CALM)
        deadline = time.monotonic() + SEEN_S
        while len(answers := self._answers(point)) == before and time.monotonic() < deadline:
            time.sleep(POLL_S)
        return answers[-1] if len(answers) > before else ""

    def _answers(self, point: str) -> list[str]:
        taps = [line for line in _log_lines(self.edge.log_path) if line["point"] == point]
        return [str(line.get("service") or line["reason"]) for line in taps]


@contextmanager
def open_care(path: Path, kind: type[CareStage], stack: ReaderStack = ReaderStack.NFC) -> Iterator[CareStage]:
    """Cards given out, the policy at the points; everything ends with the block."""
    with open_hall(stack) as hall:
        folder = Folder(path, Places(free_port(), free_port(), hall))
        with standing(kind(folder, lambda _en, _zh: None)) as stage:
            stage.set_up()
            stage.raise_curtain(kind.speed)
            yield stage
