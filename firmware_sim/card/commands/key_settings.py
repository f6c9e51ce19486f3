"""GetKeySettings (45), ChangeKeySettings (54), GetKeyVersion (64)."""

from firmware_sim.card.context import Context
from firmware_sim.card.instruction import Instruction, full, mac, require_length
from firmware_sim.card.keys import AES_KEY_TYPE, KEY_BYTES
from firmware_sim.card.status import Status, StatusError

KEY_SET_FLAG = 0x40
ALL_KEY_SETS_FLAG = 0x80
KEY_SETS_PRESENT = 0x01


def _get(context: Context, header: bytes, _data: bytes) -> bytes:
    """``KeySett1 KeySett2``, and for an application with key sets
    ``KeySett3 AKSVersion NoKeySets MaxKeySize AppKeySetSett`` as it was created."""
    require_length(header, 0)
    selected = context.selected
    if not selected.settings.free_directory:
        context.require_master()
    if context.at_picc:
        return bytes((selected.settings.raw, AES_KEY_TYPE | 1))
    answer = bytes((selected.settings.raw, selected.crypto_byte()))
    active = selected.key_sets[0]
    if selected.roll_key is not None and active is not None:
        answer += bytes((KEY_SETS_PRESENT, active.version, len(selected.key_sets), KEY_BYTES, selected.roll_key))
    return answer


def _change(context: Context, _header: bytes, data: bytes) -> bytes:
    """One byte, with the master key, while bit 3 of the old settings still allows it."""
    require_length(data, 1)
    context.require_master()
    settings = context.selected.settings
    if not settings.settings_changeable:
        raise StatusError(Status.PERMISSION_DENIED)
    settings.raw = data[0]
    return b""


def _version(context: Context, header: bytes, _data: bytes) -> bytes:
    """``KeyNo [KeySetNo]``: with bit 6 of KeyNo a key of that set; with bits 7 and 6 the versions of all
    sets (assumption after the public EV2 libraries; the EV2 data sheet itself is not public)."""
    require_length(header, 1, 2)
    selected = context.selected
    number, flags = header[0] & 0x0F, header[0] & 0xF0
    if flags == ALL_KEY_SETS_FLAG | KEY_SET_FLAG and len(header) == 1:
        return bytes(0 if key_set is None else key_set.version for key_set in selected.key_sets)
    if flags == KEY_SET_FLAG and len(header) == 2:
        key_set = selected.key_sets[header[1]] if header[1] < len(selected.key_sets) else None
    elif flags == 0 and len(header) == 1:
        key_set = selected.key_sets[0]
    else:
        raise StatusError(Status.PARAMETER_ERROR)
    if key_set is None or number >= len(key_set.keys):
        raise StatusError(Status.NO_SUCH_KEY)
    return bytes((key_set.keys[number].version,))


TABLE = {
    0x45: Instruction(_get, mac),
    0x54: Instruction(_change, full, header_bytes=0),
    0x64: Instruction(_version, mac),
}
