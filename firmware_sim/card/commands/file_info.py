"""GetFileIDs (6F), GetISOFileIDs (61), GetFileSettings (F5), ChangeFileSettings (5F)."""

from firmware_sim.card.access import FREE, NEVER, AccessRights, CommMode, comm_mode, mode_for
from firmware_sim.card.context import Context
from firmware_sim.card.files import TransactionMacFile
from firmware_sim.card.instruction import Instruction, mac, require_length
from firmware_sim.card.status import Status, StatusError

KNOWN_OPTION_BITS = 0x03


def _require_directory(context: Context) -> None:
    if not context.application.settings.free_directory:
        context.require_master()


def _ids(context: Context, header: bytes, _data: bytes) -> bytes:
    """One byte a file, ascending."""
    require_length(header, 0)
    _require_directory(context)
    return bytes(sorted(context.application.files))


def _iso_ids(context: Context, header: bytes, _data: bytes) -> bytes:
    """Two bytes a file that has one."""
    require_length(header, 0)
    _require_directory(context)
    ids = (file.head.iso_id for _, file in sorted(context.application.files.items()))
    return b"".join(number.to_bytes(2, "little") for number in ids if number is not None)


def _settings(context: Context, header: bytes, _data: bytes) -> bytes:
    """``FileNo``."""
    require_length(header, 1)
    _require_directory(context)
    return context.file(header[0]).settings()


def _change_mode(context: Context, header: bytes) -> CommMode:
    """The Change right: a key means Full, free access means plain."""
    right = context.file(header[0]).head.rights.change
    return mode_for((right,), context.key_number, CommMode.PLAIN if right == FREE else CommMode.FULL)


def _change(context: Context, header: bytes, data: bytes) -> bytes:
    """``FileNo`` ‖ FileOption ‖ AccessRights."""
    require_length(data, 3)
    file = context.file(header[0])
    rights = AccessRights.decode(data[1:])
    missing = any(key >= context.application.key_count for key in rights.named_keys())
    writable_tmac = isinstance(file, TransactionMacFile) and rights.write != NEVER
    if data[0] & ~KNOWN_OPTION_BITS or missing or writable_tmac:
        raise StatusError(Status.PARAMETER_ERROR)
    file.head.mode, file.head.rights = comm_mode(data[0]), rights
    return b""


TABLE = {
    0x6F: Instruction(_ids, mac),
    0x61: Instruction(_iso_ids, mac, native_chaining=True),
    0xF5: Instruction(_settings, mac),
    0x5F: Instruction(_change, _change_mode, header_bytes=1),
}
