"""What the dispatcher must know about a command before it runs it."""

from collections.abc import Callable
from dataclasses import dataclass

from firmware_sim.card.access import CommMode
from firmware_sim.card.context import Context
from firmware_sim.card.status import Status, StatusError

Mode = Callable[[Context, bytes], CommMode]
"""From the context and the header to the mode; ends with a status when the command may not run at all."""
Run = Callable[[Context, bytes, bytes], bytes]
"""(context, header, plain command data) -> plain answer data."""
Length = Callable[[bytes], int]
"""Command data bytes that the header announces."""


@dataclass(frozen=True)
class Instruction:
    """One command. ``header_bytes`` stay in plain and are bound by the MAC; None means all of the body.

    ``announced`` is given for commands whose header says how much data follows. ``native_chaining`` commands
    move data in frames joined by ``AF``; the others in one APDU (ISO/IEC 14443-4 chains it below).
    ``answer_frames`` are the sizes of the first frames where the data sheet fixes them.
    """

    run: Run
    mode: Mode
    header_bytes: int | None = None
    announced: Length | None = None
    native_chaining: bool = False
    answer_frames: tuple[int, ...] = ()


def plain(_context: Context, _header: bytes) -> CommMode:
    """CommMode.Plain in every state."""
    return CommMode.PLAIN


def mac(_context: Context, _header: bytes) -> CommMode:
    """CommMode.MAC inside a session, plain outside."""
    return CommMode.MAC


def full(context: Context, _header: bytes) -> CommMode:
    """CommMode.Full; there is no such command without a session."""
    if context.volatile.session is None:
        raise StatusError(Status.AUTHENTICATION_ERROR)
    return CommMode.FULL


def require_length(data: bytes, *allowed: int) -> None:
    """``7E`` unless the data has one of the allowed lengths."""
    if len(data) not in allowed:
        raise StatusError(Status.LENGTH_ERROR)
