"""`onecard demo` before its play: what cannot work is told at once in one line; Ctrl-C clears everything away.

The play itself is in tests/journeys.
"""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from onecard.cli import main
from onecard.commands.demo import unwritable
from onecard.free_ports import free_port

PATIENCE_S = 60.0


def test_a_taken_port_is_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["demo", "--port", str(port)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert f"port {port} on 127.0.0.1 cannot be used: Address already in use (--port)" in said.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--for", "4"], "--for"),
        (["--for", "20", "--outage", "11"], "--outage must fit into half of --for"),
        (["--outage", "-1"], "--outage"),
        (["--speed", "0"], "--speed"),
        (["--reader", "osdp"], "--reader"),
        (["--port", "0"], "--port"),
        (["--report", "/nowhere/at/all/r.json"], "there is no folder /nowhere/at/all"),
        (["--report", "/"], "/ is a folder"),
    ],
)
def test_misuse_is_told_before_anything_starts(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", *words]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert said in told.err


def test_a_report_that_can_be_written_is_no_matter(tmp_path: Path) -> None:
    assert unwritable(tmp_path / "r.json") is None
    assert unwritable(Path("r.json")) is None


def processes_of(session_of: Path) -> list[str]:
    """Command lines of the processes that were started for the demo in this folder for temporary files (proc(5))."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            try:
                environment, line = (entry / "environ").read_bytes(), (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if f"TMPDIR={session_of}\0".encode() in environment + b"\0" and line:
                found.append(line.replace(b"\0", b" ").decode(errors="replace"))
    return found


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_while_it_sets_up_clears_everything_away(tmp_path: Path, how: signal.Signals) -> None:
    demo = subprocess.Popen(
        [sys.executable, "-u", "-m", "onecard", "demo", "--port", str(free_port())],
        env={**os.environ, "TMPDIR": str(tmp_path), "ONECARD_LANG": "en"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert demo.stdout is not None
    assert any(line.startswith("Setting up") for line in iter(demo.stdout.readline, ""))
    if how is signal.SIGINT:
        os.killpg(demo.pid, how)  # a terminal sends Ctrl-C to everybody in the foreground
    else:
        demo.send_signal(how)
    out, err = demo.communicate(timeout=PATIENCE_S)
    assert (demo.returncode, err) == (0, ""), out
    assert processes_of(tmp_path) == []
    assert list(tmp_path.iterdir()) == []
