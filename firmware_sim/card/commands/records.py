"""ReadRecords (BB, AB), WriteRecord (3B, 8B), UpdateRecord (DB, BA), ClearRecordFile (EB).

Record 0 is the newest. One new record per transaction: writing twice before the commit rewrites it. Reading
gives a span oldest first and sees valid records only (seen on EV3 silicon by the libnxpsc project; MF3ICDx21).
"""

from firmware_sim.card.access import CommMode
from firmware_sim.card.commands.data import announced
from firmware_sim.card.context import Context
from firmware_sim.card.files import CyclicRecordFile
from firmware_sim.card.instruction import Instruction, Mode, Run, require_length
from firmware_sim.card.status import Status, StatusError
from firmware_sim.card.transaction import RecordChange

WRITE_HEADER_BYTES = 7
UPDATE_HEADER_BYTES = 10


def _u24(raw: bytes, at: int) -> int:
    return int.from_bytes(raw[at : at + 3], "little")


def _file(context: Context, number: int) -> CyclicRecordFile:
    file = context.file(number)
    if not isinstance(file, CyclicRecordFile):
        raise StatusError(Status.PERMISSION_DENIED)
    return file


def _mode(*rights: str) -> Mode:
    def mode(context: Context, header: bytes) -> CommMode:
        file = _file(context, header[0])
        context.require_counter_left()
        return context.file_mode(file, *rights)

    return mode


def _reader(ins: int) -> Run:
    def run(context: Context, header: bytes, data: bytes) -> bytes:
        """``FileNo RecNo RecCount``; count 0 means from RecNo back to the oldest. ``BE`` when not there."""
        require_length(data, 0)
        file = _file(context, header[0])
        newest = _u24(header, 1)
        count = _u24(header, 4) or len(file.records) - newest
        if count <= 0 or newest + count > len(file.records):
            raise StatusError(Status.BOUNDARY_ERROR)
        end = len(file.records) - newest
        content = b"".join(file.records[end - count : end])
        context.note(ins, header[:4] + count.to_bytes(3, "little"), content)
        return content

    return run


def _pending(context: Context, number: int) -> RecordChange:
    """After ClearRecordFile no record can be written until the commit (MF3ICDx21; assumed ``9D``)."""
    change = context.transaction.record_change(number)
    if change.cleared:
        raise StatusError(Status.PERMISSION_DENIED)
    return change


def _patched(old: bytes, offset: int, data: bytes) -> bytes:
    if not data or offset + len(data) > len(old):
        raise StatusError(Status.BOUNDARY_ERROR)
    return old[:offset] + data + old[offset + len(data) :]


def _writer(ins: int) -> Run:
    def run(context: Context, header: bytes, data: bytes) -> bytes:
        """``FileNo Offset Length`` ‖ data into the transaction's one new record, which starts as zeros."""
        file = _file(context, header[0])
        change = _pending(context, header[0])
        change.new = _patched(change.new or bytes(file.record_bytes), _u24(header, 1), data)
        context.transaction.changes[header[0]] = change
        context.note(ins, header, data)
        return b""

    return run


def _updater(ins: int) -> Run:
    def run(context: Context, header: bytes, data: bytes) -> bytes:
        """``FileNo RecNo Offset Length`` ‖ data into a record that is already valid."""
        file = _file(context, header[0])
        index = len(file.records) - 1 - _u24(header, 1)
        if index < 0:
            raise StatusError(Status.BOUNDARY_ERROR)
        change = _pending(context, header[0])
        old = change.updates.get(index, file.records[index])
        change.updates[index] = _patched(old, _u24(header, 4), data)
        context.transaction.changes[header[0]] = change
        context.note(ins, header, data)
        return b""

    return run


def _clear(context: Context, header: bytes, _data: bytes) -> bytes:
    """``FileNo``; the old records stay readable until the commit."""
    require_length(header, 1)
    _file(context, header[0])
    context.transaction.changes[header[0]] = RecordChange(cleared=True)
    context.note(0xEB, header)
    return b""


def _clear_mode(context: Context, header: bytes) -> CommMode:
    """MAC inside a session whose key has the right, plain where access is free."""
    mode = _mode("read_write")(context, header)
    return CommMode.PLAIN if mode is CommMode.PLAIN else CommMode.MAC


def _read(ins: int, native: bool) -> Instruction:
    return Instruction(_reader(ins), _mode("read", "read_write"), 7, native_chaining=native)


def _write(ins: int, native: bool) -> Instruction:
    mode = _mode("write", "read_write")
    return Instruction(_writer(ins), mode, WRITE_HEADER_BYTES, announced, native_chaining=native)


def _update(ins: int, native: bool) -> Instruction:
    mode = _mode("read_write")
    return Instruction(_updater(ins), mode, UPDATE_HEADER_BYTES, announced, native_chaining=native)


TABLE = {
    0xBB: _read(0xBB, native=True),
    0xAB: _read(0xAB, native=False),
    0x3B: _write(0x3B, native=True),
    0x8B: _write(0x8B, native=False),
    0xDB: _update(0xDB, native=True),
    0xBA: _update(0xBA, native=False),
    0xEB: Instruction(_clear, _clear_mode, header_bytes=1),
}
