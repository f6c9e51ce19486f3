"""The purse."""

import pytest

from tests.firmware_sim.jobs import AID, commit, login, standard, value
from tests.firmware_sim.reader import FULL, Reader, Refused

CREDIT, DEBIT, LIMITED = 0x0C, 0xDC, 0x1C


def change(reader: Reader, ins: int, amount: int) -> None:
    reader.command(ins, b"\x05", amount.to_bytes(4, "little", signed=True), FULL)


def get(reader: Reader) -> int:
    return int.from_bytes(reader.command(0x6C, b"\x05", mode=FULL), "little", signed=True)


def refused(reader: Reader, ins: int, amount: int) -> int:
    with pytest.raises(Refused) as error:
        change(reader, ins, amount)
    return error.value.status


@pytest.fixture
def purse(bench: Reader) -> Reader:
    """0 to 1000, holding 100; session of the key with all rights."""
    value(bench, 5, 0, 1000, 100)
    return login(bench, 3)


def test_credit_and_debit(purse: Reader) -> None:
    change(purse, CREDIT, 50)
    change(purse, DEBIT, 20)
    assert get(purse) == 100
    commit(purse)
    assert get(purse) == 130


@pytest.mark.parametrize(("ins", "amount"), [(DEBIT, 101), (CREDIT, 901)])
def test_limits(purse: Reader, ins: int, amount: int) -> None:
    assert refused(purse, ins, amount) == 0xBE
    login(purse, 3)
    assert get(purse) == 100


def test_limits_hold_for_the_sum_of_a_transaction(purse: Reader) -> None:
    change(purse, DEBIT, 60)
    assert refused(purse, DEBIT, 60) == 0xBE


def test_negative_amount(purse: Reader) -> None:
    assert refused(purse, CREDIT, -1) == 0x9E


def test_limited_credit_gives_back_the_last_debit_once(purse: Reader) -> None:
    assert refused(purse, LIMITED, 1) == 0xBE
    login(purse, 3)
    change(purse, DEBIT, 30)
    change(purse, DEBIT, 10)
    commit(purse)
    login(purse, 2)
    assert refused(purse, LIMITED, 41) == 0xBE
    login(purse, 2)
    change(purse, LIMITED, 15)
    assert refused(purse, LIMITED, 1) == 0x9D
    login(purse, 2)
    change(purse, LIMITED, 15)
    commit(purse)
    assert get(purse) == 75
    assert refused(purse, LIMITED, 1) == 0xBE


def test_limited_credit_switched_off(bench: Reader) -> None:
    value(bench, 5, 0, 1000, 100, flags=0)
    login(bench, 3)
    change(bench, DEBIT, 30)
    commit(bench)
    assert refused(bench, LIMITED, 1) == 0x9D


@pytest.mark.parametrize(
    ("key", "ins", "status"),
    [(1, DEBIT, None), (2, DEBIT, None), (1, LIMITED, 0x9D), (1, CREDIT, 0x9D), (2, CREDIT, 0x9D), (4, DEBIT, 0x9D)],
)
def test_rights(bench: Reader, key: int, ins: int, status: int | None) -> None:
    value(bench, 5, 0, 1000, 100)
    login(bench, key)
    if status is None:
        change(bench, ins, 1)
        assert get(bench) == 100
    else:
        assert refused(bench, ins, 1) == status


def test_get_value_is_free_when_said_so(bench: Reader) -> None:
    value(bench, 5, -5, 1000, -3, flags=2)
    bench.select(AID)
    assert bench.ok(0x6C, b"\x05") == (-3).to_bytes(4, "little", signed=True)
    login(bench, 4)
    assert bench.command(0x6C, b"\x05", mode="plain") == bytes.fromhex("FDFFFFFF")


def test_get_value_is_not_free_by_itself(bench: Reader) -> None:
    value(bench, 5, 0, 1000, 100)
    bench.select(AID)
    assert bench.native(0x6C, b"\x05")[0] == 0xAE


def test_not_a_value_file(bench: Reader) -> None:
    standard(bench, 5, 4)
    login(bench, 3)
    assert refused(bench, CREDIT, 1) == 0x9D


def test_amount_is_four_bytes(purse: Reader) -> None:
    with pytest.raises(Refused) as error:
        purse.command(CREDIT, b"\x05", b"\x01\x00\x00", FULL)
    assert error.value.status == 0x7E
