"""The hall: the places where cards meet readers, one for each point and one for the desk, on either reader stack."""

import contextlib
import importlib.util
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from firmware_sim.field.pcscd import PcscdAbsent, VirtualReaders
from onecard.demo.community import DESK, POINTS
from onecard.demo.options import ReaderStack
from onecard.demo.programs import ProgramFailed
from onecard.free_ports import free_port
from onecard.language import say

SPOTS = (*(point.id for point in POINTS), DESK)


@dataclass(frozen=True)
class Hall:
    """Per spot: how the edge finds the reader, and on which port the simulated field is."""

    stack: ReaderStack
    readers: dict[str, str]
    field_ports: dict[str, int]
    environment: dict[str, str]
    """What programs need in their environment to find the readers."""


@contextlib.contextmanager
def open_hall(stack: ReaderStack) -> Iterator[Hall]:
    """ProgramFailed when the stack is not to be had on this machine."""
    if stack is ReaderStack.NFC:
        ports = {spot: free_port(socket.SOCK_DGRAM) for spot in SPOTS}
        readers = {spot: f"nfc:udp:127.0.0.1:{port}" for spot, port in ports.items()}
        yield Hall(stack, readers, ports, {})
        return
    if importlib.util.find_spec("smartcard") is None:
        raise ProgramFailed(
            say(
                "--reader pcsc: pyscard is not installed here (make setup, or pip install onecard[pcsc])",
                "--reader pcsc：本机未安装 pyscard（make setup 或 pip install onecard[pcsc]）",
            )
        )
    with tempfile.TemporaryDirectory(prefix="onecard-pcscd-") as path:
        try:
            pcscd = VirtualReaders(Path(path), len(SPOTS))
            pcscd.start()
        except PcscdAbsent as error:
            raise ProgramFailed(f"--reader pcsc: {error}") from error
        try:
            readers = {spot: f"pcsc:{name}" for spot, name in zip(SPOTS, pcscd.names, strict=True)}
            yield Hall(stack, readers, dict(zip(SPOTS, pcscd.ports, strict=True)), pcscd.environment)
        finally:
            pcscd.stop()
