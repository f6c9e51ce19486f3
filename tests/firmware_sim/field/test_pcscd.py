"""A pcscd of our own."""

import signal
from pathlib import Path

import pytest

from firmware_sim.field import pcscd
from firmware_sim.field.pcscd import SOCKET_VARIABLE, PcscdAbsent, VirtualReaders


@pytest.mark.pcscd
def test_readers_have_names_and_ports_of_their_own(tmp_path: Path) -> None:
    readers = VirtualReaders(tmp_path, 5)
    assert readers.names == [
        "Virtual PCD 0 00 00",
        "Virtual PCD 0 00 01",
        "Virtual PCD 1 00 00",
        "Virtual PCD 1 00 01",
        "Virtual PCD 2 00 00",
    ]
    assert len(set(readers.ports)) == 5
    assert readers.ports[1] == readers.ports[0] + 1


@pytest.mark.pcscd
def test_a_service_can_be_stopped_killed_and_started_again(virtual_readers: VirtualReaders) -> None:
    for how in (signal.SIGTERM, signal.SIGKILL):
        assert virtual_readers.is_running
        virtual_readers.stop(how)
        assert not virtual_readers.is_running
        virtual_readers.start()


@pytest.mark.pcscd
def test_programs_find_it_by_their_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pcscd, "_may_have_namespace", lambda: True)
    assert VirtualReaders(tmp_path).environment == {SOCKET_VARIABLE: str(tmp_path / "run" / "pcscd.comm")}
    monkeypatch.setattr(pcscd, "_may_have_namespace", lambda: False)
    monkeypatch.setattr(pcscd, "SYSTEM_FOLDER", tmp_path)
    assert VirtualReaders(tmp_path).environment == {}


@pytest.mark.pcscd
def test_a_folder_too_deep_for_a_socket_gets_a_short_one_that_goes_with_it(tmp_path: Path) -> None:
    if not pcscd._may_have_namespace():
        pytest.skip("no namespaces: the socket's path is the system's own")
    deep = tmp_path / ("d" * 100)
    readers = VirtualReaders(deep)
    place = Path(readers.environment[SOCKET_VARIABLE])
    assert len(str(place)) <= pcscd.SOCKET_PATH_MAX_BYTES
    for _ in range(2):
        readers.start()
        assert place.is_socket()
        readers.stop()
        assert not place.parent.exists()


def test_what_is_not_installed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pcscd, "_DRIVERS", ())
    with pytest.raises(PcscdAbsent, match="not installed"):
        VirtualReaders(tmp_path)
    with pytest.raises(ValueError, match="1 to 16"):
        VirtualReaders(tmp_path, 17)


@pytest.mark.pcscd
def test_a_service_that_does_not_answer_is_ended_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pcscd, "START_TIMEOUT_MS", 50)
    monkeypatch.setattr(VirtualReaders, "_answers", lambda _: False)
    readers = VirtualReaders(tmp_path)
    with pytest.raises(PcscdAbsent, match="does not start"):
        readers.start()
    assert not readers.is_running
