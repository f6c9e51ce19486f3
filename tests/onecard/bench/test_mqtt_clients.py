"""Many bare clients in one thread."""

import resource
import threading

import pytest

from onecard.bench import mqtt_clients
from onecard.bench.mqtt_clients import Fleet, Hub, room_for
from tests.support.mosquitto import Mosquitto
from tests.support.patience import PATIENCE_S


def test_each_hears_its_own_topic_and_answers(mosquitto: Mosquitto) -> None:
    heard: list[tuple[int, bytes]] = []
    back: list[str] = []
    arrived, over = threading.Event(), threading.Event()

    def answer(number: int, _topic: str, payload: bytes) -> list[tuple[str, bytes, bool]]:
        heard.append((number, payload))
        return [(f"up/{number}", payload, False)]

    def count(topic: str) -> None:
        back.append(topic)
        if len(back) == 3:
            arrived.set()

    fleet = Fleet(mosquitto.port, [[f"down/{n}"] for n in range(3)], answer)

    def serve() -> None:
        while not over.is_set():
            fleet.turn()

    thread = threading.Thread(target=serve)
    thread.start()
    hub = Hub(mosquitto.port, "up/+", count)
    try:
        for n in range(3):
            hub.publish(f"down/{n}", b"%d" % n)
        assert arrived.wait(PATIENCE_S)
    finally:
        over.set()
        thread.join(PATIENCE_S)
        hub.close()
        fleet.close()
    assert sorted(heard) == [(0, b"0"), (1, b"1"), (2, b"2")]
    assert sorted(back) == ["up/0", "up/1", "up/2"]


def test_too_many_for_the_machine_is_said_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mqtt_clients.resource, "getrlimit", lambda _: (256, 1024))
    raised: list[tuple[int, int]] = []
    monkeypatch.setattr(mqtt_clients.resource, "setrlimit", lambda _, limits: raised.append(limits))
    with pytest.raises(OSError, match="1000 connections need 4256 open files, this machine allows 1024"):
        room_for(1000)
    room_for(10)
    assert raised == [(1024, 1024), (296, 1024)]
    assert resource.RLIMIT_NOFILE
