"""SelectApplication (5A) and GetApplicationIDs (6A)."""

from firmware_sim.card.context import Context
from firmware_sim.card.instruction import Instruction, mac, plain, require_length
from firmware_sim.card.state import PICC_AID
from firmware_sim.card.status import Status, StatusError


def select(context: Context, aid: int) -> None:
    """Make an application current (``A0`` when there is none). Ends session and transaction."""
    if aid != PICC_AID and aid not in context.state.applications:
        raise StatusError(Status.APPLICATION_NOT_FOUND)
    context.volatile.drop_authentication()
    context.volatile.aid = aid


def _select(context: Context, header: bytes, _data: bytes) -> bytes:
    """``AID``. The second AID of EV2 (shared applications) is not supported: ``7E``."""
    require_length(header, 3)
    select(context, int.from_bytes(header, "little"))
    return b""


def _list(context: Context, header: bytes, _data: bytes) -> bytes:
    """The AIDs, three bytes each, in the order of creation."""
    require_length(header, 0)
    context.require_picc()
    if not context.selected.settings.free_directory:
        context.require_master()
    return b"".join(aid.to_bytes(3, "little") for aid in context.state.applications)


TABLE = {
    0x5A: Instruction(_select, plain),
    0x6A: Instruction(_list, mac, native_chaining=True),
}
