"""`onecard server run` as a program: it serves, and a signal ends it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from onecard.free_ports import free_port

PATIENCE_S = 120.0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_a_signal(ready: str, tmp_path: Path, number: signal.Signals) -> None:
    port = free_port()
    with Path(ready).open("a", encoding="utf-8") as file:
        file.write(f"[listen]\nport = {port}\n[gateways]\nport = {free_port()}\n")
    with (tmp_path / "log").open("wb") as log:
        program = subprocess.Popen(
            [sys.executable, "-m", "onecard", "server", "run", "--config", ready], stderr=log, env=os.environ
        )
    try:
        wait_for_answer(port, program)
        program.send_signal(number)
        assert program.wait(PATIENCE_S) == 0
    finally:
        program.kill()
        program.wait()
    assert "Traceback" not in (tmp_path / "log").read_text()


def wait_for_answer(port: int, program: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        assert program.poll() is None
        try:
            if httpx.get(f"http://127.0.0.1:{port}/api/v1/health", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("it never answered")
