"""The fixed modes."""

import pytest

from firmware_sim.card.access import CommMode
from firmware_sim.card.context import Context, Volatile
from firmware_sim.card.entropy import seeded
from firmware_sim.card.instruction import full, mac, plain, require_length
from firmware_sim.card.session import Session
from firmware_sim.card.state import Silicon, factory
from firmware_sim.card.status import Status, StatusError


def test_modes() -> None:
    context = Context(factory(Silicon(uid=bytes(7))), Volatile(), seeded(0))
    assert (plain(context, b""), mac(context, b"")) == (CommMode.PLAIN, CommMode.MAC)
    with pytest.raises(StatusError) as error:
        full(context, b"")
    assert error.value.status is Status.AUTHENTICATION_ERROR
    context.volatile.session = Session(0, b"", b"", b"")
    assert full(context, b"") is CommMode.FULL


def test_lengths() -> None:
    require_length(b"ab", 0, 2)
    with pytest.raises(StatusError) as error:
        require_length(b"a", 0, 2)
    assert error.value.status is Status.LENGTH_ERROR
