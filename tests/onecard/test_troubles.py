"""Every trouble has its sentence in both languages, with the same values in it."""

from pathlib import Path
from string import Formatter

import pytest

from card_protocol.errors import EquipmentFault
from edge import installer
from edge.drivers.reader_store import KnownReader, ReaderStore
from edge.ports.trouble import SENTENCES, ReaderMisused, ReaderTrouble, Trouble
from onecard.troubles import CHINESE, told


def values_of(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("trouble", Trouble)
def test_both_languages_say_the_same(trouble: Trouble, monkeypatch: pytest.MonkeyPatch) -> None:
    names = values_of(SENTENCES[trouble])
    assert values_of(CHINESE[trouble]) == names
    for fault in (ReaderTrouble, ReaderMisused):
        said = fault(trouble, **{name: f"<{name}>" for name in names})
        assert told(said) == str(said)
        monkeypatch.setenv("ONECARD_LANG", "zh")
        assert all(f"<{name}>" in told(said) for name in names)
        assert not told(said).isascii()
        monkeypatch.delenv("ONECARD_LANG")


def test_what_has_no_code_is_told_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONECARD_LANG", "zh")
    assert told(EquipmentFault("out of coffee")) == "out of coffee"
    store = ReaderStore(tmp_path)
    with pytest.raises(EquipmentFault) as unknown:
        installer.rekey(store, "moon")
    assert told(unknown.value) == "没有名为 moon 的读卡器（已有：none），见：onecard reader add"
    store.put(KnownReader(name="north", port="/dev/ttyUSB0", address=9, key="0" * 32))
    with pytest.raises(ValueError, match="already") as taken:
        installer.add(store, KnownReader(name="north", port="/dev/ttyUSB1", address=9, key="0" * 32))
    assert told(taken.value) == "已有名为 north 的读卡器"
    with pytest.raises(ValueError, match="same place") as place:
        store.put(KnownReader(name="south", port="/dev/ttyUSB0", address=9, key="0" * 32))
    assert told(place.value) == "/dev/ttyUSB0 上地址 9 已有读卡器"
