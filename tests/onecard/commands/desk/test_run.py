"""`onecard desk run` as a program: what the person at the desk sees."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from firmware_sim.field.udp import UdpField
from tests.edge.console import TOKEN, Console
from tests.support.patience import PATIENCE_S, eventually


@pytest.mark.parametrize(("language", "line"), [("en", "✓ Put the card"), ("zh_CN", "✓ 请放卡")])
def test_the_servers_sentences_appear_on_the_terminal(tmp_path: Path, language: str, line: str) -> None:
    console, field = Console(), UdpField()
    file = tmp_path / "desk.toml"
    file.write_text(
        f'desk = "desk-1"\nserver = "{console.address}"\n'
        f'token = "{TOKEN}"\nreader = "nfc:udp:127.0.0.1:{field.port}"\n',
        encoding="utf-8",
    )
    with (tmp_path / "out").open("wb") as out:
        program = subprocess.Popen(
            [sys.executable, "-m", "onecard", "desk", "run", "--config", str(file)],
            stdout=out,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"ONECARD_LANG": language, "PYTHONUTF8": "1"},
        )
    try:
        assert '"say":"hello"' in console.heard.get(timeout=PATIENCE_S)
        console.says.put('{"say":"show","zh":"请放卡","en":"Put the card","good":true}')
        eventually(lambda: (tmp_path / "out").read_text(encoding="utf-8") == line + "\n")
        program.send_signal(signal.SIGTERM)
        assert program.wait(PATIENCE_S) == 0
    finally:
        program.kill()
        program.wait()
        console.close()
        field.close()
