"""CommitTransaction (C7), AbortTransaction (A7), CommitReaderID (C8) (MF2DL(H)x0, 10.2 and 10.3)."""

from firmware_sim.card import transaction_mac
from firmware_sim.card.access import NEVER, mode_for
from firmware_sim.card.context import Context
from firmware_sim.card.instruction import Instruction, mac, require_length
from firmware_sim.card.status import Status, StatusError

RETURN_MAC = 0x01
READER_ID_BYTES = 16


def _commit(context: Context, header: bytes, _data: bytes) -> bytes:
    """``[Option]``: with option 01 the answer is TMC ‖ TMV, which needs a transaction MAC file (``9D``).

    ``0C`` when there is nothing to commit; data that was only read counts where there is a transaction MAC.
    Where CommitReaderID is switched on, a commit without it is refused (assumed ``9D``).
    """
    require_length(header, 0, 1)
    option = header[0] if header else 0
    application, transaction = context.application, context.transaction
    tmac = application.transaction_mac()
    if option & ~RETURN_MAC:
        raise StatusError(Status.PARAMETER_ERROR)
    if option and tmac is None:
        raise StatusError(Status.PERMISSION_DENIED)
    if not transaction.changes and not transaction.mac_input:
        raise StatusError(Status.NO_CHANGES)
    if tmac is not None and transaction.mac_input:
        if tmac.head.rights.read_write != NEVER and transaction.reader_id is None:
            raise StatusError(Status.PERMISSION_DENIED)
        transaction_mac.finish(tmac, transaction, context.state.silicon.uid)
    transaction.apply(application.files)
    return tmac.data if option and tmac is not None else b""


def _abort(context: Context, header: bytes, _data: bytes) -> bytes:
    """``0C`` when there is nothing to abort."""
    require_length(header, 0)
    transaction = context.transaction
    if context.at_picc or not (transaction.changes or transaction.mac_input):
        raise StatusError(Status.NO_CHANGES)
    transaction.forget()
    return b""


def _commit_reader_id(context: Context, header: bytes, _data: bytes) -> bytes:
    """``TMRI`` (16 bytes), once per transaction; gives the previous one enciphered.

    The ReadWrite right of the transaction MAC file says who may: F switches it off (``9D``). A session is
    required here; the variant without one is not simulated.
    """
    require_length(header, READER_ID_BYTES)
    tmac = context.application.transaction_mac()
    if tmac is None or context.transaction.reader_id is not None:
        raise StatusError(Status.PERMISSION_DENIED)
    mode_for((tmac.head.rights.read_write,), context.key_number, tmac.head.mode)
    if context.volatile.session is None:
        raise StatusError(Status.AUTHENTICATION_ERROR)
    context.require_counter_left()
    uid = context.state.silicon.uid
    return transaction_mac.commit_reader_id(tmac, context.transaction, uid, header)


TABLE = {
    0xC7: Instruction(_commit, mac),
    0xA7: Instruction(_abort, mac),
    0xC8: Instruction(_commit_reader_id, mac),
}
