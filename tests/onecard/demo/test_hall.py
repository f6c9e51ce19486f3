"""Readers for every spot, on the stack that was asked for; a stack that is not here is one clear line."""

import importlib.util
import socket
import subprocess

import pytest

from firmware_sim.field.pcscd import PcscdAbsent, VirtualReaders
from onecard.demo import hall as module
from onecard.demo.community import DESK, POINTS
from onecard.demo.hall import SPOTS, open_hall
from onecard.demo.options import ReaderStack
from onecard.demo.programs import ProgramFailed


def test_a_spot_for_every_point_and_one_for_the_desk() -> None:
    assert set(SPOTS) == {point.id for point in POINTS} | {DESK}
    assert len(SPOTS) == len(set(SPOTS))


def test_nfc_readers_look_where_the_fields_are_and_the_ports_are_free() -> None:
    with open_hall(ReaderStack.NFC) as hall:
        assert set(hall.readers) == set(hall.field_ports) == set(SPOTS)
        assert len(set(hall.field_ports.values())) == len(SPOTS)
        for spot, port in hall.field_ports.items():
            assert hall.readers[spot] == f"nfc:udp:127.0.0.1:{port}"
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as field:
                field.bind(("127.0.0.1", port))
        assert hall.environment == {}


def open_pcsc() -> str:
    with pytest.raises(ProgramFailed) as told, open_hall(ReaderStack.PCSC):
        pytest.fail("there is no such hall")
    said = str(told.value)
    assert "\n" not in said
    assert said.startswith("--reader pcsc")
    return said


def test_without_pyscard_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "smartcard" else found(name))
    assert "onecard[pcsc]" in open_pcsc()


def test_without_pcscd_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*_: object) -> None:
        raise PcscdAbsent("pcscd or vsmartcard-vpcd is not installed")

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    monkeypatch.setattr(module, "VirtualReaders", absent)
    assert "vsmartcard-vpcd is not installed" in open_pcsc()


@pytest.mark.pcscd
def test_pcsc_readers_are_real_ones_and_end_with_the_hall(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Remembered(VirtualReaders):
        """A port that is free again may be somebody else's at once; a process is known by itself."""

        def start(self) -> None:
            super().start()
            assert self._process is not None
            started.append(self._process)

    monkeypatch.setattr(module, "VirtualReaders", Remembered)
    with open_hall(ReaderStack.PCSC) as hall:
        assert set(hall.readers) == set(SPOTS)
        assert len(set(hall.readers.values())) == len(SPOTS)
        assert all(name.startswith("pcsc:Virtual PCD") for name in hall.readers.values())
        for port in hall.field_ports.values():
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
    assert [process.poll() is not None for process in started] == [True]
