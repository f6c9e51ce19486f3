"""The program as a process: lines in, lines out, and its ends."""

import io
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware_sim.app import run
from firmware_sim.config import SimConfig

PATIENCE_S = 60
CONFIG = {"cards": [{"name": "lin", "uid": "04A1B2C3D4E580"}], "fields": [{"name": "gate"}]}


class Program:
    """``python -m firmware_sim`` with its three streams."""

    def __init__(self, config: Path) -> None:
        command = [sys.executable, "-m", "firmware_sim", str(config)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert self.next()["event"] == "ready"

    def next(self) -> dict[str, object]:
        assert self.process.stdout is not None
        report: dict[str, object] = json.loads(self.process.stdout.readline())
        return report

    def tell(self, line: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def rest(self) -> list[str]:
        """The events up to the end of a program that ends well."""
        out, _ = self.process.communicate(timeout=PATIENCE_S)
        assert self.process.returncode == 0
        return [json.loads(line)["event"] for line in out.splitlines()]


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    config = tmp_path / "config.json"
    config.write_text(json.dumps(CONFIG))
    program = Program(config)
    yield program
    program.process.kill()
    program.process.communicate(timeout=PATIENCE_S)


def test_stop(program: Program) -> None:
    program.tell(b'{"do":"present","card":"lin","field":"gate"}')
    assert program.next()["event"] == "begun"
    program.tell(b'{"do":"stop"}')
    assert program.rest() == ["done", "ended", "bye"]


def test_end_of_input(program: Program) -> None:
    program.tell(b'{"do":"present","card":"lin","field":"gate"}')
    assert program.next()["event"] == "begun"
    assert program.rest() == ["ended", "bye"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals(program: Program, number: signal.Signals) -> None:
    program.tell(b'{"do":"present","card":"lin","field":"gate"}')
    assert program.next()["event"] == "begun"
    program.process.send_signal(number)
    assert program.rest() == ["ended", "bye"]


def test_bad_lines_are_answered_and_outlived(program: Program) -> None:
    for line in (b"nonsense", b"\xff\xfe", b"{}", b"x" * 200_000):
        program.tell(line)
        assert program.next()["event"] == "refused"
    for _ in range(200_002 // 65_538):
        assert program.next()["event"] == "refused"
    program.tell(b"")
    program.tell(b'{"do":"list"}')
    assert program.next()["event"] == "list"


def test_usage() -> None:
    done = subprocess.run([sys.executable, "-m", "firmware_sim"], capture_output=True, timeout=PATIENCE_S)
    assert done.returncode == 1
    assert b"usage" in done.stderr


def test_run_in_a_thread_leaves_signals_alone() -> None:
    before = signal.getsignal(signal.SIGTERM)
    out = io.StringIO()
    config = SimConfig.model_validate(CONFIG)
    thread = threading.Thread(target=run, args=(config, io.StringIO('{"do":"list"}\n'), out))
    thread.start()
    thread.join(PATIENCE_S)
    assert [json.loads(line)["event"] for line in out.getvalue().splitlines()] == ["ready", "list", "bye"]
    assert signal.getsignal(signal.SIGTERM) is before


def test_run_puts_signal_handlers_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    run(SimConfig.model_validate(CONFIG), io.StringIO(""), io.StringIO())
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_listener_that_left_is_no_reason_to_fall() -> None:
    out = io.StringIO()
    out.close()
    run(SimConfig.model_validate(CONFIG), io.StringIO('{"do":"list"}\n'), out)
