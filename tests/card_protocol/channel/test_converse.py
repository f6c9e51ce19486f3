"""Both drivers, over the same table of what may happen to a conversation."""

import asyncio

import pytest

from card_protocol.channel.converse import aconverse, converse
from card_protocol.errors import CallerFault, CardGone, Malformed, PeerFault, TooLong
from card_protocol.iso7816.apdu import wrap_native


def drive_awaiting(conversation, transmit, **limits):
    async def awaitable(raw):
        return transmit(raw)

    return asyncio.run(aconverse(conversation, awaitable, **limits))


both = pytest.mark.parametrize("drive", [converse, drive_awaiting])


def asking(rounds):
    seen = []
    for ins in range(rounds):
        seen.append((yield wrap_native(ins)))
    return [response.data for response in seen]


def echo(raw):
    return raw[1:2] + b"\x91\x00"


def gone(raw):
    raise CardGone("the card left the field")


@both
@pytest.mark.parametrize("rounds", [0, 1, 5])
def test_commands_and_answers_take_turns(drive, rounds):
    assert drive(asking(rounds), echo) == [bytes((n,)) for n in range(rounds)]


@both
def test_raw_bytes_cross_the_seam(drive):
    sent = []
    drive(asking(1), lambda raw: sent.append(raw) or b"\x91\x00")
    assert sent == [bytes.fromhex("9000000000")]


@both
def test_the_bound_on_rounds_is_exact(drive):
    assert len(drive(asking(3), echo, max_rounds=3)) == 3
    with pytest.raises(TooLong):
        drive(asking(4), echo, max_rounds=3)


@both
@pytest.mark.parametrize(
    ("transmit", "fault"),
    [(gone, CardGone), (lambda raw: b"", Malformed), (lambda raw: bytes(259), TooLong)],
)
def test_faults_that_a_conversation_does_not_handle(drive, transmit, fault):
    with pytest.raises(fault):
        drive(asking(2), transmit)


@both
@pytest.mark.parametrize("transmit", [gone, lambda raw: b"\x91", lambda raw: bytes(300)])
def test_a_conversation_may_turn_a_fault_into_a_value(drive, transmit):
    def careful():
        try:
            yield wrap_native(0x5A)
        except (CardGone, PeerFault) as fault:
            return type(fault).family
        return None

    assert drive(careful(), transmit) in ("equipment", "peer")


@both
def test_a_conversation_may_not_go_on_after_a_fault(drive):
    def stubborn():
        while True:
            try:
                yield wrap_native(0x5A)
            except CardGone:
                continue

    with pytest.raises(CallerFault, match="went on talking"):
        drive(stubborn(), gone)


@both
def test_other_exceptions_pass_through(drive):
    def broken(raw):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        drive(asking(1), broken)
