"""GetValue (6C), Credit (0C), Debit (DC), LimitedCredit (1C) (MF2DL(H)x0, 11.8; MF3ICDx21)."""

from collections.abc import Callable

from firmware_sim.card.access import CommMode
from firmware_sim.card.context import Context
from firmware_sim.card.files import FREE_GET_VALUE, LIMITED_CREDIT, ValueFile, i32
from firmware_sim.card.instruction import Instruction, Mode, Run, require_length
from firmware_sim.card.status import Status, StatusError
from firmware_sim.card.transaction import ValueChange

AMOUNT_BYTES = 4
GET_VALUE = 0x6C


def _file(context: Context, number: int) -> ValueFile:
    file = context.file(number)
    if not isinstance(file, ValueFile):
        raise StatusError(Status.PERMISSION_DENIED)
    return file


def _mode(*rights: str) -> Mode:
    def mode(context: Context, header: bytes) -> CommMode:
        file = _file(context, header[0])
        context.require_counter_left()
        return context.file_mode(file, *rights)

    return mode


def _get_mode(context: Context, header: bytes) -> CommMode:
    """Every right but Change reads the value; with free GetValue everybody does, in plain."""
    file = _file(context, header[0])
    context.require_counter_left()
    try:
        return context.file_mode(file, "read", "write", "read_write")
    except StatusError:
        if file.flags & FREE_GET_VALUE:
            return CommMode.PLAIN
        raise


def _get(context: Context, header: bytes, data: bytes) -> bytes:
    """``FileNo``: the valid value, whatever is pending."""
    require_length(data, 0)
    value = i32(_file(context, header[0]).value)
    context.note(GET_VALUE, header + value)
    return value


def _changer(ins: int, step: Callable[[ValueFile, ValueChange, int], None]) -> Run:
    def run(context: Context, header: bytes, data: bytes) -> bytes:
        """``FileNo`` ‖ amount (4 bytes, positive). ``BE`` when the pending value would leave its limits."""
        file = _file(context, header[0])
        amount = int.from_bytes(data, "little", signed=True)
        if amount < 0:
            raise StatusError(Status.PARAMETER_ERROR)
        change = context.transaction.value_change(header[0], file)
        step(file, change, amount)
        if not file.lower <= change.value <= file.upper:
            raise StatusError(Status.BOUNDARY_ERROR)
        context.transaction.changes[header[0]] = change
        context.note(ins, header + data)
        return b""

    return run


def _credit(_file: ValueFile, change: ValueChange, amount: int) -> None:
    change.value += amount


def _debit(_file: ValueFile, change: ValueChange, amount: int) -> None:
    change.value -= amount
    change.debited += amount


def _limited_credit(file: ValueFile, change: ValueChange, amount: int) -> None:
    """Once per transaction, at most what the last debiting transaction took (``BE``); ``9D`` when switched
    off."""
    if not file.flags & LIMITED_CREDIT or change.limited_credit_used:
        raise StatusError(Status.PERMISSION_DENIED)
    if amount > file.limited_credit_left:
        raise StatusError(Status.BOUNDARY_ERROR)
    change.value += amount
    change.limited_credit_used = True


def _amount_length(_header: bytes) -> int:
    return AMOUNT_BYTES


def _change(ins: int, step: Callable[[ValueFile, ValueChange, int], None], *rights: str) -> Instruction:
    return Instruction(_changer(ins, step), _mode(*rights), header_bytes=1, announced=_amount_length)


TABLE = {
    GET_VALUE: Instruction(_get, _get_mode, header_bytes=1),
    0x0C: _change(0x0C, _credit, "read_write"),
    0xDC: _change(0xDC, _debit, "read", "write", "read_write"),
    0x1C: _change(0x1C, _limited_credit, "write", "read_write"),
}
