"""GetVersion (60), GetCardUID (51), SetConfiguration (5C)."""

from firmware_sim.card.context import Context
from firmware_sim.card.instruction import Instruction, full, mac, require_length
from firmware_sim.card.keys import KEY_BYTES, Key
from firmware_sim.card.status import Status, StatusError

FORMAT_DISABLED = 0x01
RANDOM_ID = 0x02
DEFAULT_KEY_BYTES = 24
MIN_ATS_BYTES = 2
MAX_ATS_BYTES = 20
HIDDEN_UID = bytes(7)


def _version(context: Context, header: bytes, _data: bytes) -> bytes:
    """Hardware, software, production. With random id on, the UID is zero in here (MF2DL(H)x0, GetVersion)."""
    require_length(header, 0)
    silicon = context.state.silicon
    uid = HIDDEN_UID if context.state.configuration.random_id else silicon.uid
    made = bytes((silicon.production_week, silicon.production_year))
    return silicon.hardware + silicon.software + uid + silicon.batch + made


def _card_uid(context: Context, _header: bytes, data: bytes) -> bytes:
    """The real UID, to anyone who holds a key of the selected level."""
    require_length(data, 0)
    return context.state.silicon.uid


def _configure(context: Context, header: bytes, data: bytes) -> bytes:
    """``Option`` ‖ data, with the PICC master key: 00 flags, 01 default key, 02 ATS.

    The flags are fuses: a set bit stays set, and a call that would clear one is refused (assumed ``9D``).
    Bits 2 and 3 (proximity check, virtual card) are not supported: ``9E``.
    """
    context.require_picc()
    context.require_master()
    configuration = context.state.configuration
    option = header[0]
    if option == 0x00:
        require_length(data, 1)
        _burn_flags(context, data[0])
    elif option == 0x01:
        require_length(data, DEFAULT_KEY_BYTES + 1)
        configuration.default_key = Key(data[:KEY_BYTES], data[DEFAULT_KEY_BYTES])
    elif option == 0x02:
        if not MIN_ATS_BYTES <= len(data) <= MAX_ATS_BYTES or data[0] != len(data):
            raise StatusError(Status.LENGTH_ERROR)
        configuration.ats = data
    else:
        raise StatusError(Status.PARAMETER_ERROR)
    return b""


def _burn_flags(context: Context, flags: int) -> None:
    configuration = context.state.configuration
    if flags & ~(FORMAT_DISABLED | RANDOM_ID):
        raise StatusError(Status.PARAMETER_ERROR)
    burnt = configuration.format_disabled * FORMAT_DISABLED | configuration.random_id * RANDOM_ID
    if burnt & ~flags:
        raise StatusError(Status.PERMISSION_DENIED)
    configuration.format_disabled = bool(flags & FORMAT_DISABLED)
    configuration.random_id = bool(flags & RANDOM_ID)


TABLE = {
    0x60: Instruction(_version, mac, native_chaining=True, answer_frames=(7, 7)),
    0x51: Instruction(_card_uid, full, header_bytes=0),
    0x5C: Instruction(_configure, full, header_bytes=1),
}
