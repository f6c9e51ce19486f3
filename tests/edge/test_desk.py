"""The desk agent as it is assembled."""

import threading

from structlog.testing import capture_logs

from edge.config import DeskConfig
from edge.desk import run_desk
from firmware_sim.field.udp import UdpField
from firmware_sim.field.visit import Visit
from tests.edge.console import TOKEN, Console, Screen
from tests.edge.issued import stock_card
from tests.edge.words import UID
from tests.support.patience import PATIENCE_S, eventually


def config(console: str, port: int) -> DeskConfig:
    return DeskConfig(desk="desk-1", server=console, token=TOKEN, reader=f"nfc:udp:127.0.0.1:{port}")


def test_a_desk_says_hello_and_shows_what_the_server_says() -> None:
    console, field, screen, stop = Console(), UdpField(), Screen(), threading.Event()
    thread = threading.Thread(target=run_desk, args=(config(console.address, field.port), screen, stop), daemon=True)
    thread.start()
    assert '"say":"hello"' in console.heard.get(timeout=PATIENCE_S)
    field.place(Visit(stock_card(UID)))
    console.says.put('{"say":"show","zh":"请放卡","en":"Put the card","good":true}')
    eventually(lambda: [said.en for said in screen.shown] == ["Put the card"])
    stop.set()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()
    console.close()
    field.close()


def test_a_server_that_is_away_is_waited_for() -> None:
    field, stop = UdpField(), threading.Event()
    with capture_logs() as logs:
        thread = threading.Thread(
            target=run_desk, args=(config("http://127.0.0.1:9", field.port), Screen(), stop), daemon=True
        )
        thread.start()
        eventually(lambda: any("cannot be reached" in line.get("why", "") for line in logs))
        stop.set()
        thread.join(PATIENCE_S)
    assert not thread.is_alive()
    field.close()
