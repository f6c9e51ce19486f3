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
