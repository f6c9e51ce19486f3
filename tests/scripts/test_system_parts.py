import os
from pathlib import Path

import pytest

from scripts import system_parts
from scripts.system_parts import PARTS, Part, apt_prefix, found, install, locate, missing_parts, report_line

HERE = Part("here", (__file__,), "a test")
GONE = Part("gone", (__file__, "/nonexistent/*.so"), "a test")
ALSO_GONE = Part("also-gone", ("/nonexistent/*",), "a test")


def test_a_part_is_there_when_all_its_probes_are() -> None:
    assert found(HERE)
    assert not found(GONE)


def test_a_probe_may_be_a_pattern_over_folders(tmp_path: Path) -> None:
    part = Part("x", (f"{tmp_path}/**/Noto*CJK*.tt*",), "a test")
    assert not found(part)
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "NotoSansCJK-Bold.ttc").touch()
    assert found(part)


class TestMissing:
    @pytest.fixture(autouse=True)
    def table(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(system_parts, "PARTS", (HERE, GONE, ALSO_GONE))

    def test_all_or_some(self) -> None:
        assert missing_parts() == [GONE, ALSO_GONE]
        assert missing_parts(["here", "also-gone"]) == [ALSO_GONE]

    def test_a_package_outside_the_table_is_our_mistake(self) -> None:
        with pytest.raises(KeyError, match="nothing"):
            missing_parts(["nothing"])


def test_the_line_names_every_package_and_the_remedy() -> None:
    line = report_line([GONE, ALSO_GONE])
    assert line == "missing system packages: gone also-gone (as root: apt-get install gone also-gone)"


def test_the_table_names_each_package_once() -> None:
    names = [part.package for part in PARTS]
    assert len(set(names)) == len(names)
    assert all(part.probes for part in PARTS)


def test_programs_are_found_where_a_user_does_not_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert locate("ldconfig") in ("/usr/sbin/ldconfig", "/sbin/ldconfig")
    assert locate("no-such-program") is None


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH of our own, empty but for the shell's basics."""
    for name in ("env", "sh", "echo"):
        (tmp_path / name).symlink_to(f"/usr/bin/{name}")
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def tool(tools: Path, name: str, script: str) -> None:
    (tools / name).write_text(f"#!/bin/sh\n{script}\n")
    (tools / name).chmod(0o755)


class TestPermission:
    def test_without_apt_there_is_none(self, tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: 0)
        assert apt_prefix() is None

    def test_root_needs_nothing(self, tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        tool(tools, "apt-get", "exit 0")
        monkeypatch.setattr(os, "geteuid", lambda: 0)
        assert apt_prefix() == []

    @pytest.mark.parametrize(("script", "prefix"), [("exit 0", ["sudo", "-n"]), ("exit 1", None), (None, None)])
    def test_a_user_needs_sudo_that_asks_nothing(
        self, script: str | None, prefix: list[str] | None, tools: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tool(tools, "apt-get", "exit 0")
        if script is not None:
            tool(tools, "sudo", script)
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        assert apt_prefix() == prefix


class TestInstall:
    def test_updates_and_installs_without_asking(self, tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        tool(tools, "apt-get", 'echo "$DEBIAN_FRONTEND" "$@"')
        monkeypatch.setattr(os, "geteuid", lambda: 0)
        assert install([GONE, ALSO_GONE], str(tools / "log"))
        assert (tools / "log").read_text().splitlines() == [
            "noninteractive -q -y update",
            "noninteractive -q -y install --no-install-recommends gone also-gone",
        ]

    def test_a_failing_step_ends_it(self, tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        tool(tools, "apt-get", 'echo "$@"; exit 100')
        monkeypatch.setattr(os, "geteuid", lambda: 0)
        assert not install([GONE], str(tools / "log"))
        assert (tools / "log").read_text() == "-q -y update\n"

    def test_where_it_may_not_it_does_not_try(self, tools: Path) -> None:
        assert not install([GONE], str(tools / "log"))
        assert not (tools / "log").exists()
