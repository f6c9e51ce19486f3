"""How far the points have come, over restarts and bad disks."""

from pathlib import Path

from edge.drivers.order_store import FILE_NAME, OrderMark


def test_it_survives_a_restart(tmp_path: Path) -> None:
    assert OrderMark(tmp_path).done() == 0
    OrderMark(tmp_path).keep(7)
    assert OrderMark(tmp_path).done() == 7


def test_a_spoiled_file_is_as_good_as_none(tmp_path: Path) -> None:
    for spoiled in (b"", b"[]", b'{"done": "x"}'):
        (tmp_path / FILE_NAME).write_bytes(spoiled)
        assert OrderMark(tmp_path).done() == 0


def test_what_the_disk_does_not_take_holds_until_the_next_start(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    mark = OrderMark(blocked)
    mark.keep(9)
    assert mark.done() == 9
