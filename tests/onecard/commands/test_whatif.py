"""`onecard whatif`"""

import json
from pathlib import Path

import pytest

from onecard.cli import main
from tests.onecard.commands.conftest import Judged


def test_the_differences_are_listed(judged: Judged, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change = tmp_path / "change.toml"
    change.write_text('[[levels]]\nid = "residents"\npoints = ["clinic"]\n')
    assert main(["whatif", str(change), "--config", judged.config]) == 0
    said = capsys.readouterr().out
    assert "2 taps, 2 would have come out otherwise" in said
    assert "granted → wrong_point" in said
    assert "wrong_point → granted" in said
    assert main(["whatif", str(change), "--json", "--config", judged.config]) == 0
    assert json.loads(capsys.readouterr().out)["differing"] == 2


@pytest.mark.parametrize("text", ["levels = 3", "[[levels", '[[levels]]\nid = "residents"\nschedule = "moon"'])
def test_a_change_that_is_none_is_one_line(
    judged: Judged, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    change = tmp_path / "change.toml"
    change.write_text(text)
    assert main(["whatif", str(change), "--config", judged.config]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert main(["whatif", str(tmp_path / "none.toml"), "--config", judged.config]) == 1
    assert capsys.readouterr().err == f"onecard: {tmp_path / 'none.toml'}: No such file or directory\n"


def test_what_is_wrong_is_named_by_the_id_that_was_written(
    judged: Judged, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change = tmp_path / "change.toml"
    change.write_text('[[points]]\nid = "clinic"\nminimum_assurance = "weak"\n')
    assert main(["whatif", str(change), "--config", judged.config]) == 1
    assert "points.clinic.minimum_assurance: must be one of" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("levels = 3", "levels: 必须是列表 [ … ]"),
        ("moons = []", "moons: 未知的键"),
        ('[[levels]]\nid = "residents"\nschedule = "moon"', "权限组 residents 的时段 moon 不存在"),
        ('[[levels]]\nid = "residents"\npoints = ["moon"]', "权限组 residents 的点位不存在：moon"),
        ('[[points]]\nid = "clinic"\nfree = "moon"', "点位 clinic 的自由通行时段 moon 不存在"),
        ('[[points]]\nid = "clinic"\nminimum_assurance = "weak"', "points.clinic.minimum_assurance: 只能是："),
        ('[[points]]\nname_zh = "门"', "points: points 的每一项都要有 id"),
        ('remove_levels = ["moon"]', "remove_levels: levels 中没有：moon"),
    ],
)
def test_what_is_wrong_is_told_in_chinese_too(
    judged: Judged,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    said: str,
) -> None:
    monkeypatch.setenv("ONECARD_LANG", "zh")
    change = tmp_path / "change.toml"
    change.write_text(text)
    assert main(["whatif", str(change), "--config", judged.config]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"onecard: {change}: ")
    assert said in line


def test_reasons_are_told_in_chinese_too(
    judged: Judged, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONECARD_LANG", "zh")
    change = tmp_path / "change.toml"
    change.write_text('[[levels]]\nid = "residents"\npoints = ["clinic"]\n')
    assert main(["whatif", str(change), "--config", judged.config]) == 0
    assert "granted（请通行）" in capsys.readouterr().out
