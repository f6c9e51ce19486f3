"""Secure messaging against the other end of the tests, in every mode and length."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.card.access import CommMode
from firmware_sim.card.session import LAST_COUNTER, Session, protected_length
from firmware_sim.card.status import Status, StatusError
from tests.firmware_sim.reader import FULL, MAC, PLAIN, Reader

ENC, MAC_KEY, TI = bytes(range(16)), bytes(range(16, 32)), b"\xaa\xbb\xcc\xdd"
MODES = {CommMode.PLAIN: PLAIN, CommMode.MAC: MAC, CommMode.FULL: FULL}


def both_ends(counter: int = 0) -> tuple[Session, Reader]:
    reader = Reader(lambda _apdu: b"")
    reader.keys, reader.ti, reader.counter = (ENC, MAC_KEY), TI, counter
    return Session(0, ENC, MAC_KEY, TI, counter), reader


@given(
    mode=st.sampled_from(CommMode),
    counter=st.integers(0, LAST_COUNTER - 1),
    header=st.binary(max_size=10),
    data=st.binary(max_size=80),
    answer=st.binary(max_size=80),
)
def test_command_and_answer(mode: CommMode, counter: int, header: bytes, data: bytes, answer: bytes) -> None:
    session, reader = both_ends(counter)
    wire = reader.protect(0x8D, header, data, MODES[mode])
    assert len(wire) - len(header) == protected_length(len(data), mode)
    assert session.open(0x8D, header, wire[len(header) :], mode) == data
    reader.counter += 1
    assert session.counter == reader.counter
    assert reader.open(session.seal(answer, mode), MODES[mode]) == answer


@given(data=st.binary(max_size=40), full=st.booleans(), at=st.integers(0, 200), bit=st.integers(0, 7))
def test_a_flipped_bit_is_refused_and_the_counter_stays(data: bytes, full: bool, at: int, bit: int) -> None:
    session, reader = both_ends()
    mode = CommMode.FULL if full else CommMode.MAC
    wire = bytearray(reader.protect(0x8D, b"", data, MODES[mode]))
    wire[at % len(wire)] ^= 1 << bit
    with pytest.raises(StatusError) as refused:
        session.open(0x8D, b"", bytes(wire), mode)
    assert refused.value.status is Status.INTEGRITY_ERROR
    assert session.counter == 0


@pytest.mark.parametrize(("payload", "status"), [(bytes(7), Status.LENGTH_ERROR), (bytes(8), Status.INTEGRITY_ERROR)])
def test_too_short_for_a_mac(payload: bytes, status: Status) -> None:
    with pytest.raises(StatusError) as refused:
        both_ends()[0].open(0x8D, b"", payload, CommMode.MAC)
    assert refused.value.status is status


def test_full_mode_wants_whole_blocks_and_good_padding() -> None:
    for data, status in ((bytes(15), Status.LENGTH_ERROR), (bytes(16), Status.INTEGRITY_ERROR)):
        session, reader = both_ends()
        wire = reader.protect(0x8D, b"", data, MAC)
        with pytest.raises(StatusError) as refused:
            session.open(0x8D, b"", wire, CommMode.FULL)
        assert refused.value.status is status


def test_the_counter_ends() -> None:
    session, _ = both_ends(LAST_COUNTER)
    with pytest.raises(StatusError) as refused:
        session.open(0x60, b"", b"", CommMode.PLAIN)
    assert refused.value.status is Status.AUTHENTICATION_ERROR


def test_keys_do_not_print() -> None:
    assert ENC.hex() not in repr(both_ends()[0])
    assert "x0e" not in repr(both_ends()[0])
