"""The import contracts of pyproject.toml hold, and they see every package."""

import subprocess
import sys
import tomllib
from pathlib import Path

from tests.house.tree import PACKAGES, ROOT

LINT = str(Path(sys.executable).with_name("lint-imports"))


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [LINT, "--no-logo", "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)


def test_the_arrows_hold() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_package_is_under_the_law() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    assert sorted(settings["importlinter"]["root_packages"]) == sorted(PACKAGES)
    assert sorted(settings["hatch"]["build"]["targets"]["wheel"]["packages"]) == sorted(PACKAGES)


def test_an_arrow_the_wrong_way_is_seen(tmp_path: Path) -> None:
    """The same contracts over a toy house in which the server imports the gateway."""
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    modules = {f"{package}/__init__.py": "" for package in PACKAGES}
    for name in ("channel", "crypto", "iso7816", "policy", "profiles", "wire", "words"):
        modules[f"card_protocol/{name}/__init__.py"] = ""
    modules["server/services/__init__.py"] = "import gateway\n"
    modules["card_protocol/words/__init__.py"] = "import card_protocol.wire\n"
    for name, text in modules.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    done = lint(tmp_path)
    assert done.returncode == 1
    assert "server.services -> gateway" in done.stdout
    assert "card_protocol.words -> card_protocol.wire" in done.stdout
