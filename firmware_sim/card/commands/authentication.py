"""AuthenticateEV2First (71) and AuthenticateEV2NonFirst (77), each with one further frame (AF).

Older modes (0A, 1A, AA) do not exist on this card: it answers ``1C`` as if they had been switched off for
good with SetConfiguration.
"""

from firmware_sim.card.context import Context
from firmware_sim.card.handshake import CAPABILITY_BYTES, PROOF_BYTES, Handshake
from firmware_sim.card.keys import Key, locked, note_failure, note_success
from firmware_sim.card.status import Status, StatusError

FIRST = 0x71
NON_FIRST = 0x77
STARTERS = frozenset((FIRST, NON_FIRST))


def start(context: Context, ins: int, body: bytes) -> bytes:
    """First frame: ``KeyNo ‖ LenCap ‖ PCDcap2`` (71) or ``KeyNo`` (77). Gives E(Kx, RndB).

    First ends the old session and its transaction at once; NonFirst needs a session and keeps the
    transaction (``AE`` without one).
    """
    volatile = context.volatile
    capabilities = _capabilities(body) if ins == FIRST else b""
    if ins == NON_FIRST and len(body) != 1:
        raise StatusError(Status.LENGTH_ERROR)
    previous = volatile.session
    if ins == FIRST:
        volatile.drop_authentication()
        previous = None
    elif previous is None:
        raise StatusError(Status.AUTHENTICATION_ERROR)
    key = _usable_key(context, body[0])
    volatile.handshake = Handshake(body[0], key.value, context.entropy(16), capabilities, previous)
    return volatile.handshake.challenge()


def finish(context: Context, body: bytes) -> bytes:
    """Second frame: E(Kx, RndA ‖ RndB'). A wrong proof costs a failure and answers ``AE``."""
    volatile = context.volatile
    handshake, volatile.handshake = volatile.handshake, None
    assert handshake is not None
    if len(body) != PROOF_BYTES:
        raise StatusError(Status.LENGTH_ERROR)
    key = context.selected.keys[handshake.key_number]
    limits = context.state.silicon.limits
    result = handshake.finish(body, context.entropy)
    if result is None:
        note_failure(key, limits)
        raise StatusError(Status.AUTHENTICATION_ERROR)
    note_success(key, limits)
    answer, volatile.session = result
    return answer


def _capabilities(body: bytes) -> bytes:
    if len(body) < 2 or body[1] > CAPABILITY_BYTES or len(body) != 2 + body[1]:
        raise StatusError(Status.LENGTH_ERROR)
    return body[2:]


def _usable_key(context: Context, number: int) -> Key:
    """``40`` for a key that is not there, ``AD`` while a delay runs, ``9D`` when it is locked for good."""
    keys = context.selected.keys
    if number >= len(keys):
        raise StatusError(Status.NO_SUCH_KEY)
    key = keys[number]
    if locked(key, context.state.silicon.limits):
        raise StatusError(Status.PERMISSION_DENIED)
    if key.delays_left:
        key.delays_left -= 1
        raise StatusError(Status.AUTHENTICATION_DELAY)
    return key
