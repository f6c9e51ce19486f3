"""A second box that comes to a standing community: what an installer does at it, beside the pages."""

from dataclasses import replace
from pathlib import Path

from card_protocol.words.point import Direction, Point, PointKind
from onecard.demo.community import ACTIVITY, CARE
from onecard.demo.folder import Folder, Places
from onecard.demo.programs import Program
from onecard.demo.stage import Stage

NAME = "north-gate"
READERS = {"north-in": CARE.id, "north-out": ACTIVITY.id}
"""Point -> the spot of the hall at which its reader hangs."""

POINTS = tuple(
    Point(id=name, kind=PointKind.GATE, name_zh="北门", name_en="North gate", area="compound", direction=way)
    for name, way in zip(READERS, (Direction.IN, Direction.OUT), strict=True)
)


class NewBox:
    """Its folder and programs."""

    def __init__(self, stage: Stage, path: Path) -> None:
        path.mkdir()
        self._stage = stage
        places = stage.folder.places
        hall = replace(places.hall, readers={point: places.hall.readers[spot] for point, spot in READERS.items()})
        self._folder = Folder(path, Places(places.console_port, places.broker_port, hall, places.gateways_port))
        self._programs: list[Program] = []

    def begin_joining(self, claim: str, fingerprint: str) -> Program:
        """Type the claim in and compare the server's fingerprint; it then shows its own."""
        assert self._stage.night is not None
        self._folder.write_gateway(self._stage.night)
        words = ["gateway", "enrol", "--config", self._folder.config("gateway")]
        return self._start("joining", *words, "--claim", claim, "--fingerprint", fingerprint)

    def run(self) -> None:
        """Its readers are in its file; gateway and points begin."""
        assert self._stage.night is not None
        self._folder.write_edge(self._stage.night, POINTS)
        for program in ("edge", "gateway"):
            self._start(program, program, "run", "--config", self._folder.config(program))

    def stop(self) -> None:
        """End everything of it."""
        for program in reversed(self._programs):
            program.stop()

    def _start(self, name: str, *words: str) -> Program:
        program = Program(name, ["onecard", *words], self._folder.path)
        self._programs.append(program)
        program.start({**self._stage._environment, "ONECARD_LANG": "en"})
        return program
