"""InitializeKeySet (56), FinalizeKeySet (57), RollKeySet (55).

Only for applications created with key sets. Set 0 is the active one. Behaviour as the libnxpsc project found
it on EV3 silicon and LibLogicalAccess assumes it: a fresh set starts as a copy of the active keys; the roll is
done under the roll key of the application and is answered without MAC because the session's key goes away.
Assumption: after a roll the old keys stay in the target's slot, not finalized, so they cannot be rolled back
without new work.
"""

from firmware_sim.card.context import Context
from firmware_sim.card.instruction import Instruction, mac, require_length
from firmware_sim.card.keys import KEY_SET_AES
from firmware_sim.card.state import Application
from firmware_sim.card.status import Status, StatusError


def _spare_set(context: Context, number: int) -> Application:
    """The application, when ``number`` is one of its sets that are not active."""
    application = context.application
    if application.roll_key is None:
        raise StatusError(Status.PERMISSION_DENIED)
    if not 0 < number < len(application.key_sets):
        raise StatusError(Status.PARAMETER_ERROR)
    return application


def _initialize(context: Context, header: bytes, _data: bytes) -> bytes:
    """``KeySetNo KeySetType`` with the master key; the type must be AES (02)."""
    require_length(header, 2)
    application = _spare_set(context, header[0])
    context.require_master()
    if header[1] != KEY_SET_AES:
        raise StatusError(Status.PARAMETER_ERROR)
    active = application.key_sets[0]
    assert active is not None
    application.key_sets[header[0]] = active.copy()
    return b""


def _finalize(context: Context, header: bytes, _data: bytes) -> bytes:
    """``KeySetNo KeySetVersion`` with the master key."""
    require_length(header, 2)
    application = _spare_set(context, header[0])
    context.require_master()
    key_set = application.key_sets[header[0]]
    if key_set is None:
        raise StatusError(Status.PERMISSION_DENIED)
    key_set.version = header[1]
    key_set.finalized = True
    return b""


def _roll(context: Context, header: bytes, _data: bytes) -> bytes:
    """``KeySetNo`` with the roll key."""
    require_length(header, 1)
    application = _spare_set(context, header[0])
    if context.key_number != application.roll_key:
        raise StatusError(Status.AUTHENTICATION_ERROR)
    target, active = application.key_sets[header[0]], application.key_sets[0]
    if target is None or active is None or not target.finalized:
        raise StatusError(Status.PERMISSION_DENIED)
    active.finalized = False
    application.key_sets[0], application.key_sets[header[0]] = target, active
    context.volatile.drop_authentication()
    return b""


TABLE = {
    0x56: Instruction(_initialize, mac),
    0x57: Instruction(_finalize, mac),
    0x55: Instruction(_roll, mac),
}
