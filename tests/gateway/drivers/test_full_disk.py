"""A disk that is really full: a small file system of the test's own, in a namespace where it may be mounted."""

import json
import shutil
import subprocess
import sys

import pytest

SMALL = """
mount -t tmpfs -o size=1500k none /mnt && exec "$0" -c "$1"
"""

PROGRAM = """
import json, pathlib, sqlite3
from gateway.drivers.journal_file import JournalFile
from gateway.drivers.reserve import Reserve
from gateway.ports.journal import JournalUnavailable
from tests.gateway.world import GATEWAY, HandClock, event

folder = pathlib.Path("/mnt")
clock = HandClock()
journal = JournalFile(folder, GATEWAY, clock)
reserve = Reserve(folder, 400_000)
reserve.make()

def fill():
    for number in range(100_000):
        try:
            journal.append(event(number))
        except JournalUnavailable as fault:
            return str(fault)

said = {"why": fill(), "head": journal.head().seq, "count": journal.count()}
said["reserve"] = (folder / "journal.reserve").exists()
journal.close()
again = JournalFile(folder, GATEWAY, clock, thorough=True)
said |= {"head_again": again.head().seq, "files": len(list(folder.glob("journal-*.db")))}
said["floor"] = again.prune(said["head"] - 10).seq
said["after"] = again.append(event(1)).seq
print(json.dumps(said))
"""


def in_small_file_system(program: str) -> dict[str, object]:
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-rm", "mount", "-t", "tmpfs", "none", "/mnt"]).returncode:
        pytest.skip("no file system may be mounted here, not even in a namespace")
    command = [unshare, "-rm", "sh", "-c", SMALL, sys.executable, program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr[-2000:]
    answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return answer


def test_nothing_committed_is_lost_and_nothing_is_half_written() -> None:
    said = in_small_file_system(PROGRAM)
    assert "full" in str(said["why"])
    assert said["reserve"] is False, "it was given back before the journal gave up"
    assert said["head"] == said["count"] == said["head_again"]
    assert isinstance(said["head"], int)
    assert said["head"] > 100
    assert (said["floor"], said["after"]) == (said["head"] - 10, said["head"] + 1), "room can be made"
    assert said["files"] == 1, "a full disk is no damage"


START = """
import json, pathlib
from gateway.drivers.book_writer import BookWriterFile
from gateway.drivers.journal_file import JournalFile
from gateway.drivers.reserve import Reserve, room_to_start
from gateway.drivers.state_file import StateFile
from gateway.ports.book import BookUnavailable
from gateway.ports.journal import JournalUnavailable
from tests.gateway.world import GATEWAY, HandClock, event

folder = pathlib.Path("/mnt")
clock = HandClock()
Reserve(folder, 400_000).make()
journal = JournalFile(folder, GATEWAY, clock)
BookWriterFile(folder).close()
try:
    for number in range(100_000):
        journal.append(event(number))
except JournalUnavailable:
    journal.close()
try:
    with (folder / "of others").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
except OSError:
    pass

def start():
    try:
        journal, book = JournalFile(folder, GATEWAY, clock, thorough=True), BookWriterFile(folder)
    except (BookUnavailable, JournalUnavailable) as fault:
        return type(fault).__name__
    StateFile(folder).save_acked(journal.head())
    return "started"

print(json.dumps({"before": start(), "room": room_to_start(folder), "after": start(), "again": room_to_start(folder)}))
"""


def test_who_makes_room_can_start_on_a_full_disk() -> None:
    said = in_small_file_system(START)
    assert said == {"before": "BookUnavailable", "room": True, "after": "started", "again": False}
