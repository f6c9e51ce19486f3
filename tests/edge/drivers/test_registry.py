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
    assert isinstance(open_lock("none"), NoLock)
    assert isinstance(open_lock("sim:gate"), SimLock)
    assert isinstance(open_feedback("log", "gate-1"), LogFeedback)


@pytest.mark.parametrize("open_one", [open_reader, open_lock])
def test_an_unknown_prefix_is_told_with_those_that_there_are(open_one: object) -> None:
    assert callable(open_one)
    with pytest.raises(EquipmentFault, match=r"'magic' \(there are: "):
        open_one("magic:1")
