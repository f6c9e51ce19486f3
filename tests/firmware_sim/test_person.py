"""The person, in this process, before UDP readers."""

import queue
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from firmware_sim.config import SimConfig
from firmware_sim.orders import parse
from firmware_sim.person import Person, Report

Ask = Callable[[str], str]
PATIENCE_S = 20.0
VERSION = "029060000000"
ACTIVATION = ("26", "9320", "93708804a1b29f", "9520", "9570c3d4e58072", "e080")
CARDS = [
    {"name": "lin", "uid": "04A1B2C3D4E580"},
    {"name": "wang", "uid": "04A1B2C3D4E581"},
    {"name": "pay", "kind": "bank", "uid": "01020304"},
]


class Bench:
    """A person and bare readers before whom she stands."""

    def __init__(self, folder: Path | None = None) -> None:
        self.reports: queue.Queue[Report] = queue.Queue()
        config = {"cards": CARDS, "fields": [{"name": "gate"}, {"name": "door"}], "state_dir": folder, "seed": "s"}
        self.person = Person(SimConfig.model_validate(config), self.reports.put)
        self.ready = self.person.ready()

    def order(self, line: str) -> Report:
        order = parse(line)
        assert not isinstance(order, str), order
        self.person.obey(order)
        return self.next()

    def next(self) -> Report:
        return self.reports.get(timeout=PATIENCE_S)

    def reader(self, field: str) -> tuple[Ask, Ask]:
        """(ask and wait, tell without waiting) of a reader with its own socket."""
        fields = self.ready["fields"]
        assert isinstance(fields, dict)
        line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        line.connect(("127.0.0.1", fields[field]["port"]))
        line.settimeout(PATIENCE_S)

        def ask(frame: str) -> str:
            line.send(f"106A {frame}".encode())
            return line.recv(2048).decode().partition(" ")[2]

        def tell(frame: str) -> str:
            line.send(f"106A {frame}".encode())
            return ""

        return ask, tell


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.person.close()


def activate(ask: Ask) -> None:
    for frame in ACTIVATION:
        assert ask(frame)


def test_present_for_a_while(bench: Bench) -> None:
    begun = bench.order('{"do":"present","card":"lin","field":"gate","for_ms":50,"id":7}')
    assert begun == {"id": 7, "event": "begun", "visit": 1, "card": "lin", "field": "gate"}
    ended = bench.next()
    assert isinstance(ended.pop("lasted_ms"), int)
    assert ended == {
        "event": "ended", "visit": 1, "card": "lin", "field": "gate", "exchanges": 0, "ending": "time",
    }  # fmt: skip


def test_present_until_told(bench: Bench) -> None:
    bench.order('{"do":"present","card":"lin","field":"gate"}')
    ask, _tell = bench.reader("gate")
    activate(ask)
    assert ask(VERSION) == "0204010112001a0591af"
    assert bench.order('{"do":"remove","field":"gate"}') == {"event": "done", "do": "remove"}
    ended = bench.next()
    assert (ended["ending"], ended["exchanges"]) == ("told", 1)


def test_a_card_lies_in_one_place(bench: Bench) -> None:
    bench.order('{"do":"present","card":"lin","field":"gate"}')
    assert bench.order('{"do":"present","card":"lin","field":"door"}')["event"] == "begun"
    ended = bench.next()
    assert (ended["field"], ended["ending"]) == ("gate", "told")
    activate(bench.reader("door")[0])


def test_a_place_holds_one_card(bench: Bench) -> None:
    bench.order('{"do":"present","card":"lin","field":"gate"}')
    bench.order('{"do":"present","card":"pay","field":"gate"}')
    assert bench.next()["card"] == "lin"
    assert bench.reader("gate")[0]("26") == "0400"


def test_pulled_away(bench: Bench) -> None:
    bench.order('{"do":"present","card":"lin","field":"gate","pull":{"at":2}}')
    ask, tell = bench.reader("gate")
    activate(ask)
    ask(VERSION)
    tell("0390AF000000")
    ended = bench.next()
    assert (ended["ending"], ended["exchanges"]) == ("pulled", 2)


def test_swap_reports_both(bench: Bench) -> None:
    bench.order('{"do":"present","card":"lin","field":"gate","swap":{"at":1,"card":"pay"}}')
    ask, tell = bench.reader("gate")
    activate(ask)
    tell(VERSION)
    first = bench.next()
    assert (first["card"], first["ending"]) == ("lin", "swapped")
    assert bench.reader("gate")[0]("26") == "0400"
    bench.order('{"do":"remove","field":"gate"}')
    assert bench.next()["card"] == "pay"


def test_a_relayed_card_is_found_where_it_lies(bench: Bench) -> None:
    bench.order('{"do":"present","card":"lin","field":"gate","swap":{"at":1,"card":"wang","relay":true}}')
    ask, _tell = bench.reader("gate")
    activate(ask)
    assert ask(VERSION) == "0204010112001a0591af"
    bench.order('{"do":"present","card":"wang","field":"door"}')
    assert bench.next()["ending"] == "told"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"do":"present","card":"nobody","field":"gate"}', "there is no card 'nobody'"),
        ('{"do":"present","card":"lin","field":"moon"}', "there is no field 'moon'"),
        ('{"do":"present","card":"lin","field":"gate","swap":{"at":1,"card":"x"}}', "there is no card 'x'"),
        ('{"do":"remove","field":"moon"}', "there is no field 'moon'"),
        ('{"do":"card","card":{"name":"lin","uid":"04000000000000"}}', "there is a card 'lin' already"),
    ],
)
def test_refusals(bench: Bench, line: str, reason: str) -> None:
    answer = bench.order(line)
    assert (answer["event"], answer["reason"]) == ("refused", reason)


def test_new_card_and_list(bench: Bench) -> None:
    bench.order('{"do":"card","card":{"name":"new","uid":"04000000000000"}}')
    assert bench.order('{"do":"list","id":1}') == {
        "id": 1, "event": "list", "cards": ["lin", "wang", "pay", "new"], "fields": ["gate", "door"],
    }  # fmt: skip
    assert bench.order('{"do":"stop"}') == {"event": "done", "do": "stop"}


def test_memory_is_written_when_a_visit_ends(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    try:
        bench.order('{"do":"present","card":"lin","field":"gate","for_ms":1}')
        bench.next()
        assert [path.name for path in tmp_path.iterdir()] == ["lin.json"]
        (tmp_path / "new.json").write_text("{")
        answer = bench.order('{"do":"card","card":{"name":"new","uid":"04000000000000"}}')
        assert answer["reason"] == "the memory of 'new' is damaged"
    finally:
        bench.person.close()


def test_close_reports_what_was_open() -> None:
    bench = Bench()
    bench.order('{"do":"present","card":"lin","field":"gate"}')
    bench.person.close()
    assert bench.next()["ending"] == "told"


def test_a_taken_port_is_told() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        config = {"fields": [{"name": "a"}, {"name": "b", "port": taken.getsockname()[1]}]}
        with pytest.raises(OSError, match="in use"):
            Person(SimConfig.model_validate(config), lambda _report: None)


def test_every_kind_of_field_tells_where_it_is() -> None:
    config = {"fields": [{"name": "a"}, {"name": "b", "kind": "vpcd", "port": 1}, {"name": "c", "kind": "pn532"}]}
    person = Person(SimConfig.model_validate(config), lambda _report: None)
    fields = person.ready()["fields"]
    person.close()
    assert isinstance(fields, dict)
    assert [place["kind"] for place in fields.values()] == ["udp", "vpcd", "pn532"]
    assert fields["c"]["path"].startswith("/dev/")
