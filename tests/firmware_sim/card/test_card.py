"""Power and the outermost layer."""

from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.card.card import Card
from tests.firmware_sim.jobs import AID, backup, login, read_full, write_full
from tests.firmware_sim.reader import UID, Reader, reader_of, stock_card


def test_without_power_it_is_silent() -> None:
    card = stock_card()
    card.power_off()
    assert not card.powered
    assert card.transmit(bytes.fromhex("9060000000")) == b""


def test_identity() -> None:
    card = stock_card()
    assert (card.uid, card.atqa, card.sak, card.ats) == (UID, b"\x44\x03", 0x20, bytes.fromhex("067577810280"))


def test_power_cycle_forgets_session_selection_and_transaction(card: Card, bench: Reader) -> None:
    backup(bench, 1, 16)
    login(bench, 3)
    write_full(bench, 1, 0, b"x" * 16)
    card.power_off()
    card.power_on()
    assert bench.native(0x6F)[0] == 0x9D
    bench.select(AID)
    assert bench.native(0x51)[0] == 0xAE
    login(bench, 3)
    assert read_full(bench, 1, 0, 0) == bytes(16)


def test_parameters_of_wrapped_commands_are_zero(card: Card) -> None:
    assert card.transmit(bytes.fromhex("9060010000")) == bytes.fromhex("6A86")
    assert card.transmit(bytes.fromhex("9060000100")) == bytes.fromhex("6A86")


@given(st.lists(st.binary(max_size=64) | st.binary(max_size=60).map(lambda b: b"\x90" + b), max_size=12))
def test_garbage_gets_a_status_and_the_card_lives_on(frames: list[bytes]) -> None:
    card = stock_card()
    for frame in frames:
        assert len(card.transmit(frame)) >= 2
    card.power_off()
    card.power_on()
    reader = reader_of(card)
    reader.authenticate(0)


@given(st.data())
def test_every_instruction_with_garbage_in_a_session(data: st.DataObject) -> None:
    """No body makes the card fall over, and no garbage passes a MAC."""
    card = stock_card()
    reader = reader_of(card)
    reader.authenticate(0)
    before = card.state.memory_used
    ins = data.draw(st.integers(0, 255))
    body = data.draw(st.binary(max_size=60))
    answer = card.transmit(
        bytes((0x90, ins, 0, 0, len(body))) + body + b"\x00" if body else bytes((0x90, ins, 0, 0, 0))
    )
    assert answer[-2] == 0x91
    if ins not in (0x71, 0x77, 0x5A):
        assert answer[-1] not in (0x00, 0xAF)
    assert card.state.memory_used == before
