"""ChangeKey (C4) and ChangeKeyEV2 (C6).

Data: the new key and its version when the key is the authenticated one; otherwise
``(NewKey xor OldKey) ‖ version ‖ CRC32NK(NewKey)`` (MF2DL(H)x0 and NT4H2421Gx, ChangeKey). A change of the
authenticated key ends the session, so the answer carries no MAC.
"""

from firmware_sim.card import primitives as p
from firmware_sim.card.context import Context
from firmware_sim.card.instruction import Instruction, full, require_length
from firmware_sim.card.keys import AES_KEY_TYPE, KEY_BYTES, MASTER_KEY, Key
from firmware_sim.card.status import Status, StatusError

SAME_KEY = 0xE
FROZEN = 0xF
KEY_TYPE_BITS = 0xC0


def _change(context: Context, header: bytes, data: bytes) -> bytes:
    """``KeyNo``: at PICC level with the key type in bits 7..6, which must be AES (10)."""
    number = header[0]
    if context.at_picc:
        if number & KEY_TYPE_BITS != AES_KEY_TYPE:
            raise StatusError(Status.PARAMETER_ERROR)
        number &= ~KEY_TYPE_BITS
    return _change_in_set(context, 0, number, data)


def _change_ev2(context: Context, header: bytes, data: bytes) -> bytes:
    """``KeySetNo ‖ KeyNo``, application level only. Set 0 is the active one; others must be initialised."""
    key_set, number = header
    if key_set >= len(context.application.key_sets) or context.application.key_sets[key_set] is None:
        raise StatusError(Status.PARAMETER_ERROR)
    return _change_in_set(context, key_set, number, data)


def _change_in_set(context: Context, set_number: int, number: int, data: bytes) -> bytes:
    key_set = context.selected.key_sets[set_number]
    assert key_set is not None
    if number >= len(key_set.keys):
        raise StatusError(Status.NO_SUCH_KEY)
    _require_right(context, number)
    key = key_set.keys[number]
    own = set_number == 0 and number == context.key_number
    key_set.keys[number] = _new_key(key, data, own)
    if set_number != 0:
        key_set.finalized = False
    if own:
        context.volatile.drop_authentication()
    return b""


def _new_key(old: Key, data: bytes, own: bool) -> Key:
    """A changed key starts with clean failure counters."""
    if own:
        require_length(data, KEY_BYTES + 1)
        return Key(data[:KEY_BYTES], data[KEY_BYTES])
    require_length(data, KEY_BYTES + 5)
    value = p.xor(data[:KEY_BYTES], old.value)
    if not p.same(p.crc32_of_key(value), data[KEY_BYTES + 1 :]):
        raise StatusError(Status.INTEGRITY_ERROR)
    return Key(value, data[KEY_BYTES])


def _require_right(context: Context, number: int) -> None:
    """KeySett1 bits 7..4 name who may change key ``number``; ``AE`` for the wrong session, ``9D`` when it is
    frozen. The master key and the change key itself belong to the master key (MF3ICDx21, ChangeKeySettings)."""
    settings = context.selected.settings
    right = settings.change_key_right
    if number == MASTER_KEY:
        if not settings.master_changeable:
            raise StatusError(Status.PERMISSION_DENIED)
        required = MASTER_KEY
    elif right == FROZEN:
        raise StatusError(Status.PERMISSION_DENIED)
    elif right == SAME_KEY:
        required = number
    else:
        required = MASTER_KEY if number == right else right
    if context.key_number != required:
        raise StatusError(Status.AUTHENTICATION_ERROR)


TABLE = {
    0xC4: Instruction(_change, full, header_bytes=1),
    0xC6: Instruction(_change_ev2, full, header_bytes=2),
}
