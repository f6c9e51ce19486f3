"""What other gateways saw, from the daemon's hand to the points."""

from pathlib import Path

import pytest

from card_protocol.wire.passages import Mustered, Passages, Passed
from card_protocol.words.point import Direction
from gateway.drivers import passage_file
from gateway.drivers.passage_file import FILE_NAME, PassageReader, PassagesUnkept, PassageWriter, forget_passages


def told(number: int) -> Passages:
    one = Passed(area="yard", holder=f"{number:016X}", direction=Direction.IN, at_ms=number)
    return Passages(gateway="g-1", passed=(one,))


def test_each_message_is_heard_once_by_each_reader(tmp_path: Path) -> None:
    writer, reader = PassageWriter(tmp_path), PassageReader(tmp_path)
    assert reader.fresh() == ()
    writer.keep(told(1))
    writer.keep(told(2))
    assert reader.fresh() == (told(1), told(2))
    assert reader.fresh() == ()
    writer.keep(told(3))
    assert reader.fresh() == (told(3),)
    assert PassageReader(tmp_path).fresh() == (told(1), told(2), told(3))
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o077 == 0


def test_a_line_that_is_being_written_waits_and_a_broken_one_is_passed_over(tmp_path: Path) -> None:
    reader, line = PassageReader(tmp_path), told(1).to_bytes()
    path = tmp_path / FILE_NAME
    path.write_bytes(line[:20])
    assert reader.fresh() == ()
    path.write_bytes(line + b"\n{what is this\n" + told(2).to_bytes() + b"\n")
    assert reader.fresh() == (told(1), told(2))


def test_a_file_that_has_grown_goes_on_with_its_newer_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passage_file, "FILE_MAX_BYTES", 1000)
    writer, reader = PassageWriter(tmp_path), PassageReader(tmp_path)
    heard: list[Passages] = []
    for number in range(40):
        writer.keep(told(number))
        assert (tmp_path / FILE_NAME).stat().st_size <= 1000
        heard += reader.fresh()
    assert set(heard) == {told(number) for number in range(40)}
    assert heard[-1] == told(39)


def test_a_disk_that_does_not_take_them_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(PassagesUnkept, match=FILE_NAME):
        PassageWriter(tmp_path).keep(Passages(gateway="g-1", mustered=(Mustered(holder="00000000000000A1", at_ms=1),)))
    assert PassageReader(tmp_path).fresh() == ()


def test_a_box_that_moves_forgets_its_neighbours(tmp_path: Path) -> None:
    forget_passages(tmp_path)
    PassageWriter(tmp_path).keep(told(1))
    forget_passages(tmp_path)
    assert PassageReader(tmp_path).fresh() == ()
