"""What a command may touch."""

import pytest

from firmware_sim.card.context import Context, Volatile
from firmware_sim.card.entropy import seeded
from firmware_sim.card.session import Session
from firmware_sim.card.state import Silicon, factory
from firmware_sim.card.status import Status, StatusError


@pytest.fixture
def context() -> Context:
    return Context(factory(Silicon(uid=bytes(7), memory_bytes=64)), Volatile(), seeded(0))


def status(error: pytest.ExceptionInfo[StatusError]) -> Status:
    return error.value.status


def test_at_picc_level(context: Context) -> None:
    assert context.selected is context.state.picc
    context.require_picc()
    with pytest.raises(StatusError) as error:
        _ = context.application
    assert status(error) is Status.PERMISSION_DENIED


def test_memory_is_spent_or_refused(context: Context) -> None:
    context.spend(64)
    with pytest.raises(StatusError) as error:
        context.spend(1)
    assert status(error) is Status.OUT_OF_MEMORY
    assert context.state.memory_free == 0


def test_master_key(context: Context) -> None:
    with pytest.raises(StatusError) as error:
        context.require_master()
    assert status(error) is Status.AUTHENTICATION_ERROR
    context.volatile.session = Session(0, b"", b"", b"")
    context.require_master()


def test_dropping_authentication_keeps_the_selection() -> None:
    volatile = Volatile(aid=5, session=Session(0, b"", b"", b""), outgoing=[b"x"])
    volatile.transaction.reader_id = b"r"
    volatile.drop_authentication()
    assert volatile == Volatile(aid=5)
