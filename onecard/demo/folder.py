"""The demo's folder: configuration files of every program, made the way an installer would write them."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from card_protocol.words.moment import PlayedDay
from card_protocol.words.point import Point
from onecard.demo.community import COMMUNITY, DESK, POINTS
from onecard.demo.hall import Hall
from onecard.demo.wood import ALARM_MS, BUTTON, CONTACT, HELD_MS, STRIKE
from onecard.free_ports import free_port
from server.services.gateways.broker_files import AUTHORITIES, CONFIGURATION

PASSPHRASE_VARIABLE = "ONECARD_KEYSTORE_PASSPHRASE"  # noqa: S105 - the name of a variable
LOCKED = frozenset({"gate", "door"})


@dataclass(frozen=True)
class Places:
    """Where everybody listens: ports on 127.0.0.1, and the hall with its readers."""

    console_port: int
    broker_port: int
    hall: Hall
    gateways_port: int = field(default_factory=free_port)
    screens: Mapping[str, int] = field(default_factory=dict)
    """Points with a screen beside the reader, and its port."""
    of_wood: frozenset[str] = frozenset()
    """Points with a door of wood (onecard.demo.wood) instead of a lock that is a line in the log."""


class Folder:
    """A folder for one run."""

    def __init__(self, path: Path, places: Places) -> None:
        self.path = path
        self.places = places
        self.box = path / "box"
        self.database = path / "server.db"
        self.broker = path / "broker"
        """The broker's certificate, whom it trusts and who is shut out: the server writes it."""

    def config(self, program: str) -> str:
        """The path of a program's file, for its command line."""
        return str(self.path / f"{program}.toml")

    def write_server(self, clock: PlayedDay) -> None:
        """The server's file."""
        code, name, _ = COMMUNITY
        self._write(
            "server",
            f"community = {_text(code)}\ncommunity_name = {_text(name)}\n"
            f"database_url = {_text(f'sqlite:///{self.database}')}\n\n"
            f"[keystore]\npath = {_text(str(self.path / 'keystore'))}\n\n"
            f"[listen]\nport = {self.places.console_port}\n\n"
            f"[gateways]\nport = {self.places.gateways_port}\n\n"
            f"[broker]\nport = {self.places.broker_port}\nserver_port = {self.places.broker_port}\n"
            f"folder = {_text(str(self.broker))}\n",
            clock,
        )

    def write_gateway(self, clock: PlayedDay) -> None:
        """The gateway's file."""
        self._write(
            "gateway",
            f"state_dir = {_text(str(self.box))}\nserver_url = {_text(self.gateways_url)}\n\n"
            f"[broker]\nport = {self.places.broker_port}\n",
            clock,
        )

    def write_edge(self, clock: PlayedDay, points: Sequence[Point] = POINTS) -> None:
        """The edge's file: all six points, or these."""
        tables = [f"state_dir = {_text(str(self.box))}\nserver = {_text(self.gateways_url)}\n"]
        for point in points:
            of_wood = point.id in self.places.of_wood
            lock = STRIKE if of_wood else "sim" if point.kind in LOCKED else "none"
            reader = self.places.hall.readers[point.id]
            lines = [f"id = {_text(point.id)}", f"reader = {_text(reader)}", f"lock = {_text(lock)}"]
            if point.id in self.places.screens:
                lines.append(f"feedback = {_text(f'screen:{self.places.screens[point.id]}')}")
            tables.append("\n".join(("[[points]]", *lines, "")))
            if of_wood:
                wires = [f"contact = {_text(CONTACT)}", f"rex = {_text(BUTTON)}"]
                times = [f"held_ms = {HELD_MS}", f"alarm_ms = {ALARM_MS}"]
                tables.append("\n".join(("[points.door]", *wires, *times, "")))
        self._write("edge", "\n".join(tables), clock)

    def write_desk(self, token: str) -> None:
        """The desk agent's file."""
        reader = self.places.hall.readers[DESK]
        self._write(
            "desk",
            f"desk = {_text(DESK)}\nserver = {_text(self.gateways_url)}\n"
            f"authorities = {_text(str(self.broker / AUTHORITIES))}\n"
            f"token = {_text(token)}\nreader = {_text(reader)}\n",
        )

    def screen_url(self, point: str) -> str:
        """Where the screen of a point is."""
        return f"http://127.0.0.1:{self.places.screens[point]}/"

    @property
    def console_url(self) -> str:
        """Where the console is: this machine alone, so that a browser shows it without a warning."""
        return f"http://127.0.0.1:{self.places.console_port}"

    @property
    def gateways_url(self) -> str:
        """Where gateway, edge and desk find the server."""
        return f"https://127.0.0.1:{self.places.gateways_port}"

    @property
    def broker_configured(self) -> bool:
        """Whether the server has written the broker's files; this one comes last."""
        return (self.broker / CONFIGURATION).exists()

    def _write(self, program: str, text: str, clock: PlayedDay | None = None) -> None:
        if clock is not None:
            numbers = f"anchor_ms = {clock.anchor_ms}\nfrom_ms = {clock.from_ms}\nspeed = {clock.speed}\n"
            text += f"\n[clock]\n{numbers}"
        path = self.path / f"{program}.toml"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)


def _text(value: str) -> str:
    """A TOML basic string; JSON's is one, and a path may hold anything."""
    return json.dumps(value, ensure_ascii=False)
