"""The residents with their cards: a client of the simulated person's program (`firmware_sim`, one JSON a line)."""

import contextlib
import itertools
import json
import queue
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

from firmware_sim.config import CardConfig, FieldConfig, SimConfig
from onecard.demo.community import DESK
from onecard.demo.day import Manner
from onecard.demo.folder import Folder
from onecard.demo.options import ReaderStack
from onecard.demo.programs import Program, ProgramFailed

ANSWER_TIMEOUT_S = 30.0
START_TIMEOUT_S = 120.0
"""A Python program with cards and fields, on a machine that starts six others."""
POLL_S = 0.05
HOLD_MS = {ReaderStack.NFC: 500, ReaderStack.PCSC: 1500}
"""How long a person holds a card: PC/SC's virtual reader looks for one every 0.4 s, the NFC field at once."""

PAUSE_S = {ReaderStack.NFC: 0.15, ReaderStack.PCSC: 0.7}
"""Until the next person steps up: the reader must have seen the field empty."""

HASTY_EXCHANGE = 2
"""The hasty take their card away before the second command."""

BANK_CARD = "bank-card"


def card_name(resident: int) -> str:
    """The card of a resident, by index."""
    return f"card-{resident}"


class People:
    """Start it, hand out taps from any thread, stop it."""

    def __init__(self, folder: Folder, residents: int) -> None:
        hall = folder.places.hall
        self._stack = hall.stack
        self._config_path = folder.path / "people.json"
        kind = "udp" if hall.stack is ReaderStack.NFC else "vpcd"
        cards = [CardConfig(name=card_name(i), uid=f"04{i:02X}5A6B7C8D80") for i in range(residents)]
        cards.append(CardConfig(name=BANK_CARD, kind="bank", uid="0A1B2C3D"))
        fields = [
            FieldConfig.model_validate({"name": spot, "kind": kind, "port": port})
            for spot, port in hall.field_ports.items()
        ]
        self._config = SimConfig(cards=cards, fields=fields)
        self.program = Program("people", ["firmware_sim", str(self._config_path)], folder.path, talks=True)
        self._orders = threading.Lock()
        self._numbers = itertools.count(1)
        self._answers: dict[object, queue.Queue[dict[str, Any]]] = {}
        self._ended: dict[object, threading.Event] = {}
        self._ready = threading.Event()
        self._pause = threading.Event()
        self._at = {spot: threading.Lock() for spot in hall.field_ports}
        self._hands: dict[int, threading.Lock] = {}
        """Of each resident: nobody is in two places at once."""

    def start(self, environment: Mapping[str, str]) -> None:
        """Start the program and wait until its fields are open. ProgramFailed."""
        self._config_path.write_text(self._config.model_dump_json(), encoding="utf-8")
        self.program.start(environment)
        threading.Thread(target=self._listen, name="people", daemon=True).start()
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._ready.wait(POLL_S):
            self.program.check()
            if time.monotonic() > deadline:
                raise ProgramFailed(f"the residents did not come:\n{self.program.tail()}")

    def stop(self) -> None:
        """Send everybody home."""
        self._pause.set()
        self.program.stop()

    @contextlib.contextmanager
    def card_on_desk(self, resident: int) -> Iterator[None]:
        """The card lies on the desk's reader."""
        with self._hand_of(resident):
            self._ask({"do": "present", "card": card_name(resident), "field": DESK})
            try:
                yield
            finally:
                self._ask({"do": "remove", "field": DESK})

    def tap(self, resident: int, point: str, manner: Manner) -> None:
        """Wait until the point is free, hold a card to it and step aside."""
        card = BANK_CARD if manner is Manner.OTHER_CARD else card_name(resident)
        order: dict[str, object] = {
            "do": "present",
            "card": card,
            "field": point,
            "for_ms": HOLD_MS[self._stack],
        }
        if manner is Manner.HASTY:
            order["pull"] = {"at": HASTY_EXCHANGE}
        with self._hand_of(resident), self._at[point]:
            visit = self._ask(order)["visit"]
            self._over(visit).wait(ANSWER_TIMEOUT_S)
            with self._orders:
                self._ended.pop(visit, None)
            self._pause.wait(PAUSE_S[self._stack])

    def _hand_of(self, resident: int) -> threading.Lock:
        with self._orders:
            return self._hands.setdefault(resident, threading.Lock())

    def _ask(self, order: dict[str, object]) -> dict[str, Any]:
        """One order and its answer. ProgramFailed when it is refused or nobody answers."""
        number = next(self._numbers)
        box = self._answers[number] = queue.Queue(1)
        process = self.program.process
        assert process is not None
        assert process.stdin is not None
        try:
            with self._orders:
                process.stdin.write(json.dumps({**order, "id": number}) + "\n")
                process.stdin.flush()
            answer = box.get(timeout=ANSWER_TIMEOUT_S)
        except (queue.Empty, OSError):
            raise ProgramFailed(f"the residents do not answer:\n{self.program.tail()}") from None
        finally:
            del self._answers[number]
        if answer["event"] == "refused":
            raise ProgramFailed(f"the residents refuse: {answer['reason']}")
        return answer

    def _over(self, visit: object) -> threading.Event:
        """Set when a visit has ended; the report may come before anybody waits for it."""
        with self._orders:
            return self._ended.setdefault(visit, threading.Event())

    def _listen(self) -> None:
        process = self.program.process
        assert process is not None
        assert process.stdout is not None
        for line in process.stdout:
            said = json.loads(line)
            if said["event"] == "ready":
                self._ready.set()
            elif said["event"] == "ended":
                self._over(said["visit"]).set()
            elif (box := self._answers.get(said.get("id"))) is not None:
                box.put(said)
