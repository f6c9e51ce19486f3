"""One intake worker on SQLite."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from server.intake.sole import NotAlone, sole_intake

HOLD = """
import sys
from pathlib import Path
from server.intake.sole import sole_intake
with sole_intake(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_program_is_refused_and_told_by_whom(tmp_path: Path) -> None:
    database = tmp_path / "server.db"
    first = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        with pytest.raises(NotAlone, match=rf"process {first.pid}\).*PostgreSQL"), sole_intake(database):
            pass
    finally:
        first.kill()
        first.communicate()
    with sole_intake(database):
        assert (tmp_path / "server.db.intake-lock").read_text() == f"{os.getpid()}\n"


def test_afterwards_the_place_is_free(tmp_path: Path) -> None:
    for _ in range(2):
        with sole_intake(tmp_path / "server.db"):
            pass
