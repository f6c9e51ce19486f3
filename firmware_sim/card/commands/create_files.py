"""Create…File (CD standard, CB backup, CC value, C0 cyclic record, CE transaction MAC) and DeleteFile (DF).

Inside an application; with its master key unless KeySett1 leaves creation free.
"""

from collections.abc import Callable

from firmware_sim.card.access import NEVER, AccessRights, comm_mode
from firmware_sim.card.commands.file_format import FileParameters
from firmware_sim.card.context import Context
from firmware_sim.card.files import (
    FREE_GET_VALUE,
    LIMITED_CREDIT,
    BackupFile,
    CyclicRecordFile,
    File,
    FileHead,
    StandardFile,
    TransactionMacFile,
    ValueFile,
)
from firmware_sim.card.instruction import Instruction, Run, full, mac, require_length
from firmware_sim.card.keys import KEY_BYTES, KEY_SET_AES, Key
from firmware_sim.card.state import MAX_FILES
from firmware_sim.card.status import Status, StatusError

TMAC_HEADER_BYTES = 5
KNOWN_OPTION_BITS = 0x03


def _creator(build: Callable[[FileParameters], File], tail_bytes: int, has_iso_id: bool = True) -> Run:
    """A command that parses the common head, then its type's own parameters, then adds the file."""

    def run(context: Context, header: bytes, _data: bytes) -> bytes:
        _require_creation(context)
        parameters = FileParameters(header, context.application, tail_bytes, has_iso_id)
        _add(context, parameters.number, build(parameters))
        return b""

    return run


def _standard(parameters: FileParameters) -> File:
    head, size = parameters.head(), parameters.size()
    return StandardFile(head, bytes(size))


def _backup(parameters: FileParameters) -> File:
    head, size = parameters.head(), parameters.size()
    return BackupFile(head, bytes(size))


def _value(parameters: FileParameters) -> File:
    head = parameters.head()
    lower, upper, value = parameters.signed(), parameters.signed(), parameters.signed()
    flags = parameters.byte()
    if not lower <= value <= upper or flags & ~(LIMITED_CREDIT | FREE_GET_VALUE):
        raise StatusError(Status.PARAMETER_ERROR)
    return ValueFile(head, lower, upper, value, 0, flags)


def _cyclic(parameters: FileParameters) -> File:
    head, record_bytes, max_records = parameters.head(), parameters.size(), parameters.size()
    if max_records < 2:
        raise StatusError(Status.PARAMETER_ERROR)
    return CyclicRecordFile(head, record_bytes, max_records)


def _transaction_mac(context: Context, header: bytes, data: bytes) -> bytes:
    """``FileNo FileOption AccessRights TMKeyOption`` ‖ key ‖ version, enciphered; always the master key.

    Only one per application, write right F (MF2DL(H)x0, 11.7.6). The counter of a fresh file is 0.
    """
    context.require_master()
    number, option = header[0], header[1]
    rights = AccessRights.decode(header[2:4])
    require_length(data, KEY_BYTES + 1)
    _require_number(context, number)
    if option & ~KNOWN_OPTION_BITS or header[4] != KEY_SET_AES or rights.write != NEVER:
        raise StatusError(Status.PARAMETER_ERROR)
    _require_keys(context, rights)
    if context.application.transaction_mac() is not None:
        raise StatusError(Status.DUPLICATE_ERROR)
    head = FileHead(comm_mode(option), rights, None)
    _add(context, number, TransactionMacFile(head, Key(data[:KEY_BYTES], data[KEY_BYTES])))
    return b""


def _delete(context: Context, header: bytes, _data: bytes) -> bytes:
    """``FileNo``. Its pending changes go with it; its memory is not given back."""
    require_length(header, 1)
    context.file(header[0])
    _require_creation(context)
    del context.application.files[header[0]]
    context.transaction.changes.pop(header[0], None)
    return b""


def _require_creation(context: Context) -> None:
    if not context.application.settings.free_create:
        context.require_master()


def _require_number(context: Context, number: int) -> None:
    if number >= MAX_FILES:
        raise StatusError(Status.PARAMETER_ERROR)
    if number in context.application.files:
        raise StatusError(Status.DUPLICATE_ERROR)


def _require_keys(context: Context, rights: AccessRights) -> None:
    if any(key >= context.application.key_count for key in rights.named_keys()):
        raise StatusError(Status.PARAMETER_ERROR)


def _add(context: Context, number: int, file: File) -> None:
    files = context.application.files
    _require_number(context, number)
    _require_keys(context, file.head.rights)
    if file.head.iso_id is not None and any(other.head.iso_id == file.head.iso_id for other in files.values()):
        raise StatusError(Status.DUPLICATE_ERROR)
    context.spend(file.memory_bytes())
    files[number] = file


TABLE = {
    0xCD: Instruction(_creator(_standard, tail_bytes=3), mac),
    0xCB: Instruction(_creator(_backup, tail_bytes=3), mac),
    0xCC: Instruction(_creator(_value, tail_bytes=13, has_iso_id=False), mac),
    0xC0: Instruction(_creator(_cyclic, tail_bytes=6), mac),
    0xCE: Instruction(_transaction_mac, full, header_bytes=TMAC_HEADER_BYTES),
    0xDF: Instruction(_delete, mac),
}
