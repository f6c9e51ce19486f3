"""The journal of a process that is killed in the middle of its work, again and again: what it said is durable, is."""

import subprocess
import sys
from pathlib import Path

from card_protocol.words.event import Event
from gateway.drivers.journal_file import JournalFile
from tests.gateway.world import GATEWAY, HandClock

WRITER = """
import pathlib, sys, threading
from gateway.drivers.journal_file import JournalFile
from tests.gateway.world import GATEWAY, HandClock, event
journal = JournalFile(pathlib.Path(sys.argv[1]), GATEWAY, HandClock())
def run(base):
    for number in range(base, base + 100_000):
        head = journal.append(event(number))
        sys.stdout.write(f"{number} {head.seq}\\n")
        sys.stdout.flush()
for base in range(int(sys.argv[2]), int(sys.argv[2]) + 300_000, 100_000):
    threading.Thread(target=run, args=(base,)).start()
"""
ROUNDS = 4
LINES_BEFORE_THE_CUT = 60


def writer(folder: Path, base: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", WRITER, str(folder), str(base)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def cut_after(process: "subprocess.Popen[str]", lines: int) -> list[tuple[int, int]]:
    """Kill it in the middle; what it had said completely until then."""
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(lines)]
    process.kill()
    said += process.stdout.read().splitlines(keepends=True)
    process.wait(10)
    return [(int(line.split()[0]), int(line.split()[1])) for line in said if line.endswith("\n")]


def check(folder: Path, promised: dict[int, int]) -> None:
    journal = JournalFile(folder, GATEWAY, HandClock(), thorough=True)
    entries = journal.read(1, 10_000)
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    held = {int(Event.from_bytes(entry.body).detail["number"]): entry.seq for entry in entries}
    assert len(held) == len(entries), "nothing is there twice"
    assert {number: held.get(number) for number in promised} == promised
    journal.close()


def test_killed_in_the_middle_again_and_again(tmp_path: Path) -> None:
    promised: dict[int, int] = {}
    for round_ in range(ROUNDS):
        said = cut_after(writer(tmp_path, round_ * 1_000_000), LINES_BEFORE_THE_CUT * (round_ + 1))
        promised |= dict(said)
        check(tmp_path, promised)
    assert len(list(tmp_path.glob("journal-*.db"))) == 1, "a power cut is no damage"


def test_two_programs_of_which_one_is_killed(tmp_path: Path) -> None:
    first, second = writer(tmp_path, 0), writer(tmp_path, 1_000_000)
    promised = dict(cut_after(first, LINES_BEFORE_THE_CUT))
    promised |= dict(cut_after(second, LINES_BEFORE_THE_CUT))
    assert len(set(promised.values())) == len(promised), "no seq was given away twice"
    check(tmp_path, promised)
