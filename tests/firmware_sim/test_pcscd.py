"""A pcscd of our own: readers by name, two of them side by side, gone when stopped."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from firmware_sim.pcscd import PcscdUnavailable, PrivatePcscd

LIST_READERS = "from smartcard.System import readers; print(*readers(), sep='\\n')"


def readers_of(pcscd: PrivatePcscd) -> list[str]:
    """As another process sees them: the client library reads its environment once."""
    done = subprocess.run(
        [sys.executable, "-c", LIST_READERS],
        env={**os.environ, **pcscd.environment},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")[:-1]


@pytest.mark.pcscd
def test_eight_readers_and_a_second_daemon_beside_it(tmp_path: Path) -> None:
    with PrivatePcscd(tmp_path / "a", slots=8) as one, PrivatePcscd(tmp_path / "b", slots=2) as two:
        assert readers_of(one) == [slot.name for slot in one.slots]
        assert readers_of(two) == [slot.name for slot in two.slots]
        assert len({slot.port for slot in (*one.slots, *two.slots)}) == 10


def test_an_absent_program_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("firmware_sim.pcscd.shutil.which", lambda *_, **__: None)
    with pytest.raises(PcscdUnavailable, match="pcscd is not installed"):
        PrivatePcscd(tmp_path).start()
