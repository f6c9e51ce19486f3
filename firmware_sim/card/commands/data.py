"""ReadData (BD, AD) and WriteData (3D, 8D) on standard and backup files, and reading the transaction MAC.

BD and 3D move data in native frames joined by AF; AD and 8D are the EV2 variants that leave chaining to
ISO/IEC 14443-4, so that a tap needs one APDU a file.
"""

from firmware_sim.card.access import CommMode
from firmware_sim.card.context import Context
from firmware_sim.card.files import BackupFile, StandardFile, TransactionMacFile
from firmware_sim.card.instruction import Instruction, Run, require_length
from firmware_sim.card.status import Status, StatusError

HEADER_BYTES = 7


def announced(header: bytes) -> int:
    """Length, the last three bytes of the header."""
    return int.from_bytes(header[-3:], "little")


def _span(header: bytes, size: int) -> tuple[int, int]:
    """(offset, length) of ``FileNo Offset Length``; length 0 means up to the end. ``BE`` outside the file."""
    offset = int.from_bytes(header[1:4], "little")
    length = announced(header) or size - offset
    if length <= 0 or offset + length > size:
        raise StatusError(Status.BOUNDARY_ERROR)
    return offset, length


def _read_mode(context: Context, header: bytes) -> CommMode:
    file = context.file(header[0])
    if isinstance(file, TransactionMacFile):
        return context.file_mode(file, "read")
    if not isinstance(file, StandardFile | BackupFile):
        raise StatusError(Status.PERMISSION_DENIED)
    context.require_counter_left()
    return context.file_mode(file, "read", "read_write")


def _write_mode(context: Context, header: bytes) -> CommMode:
    file = context.file(header[0])
    if not isinstance(file, StandardFile | BackupFile):
        raise StatusError(Status.PERMISSION_DENIED)
    context.require_counter_left()
    return context.file_mode(file, "write", "read_write")


def _reader(ins: int) -> Run:
    def run(context: Context, header: bytes, data: bytes) -> bytes:
        """``FileNo Offset Length``. A backup file shows its valid image, never a pending one."""
        require_length(data, 0)
        file = context.file(header[0])
        assert isinstance(file, StandardFile | BackupFile | TransactionMacFile)
        offset, length = _span(header, len(file.data))
        content = file.data[offset : offset + length]
        if not isinstance(file, TransactionMacFile):
            context.note(ins, header[:4] + length.to_bytes(3, "little"), content)
        return content

    return run


def _writer(ins: int) -> Run:
    def run(context: Context, header: bytes, data: bytes) -> bytes:
        """``FileNo Offset Length`` ‖ data. A standard file changes at once, a backup file at commit.

        Assumption: a standard file is written when the last frame of the command is here and checked; a loss
        of power then leaves old or new bytes, where silicon may leave a mixture. Nothing may rely on it.
        """
        if announced(header) == 0:
            raise StatusError(Status.PARAMETER_ERROR)
        file = context.file(header[0])
        assert isinstance(file, StandardFile | BackupFile)
        offset, length = _span(header, len(file.data))
        old = file.data
        if isinstance(file, BackupFile):
            old = context.transaction.backup_image(header[0], file)
        image = old[:offset] + data + old[offset + length :]
        if isinstance(file, BackupFile):
            context.transaction.changes[header[0]] = image
        else:
            file.data = image
        context.note(ins, header, data)
        return b""

    return run


def _read(ins: int, native: bool) -> Instruction:
    return Instruction(_reader(ins), _read_mode, HEADER_BYTES, native_chaining=native)


def _write(ins: int, native: bool) -> Instruction:
    return Instruction(_writer(ins), _write_mode, HEADER_BYTES, announced, native_chaining=native)


TABLE = {
    0xBD: _read(0xBD, native=True),
    0xAD: _read(0xAD, native=False),
    0x3D: _write(0x3D, native=True),
    0x8D: _write(0x8D, native=False),
}
