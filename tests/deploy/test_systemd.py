"""The systemd units: they start commands that exist, watch what can hang, and give away nothing."""

import shutil
import subprocess
from pathlib import Path

import pytest

from onecard.cli import main
from server.services.gateways.broker_files import ACL, AUTHORITIES, CERTIFICATE, REVOKED

UNITS = sorted((Path(__file__).parents[2] / "deploy" / "systemd").glob("*.service"))
HARDENED = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "CapabilityBoundingSet": "",
    "UMask": "0077",
    "StateDirectoryMode": "0700",
}


def settings(unit: Path) -> dict[str, list[str]]:
    """key -> all its values; a unit may say one twice."""
    found: dict[str, list[str]] = {}
    for line in unit.read_text(encoding="utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def test_there_is_one_for_each_program_of_the_box() -> None:
    assert {"onecard-gateway", "onecard-edge", "onecard-server"} <= {unit.stem for unit in UNITS}


def test_mosquitto_reads_every_file_that_may_change_while_it_runs() -> None:
    folder = UNITS[0].parent
    watched = settings(folder / "onecard-broker-reload.path")["PathChanged"]
    assert {Path(path).name for path in watched} == {REVOKED, ACL, CERTIFICATE, AUTHORITIES}
    (started,) = settings(folder / "onecard-broker-reload.path")["Unit"]
    assert settings(folder / "root" / started)["ExecStart"] == ["/bin/systemctl reload mosquitto.service"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_it_is_hardened_and_comes_back(unit: Path) -> None:
    found = settings(unit)
    assert {key: found[key][0] for key in HARDENED} == HARDENED
    assert found["Restart"] == ["always"]
    assert found["User"] != ["root"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_it_starts_a_command_that_exists(
    unit: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONECARD_LANG", "en")
    (start,) = settings(unit)["ExecStart"]
    program, *words = start.split()
    assert Path(program).name == "onecard"
    assert main([*[word for word in words if not word.startswith(("-", "/"))], "--help"]) == 0
    assert "--config" in capsys.readouterr().out


@pytest.mark.parametrize("program", ["gateway", "edge"])
def test_a_program_that_hangs_is_noticed(program: str) -> None:
    found = settings(next(unit for unit in UNITS if program in unit.name))
    assert found["Type"] == ["notify"]
    assert int(found["WatchdogSec"][0]) > 0


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_understands_every_line(unit: Path, tmp_path: Path) -> None:
    copy = tmp_path / unit.name
    copy.write_text(unit.read_text(encoding="utf-8").replace("/usr/local/bin/onecard", "/bin/true"), encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, timeout=60)
    ours = [line for line in (done.stdout + done.stderr).splitlines() if unit.name in line]
    assert ours == []
