"""From a native command to its answer: chaining, secure messaging, errors.

Order of checks (assumed; the public data sheets list the errors but not their order): frame in sequence,
command known, header complete, right to run it and its mode, length, MAC and padding, then the command's own
parameters. Every status other than 00 and AF ends session and transaction (seen on EV3 silicon by the
libnxpsc project: "a card error ends the session").
"""

from firmware_sim.card.access import CommMode
from firmware_sim.card.commands import INSTRUCTIONS, authentication
from firmware_sim.card.context import Context, Incoming
from firmware_sim.card.instruction import Instruction
from firmware_sim.card.session import protected_length
from firmware_sim.card.status import Status, StatusError

CONTINUE = 0xAF
NATIVE_COMMAND_BYTES = 55
"""Data bytes of one natively chained command frame: a 64-byte block minus PCB, CRC, APDU header, Lc, Le."""
NATIVE_ANSWER_BYTES = 59
"""Data bytes of one natively chained answer frame: a 64-byte block minus PCB, CRC and the two status bytes."""
SHORT_ANSWER_BYTES = 256
"""What a short Le can ask for; a longer answer to an unchained command is refused with ``7E``."""


def execute(context: Context, ins: int, body: bytes) -> tuple[Status, bytes]:
    """Run one frame. Gives the status byte and the answer data (empty on errors)."""
    try:
        return _execute(context, ins, body)
    except StatusError as error:
        context.volatile.drop_authentication()
        return error.status, b""


def _execute(context: Context, ins: int, body: bytes) -> tuple[Status, bytes]:
    volatile = context.volatile
    if ins == CONTINUE:
        return _continue(context, body)
    if volatile.handshake or volatile.incoming or volatile.outgoing:
        raise StatusError(Status.COMMAND_ABORTED)
    if ins in authentication.STARTERS:
        return Status.ADDITIONAL_FRAME, authentication.start(context, ins, body)
    instruction = INSTRUCTIONS.get(ins)
    if instruction is None:
        raise StatusError(Status.ILLEGAL_COMMAND)
    return _collect(context, instruction, Incoming(ins, bytearray(body)), len(body))


def _continue(context: Context, body: bytes) -> tuple[Status, bytes]:
    volatile = context.volatile
    if volatile.handshake is not None:
        return Status.OK, authentication.finish(context, body)
    if volatile.incoming is not None:
        incoming, volatile.incoming = volatile.incoming, None
        incoming.body += body
        return _collect(context, INSTRUCTIONS[incoming.ins], incoming, len(body))
    if volatile.outgoing and not body:
        return _next_frame(context)
    raise StatusError(Status.COMMAND_ABORTED)


def _collect(context: Context, instruction: Instruction, incoming: Incoming, frame_bytes: int) -> tuple[Status, bytes]:
    """Run the command when all of it is here; otherwise ask for more with AF."""
    body = bytes(incoming.body)
    header_bytes = len(body) if instruction.header_bytes is None else instruction.header_bytes
    if len(body) < header_bytes:
        raise StatusError(Status.LENGTH_ERROR)
    header, payload = body[:header_bytes], body[header_bytes:]
    mode = instruction.mode(context, header)
    if instruction.header_bytes is None and mode is not CommMode.PLAIN and context.volatile.session:
        header, payload = body[:-8], body[-8:]
    if instruction.announced is not None:
        wire_mode = mode if context.volatile.session else CommMode.PLAIN
        expected = protected_length(instruction.announced(header), wire_mode)
        if instruction.native_chaining and _wants_more(len(payload), expected, frame_bytes):
            context.volatile.incoming = incoming
            return Status.ADDITIONAL_FRAME, b""
        if len(payload) != expected:
            raise StatusError(Status.LENGTH_ERROR)
    return _run(context, instruction, incoming.ins, header, payload, mode)


def _wants_more(have: int, expected: int, frame_bytes: int) -> bool:
    if frame_bytes > NATIVE_COMMAND_BYTES or frame_bytes == 0:
        raise StatusError(Status.LENGTH_ERROR)
    return have < expected


def _run(
    context: Context, instruction: Instruction, ins: int, header: bytes, payload: bytes, mode: CommMode
) -> tuple[Status, bytes]:
    session = context.volatile.session
    data = payload if session is None else session.open(ins, header, payload, mode)
    if instruction.announced is not None and len(data) != instruction.announced(header):
        raise StatusError(Status.LENGTH_ERROR)
    answer = instruction.run(context, header, data)
    if session is not None and context.volatile.session is session:
        answer = session.seal(answer, mode)
    if instruction.native_chaining:
        context.volatile.outgoing = _frames(answer, instruction.answer_frames)
        return _next_frame(context)
    if len(answer) > SHORT_ANSWER_BYTES:
        raise StatusError(Status.LENGTH_ERROR)
    return Status.OK, answer


def _frames(answer: bytes, leading: tuple[int, ...]) -> list[bytes]:
    """Cut an answer: first frames of given sizes, then full ones; at least one, maybe empty."""
    frames = []
    for size in leading:
        frames.append(answer[:size])
        answer = answer[size:]
    step = NATIVE_ANSWER_BYTES
    frames += [answer[at : at + step] for at in range(0, len(answer), step)]
    return frames or [b""]


def _next_frame(context: Context) -> tuple[Status, bytes]:
    frame = context.volatile.outgoing.pop(0)
    return (Status.ADDITIONAL_FRAME if context.volatile.outgoing else Status.OK), frame
