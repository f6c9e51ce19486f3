"""`onecard point setup`"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge import fitting
from edge.config import EdgeConfig
from onecard.cli import main
from onecard.commands.point import setup
from onecard.config_file import read_config
from tests.edge.box import GATEWAY, enrol
from tests.edge.fitted_box import FittedBox
from tests.onecard.fitter import Fitter


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONECARD_LANG", "en")
    monkeypatch.setattr(fitting, "serial_ports", lambda: ())
    monkeypatch.setattr(fitting, "reader_names", list)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[FittedBox]:
    box = FittedBox(tmp_path)
    yield box
    box.close()


def test_the_file_is_written_and_the_label_printed(box: FittedBox, tmp_path: Path) -> None:
    config, label = tmp_path / "edge.toml", tmp_path / "gate.svg"
    fitter = Fitter(box, **{"Where does the gateway": str(box.state_dir), "point's id": "south-gate-in"})
    assert setup.run(config, fitter, None, label) == 0
    (point,) = read_config(config, EdgeConfig).points
    assert (point.id, point.reader, point.lock, point.door.contact) == (
        "south-gate-in", "osdp:north", "osdp:north/0", "osdp:north/0",
    )  # fmt: skip
    assert "| south-gate-in" in fitter.told[-1]
    assert "| box " in fitter.told[-1], "not enrolled yet"
    assert "south-gate-in" in label.read_text()
    assert not (tmp_path / "edge.setup").exists()


def test_the_comments_of_a_file_that_is_there_stay(box: FittedBox, tmp_path: Path) -> None:
    config = tmp_path / "edge.toml"
    config.write_text(f'state_dir = "{box.state_dir}"  # ours\n[[points]]\nid = "gate"\nreader = "nfc:usb" # old\n')
    enrol(box.state_dir)
    fitter = Fitter(box)
    assert setup.run(config, fitter, "gate", None) == 0
    assert f"| {GATEWAY} " in fitter.told[-1]
    text = config.read_text()
    assert "# ours" in text
    assert 'reader = "osdp:north" # old' in text


def test_who_stops_keeps_what_was_done(box: FittedBox, tmp_path: Path) -> None:
    config = tmp_path / "edge.toml"
    config.write_text(f'state_dir = "{box.state_dir}"\n')

    def hangs_up() -> bool:
        raise KeyboardInterrupt

    fitter = Fitter(box, **{"The strike lets go": hangs_up})
    assert setup.run(config, fitter, "gate", None) == 1
    assert "points" not in config.read_text()
    assert (tmp_path / "edge.setup").exists()
    assert setup.run(config, Fitter(box), "gate", None) == 0


def test_mistakes_are_a_line(box: FittedBox, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "edge.toml"
    config.write_text(f'state_dir = "{box.state_dir}"\n')
    fitter = Fitter(box)
    assert setup.run(config, fitter, "South Gate", None) == 2
    assert "small letters" in fitter.told[0]
    config.write_text("[[points\n")
    assert main(["point", "setup", "--config", str(config), "--point", "gate"]) != 0
    assert "line 1" in capsys.readouterr().err
