"""Prefixes and what stands behind them."""

import pytest

from card_protocol.errors import EquipmentFault
from edge.drivers.log_feedback import LogFeedback
from edge.drivers.nfc_reader import NfcReader
from edge.drivers.no_lock import NoLock
from edge.drivers.registry import open_feedback, open_lock, open_reader
from edge.drivers.sim_lock import SimLock


def test_a_prefix_finds_its_driver() -> None:
    reader = open_reader("nfc:udp:127.0.0.1:9")
    assert isinstance(reader, NfcReader)
    assert reader.name == "udp:127.0.0.1:9"
    reader.close()
    assert isinstance(open_lock("none", "gate-1"), NoLock)
    lock = open_lock("sim", "gate-1")
    assert isinstance(lock, SimLock)
    assert lock.name == "gate-1"
    assert isinstance(open_feedback("log", "gate-1"), LogFeedback)


def test_an_unknown_prefix_is_told_with_those_that_there_are() -> None:
    with pytest.raises(EquipmentFault, match=r"no reader driver is called 'magic' \(there are: nfc, pcsc\)"):
        open_reader("magic:1")
    with pytest.raises(EquipmentFault, match=r"no lock driver is called 'magic'"):
        open_lock("magic", "gate-1")
