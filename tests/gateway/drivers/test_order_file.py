"""Orders on the disk, read by another, and the bell between them."""

import threading
from pathlib import Path

import pytest

from gateway.core.command_intake import take
from gateway.drivers.order_file import BELL_NAME, OrderReader, OrdersUnkept, OrderWriter, forget_orders, ring
from gateway.ports.orders import NO_ORDERS, Orders
from tests.gateway.orders import command
from tests.gateway.world import MOMENT
from tests.support.patience import PATIENCE_S

ORDERS = take(NO_ORDERS, command(3), MOMENT).orders


def test_what_is_kept_is_there_after_a_restart_and_for_the_reader(tmp_path: Path) -> None:
    reader = OrderReader(tmp_path)
    assert reader.current() == NO_ORDERS
    writer = OrderWriter(tmp_path, 5)
    assert writer.recall() == NO_ORDERS
    writer.keep(ORDERS)
    assert OrderWriter(tmp_path, 5).recall() == reader.current() == ORDERS
    assert (tmp_path / "private" / "orders.json").stat().st_mode & 0o777 == 0o600
    later = ORDERS.model_copy(update={"newest": 9})
    writer.keep(later)
    assert reader.current() == later
    forget_orders(tmp_path)
    assert OrderWriter(tmp_path, 5).recall() == NO_ORDERS


def test_a_damaged_file_is_set_aside_and_nothing_older_is_taken(tmp_path: Path) -> None:
    OrderWriter(tmp_path, 5).keep(ORDERS)
    path = tmp_path / "private" / "orders.json"
    reader, late = OrderReader(tmp_path), OrderReader(tmp_path)
    assert reader.current() == ORDERS
    path.write_bytes(b"{")
    assert reader.current() == ORDERS, "what was read last"
    assert late.current() is None, "nobody knows"
    assert OrderWriter(tmp_path, 77).recall() == Orders(not_before_ms=77)
    assert path.with_suffix(".damaged").read_bytes() == b"{"


def test_a_disk_that_takes_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "private").write_text("no folder")
    with pytest.raises(OrdersUnkept, match="cannot be written"):
        OrderWriter(tmp_path, 0).keep(ORDERS)


def test_who_waits_is_rung(tmp_path: Path) -> None:
    reader = OrderReader(tmp_path)
    reader.wait(1)
    heard = threading.Event()

    def wait() -> None:
        while reader.current() == NO_ORDERS:
            reader.wait(60_000)
        heard.set()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    OrderWriter(tmp_path, 0).keep(ORDERS)
    assert heard.wait(PATIENCE_S)
    thread.join(PATIENCE_S)
    reader.wake()
    reader.wait(60_000)
    reader.close()


def test_a_bell_that_nobody_hears_stops_nobody(tmp_path: Path) -> None:
    bell = tmp_path / BELL_NAME
    ring(bell)
    reader = OrderReader(tmp_path)
    reader.wait(1)
    for _ in range(70_000):
        ring(bell)
    reader.wait(60_000)
    reader.close()
    ring(bell)


def test_without_a_bell_it_waits_all_the_same(tmp_path: Path) -> None:
    (tmp_path / BELL_NAME).mkdir()
    reader = OrderReader(tmp_path)
    reader.wait(1)
    reader.close()
