"""What the reader commands share."""

from pathlib import Path

import pytest

from card_protocol.errors import EquipmentFault
from edge import installer
from edge.drivers.reader_store import KnownReader
from firmware_sim.osdp.bus import Rs485Bus
from onecard.commands.reader._common import MISUSED, fail, store_of, told


def test_the_readers_are_those_of_the_box(config: str) -> None:
    assert store_of(Path(config)).all() == ()


def test_a_failure_is_said_and_has_a_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert fail("no").exit_code == 1
    assert fail("no", MISUSED).exit_code == 2
    assert capsys.readouterr().err == "no\nno\n"


def test_a_box_whose_points_are_still_to_be_set_up_has_readers(tmp_path: Path) -> None:
    file = tmp_path / "new.toml"
    file.write_text(f'state_dir = "{tmp_path / "box"}"\n')
    assert store_of(file).all() == ()


def test_a_failure_is_told_in_the_installer_s_language(
    config: str, bus: Rs485Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONECARD_LANG", "zh")
    monkeypatch.setattr(installer, "ONLINE_TIMEOUT_MS", 10)
    store = store_of(Path(config))
    with pytest.raises(EquipmentFault) as unknown:
        installer.rekey(store, "moon")
    assert told(unknown.value).startswith("没有名为 moon 的读卡器")
    reader = KnownReader(name="north", port=str(bus.path), baud=9600, address=9, key="0" * 32)
    with pytest.raises(EquipmentFault) as silent:
        installer.add(store, reader)
    assert told(silent.value).startswith(f"{bus.path} 上地址 9 没有读卡器应答")
    store.put(reader)
    with pytest.raises(ValueError, match="already") as taken:
        installer.add(store, reader)
    assert told(taken.value) == "已有名为 north 的读卡器"
    assert told(EquipmentFault("out of coffee")) == "out of coffee"
