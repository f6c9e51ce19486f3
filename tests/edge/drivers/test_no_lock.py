"""A lock that the installer named and that is not there."""

import pytest

from card_protocol.errors import EquipmentFault
from edge.drivers.no_lock import AbsentLock
from edge.ports.lock import LockState


def test_every_order_says_what_is_missing() -> None:
    lock, heard = AbsentLock("no reader is called 'north'"), []
    for order in (lambda: lock.unlock(3000), lambda: lock.unlock(None), lock.lock):
        with pytest.raises(EquipmentFault, match="north"):
            order()
    lock.watch(lambda answers, why: heard.append((answers, why)))
    assert heard == [(False, "no reader is called 'north'")]
    assert lock.state is LockState.LOCKED
