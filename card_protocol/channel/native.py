"""Native frames over APDUs: one frame, or a chain of additional frames (AF) in either direction.

Source: MF3DX2, command chaining. A chain is one command: its MAC covers the whole and rides on the last frame.
"""

from typing import Final

from card_protocol.channel.converse import Conversation
from card_protocol.errors import KeyRejected, Malformed, TooLong
from card_protocol.iso7816.apdu import MAX_DATA_BYTES, ResponseApdu, wrap_native
from card_protocol.iso7816.status import Status, StatusFault, native

MAX_ANSWER_BYTES: Final = 8192
"""Bound of a chained answer: the memory of the largest card."""

MAX_ANSWER_FRAMES: Final = 512

LINK_BYTES: Final = 54
"""Body of one frame of a chained command: fits a 64-byte ISO-DEP block with wrapping, PCB and CRC."""

_OK: Final = native(Status.OPERATION_OK)
_MORE: Final = native(Status.ADDITIONAL_FRAME)


def one_frame(ins: int, body: bytes, doing: str) -> Conversation[ResponseApdu]:
    """Send a frame and take its answer, which must be "more" or "done"; StatusFault otherwise."""
    response = yield wrap_native(ins, body)
    if response.sw not in (_OK, _MORE):
        raise StatusFault(response.sw, doing)
    return response


def exchange(frame: bytes, doing: str) -> Conversation[bytes]:
    """Send a whole native frame INS ‖ body, chained when it is too long for one APDU; the whole answer body.

    `doing` names the command in faults. StatusFault when the card answers anything but success.
    """
    ins, body = frame[0], frame[1:]
    links = [body] if len(body) <= MAX_DATA_BYTES else _cut(body)
    for link in links[:-1]:
        response = yield from one_frame(ins, link, doing)
        if response.sw != _MORE or response.data:
            raise Malformed(f"{doing}: the card did not wait for the rest of the command")
        ins = Status.ADDITIONAL_FRAME
    response = yield from one_frame(ins, links[-1], doing)
    return (yield from _collect(response, doing))


def challenge(ins: int, body: bytes, doing: str) -> Conversation[bytes]:
    """First frame of an authentication: the card must answer "more" with its challenge."""
    response = yield from _authentication_frame(ins, body, doing)
    if response.sw != _MORE:
        raise Malformed(f"{doing}: the card did not ask for our answer")
    return response.data


def proof(body: bytes, doing: str) -> Conversation[bytes]:
    """Second frame of an authentication: the card must answer "done" with its proof."""
    response = yield from _authentication_frame(Status.ADDITIONAL_FRAME, body, doing)
    if response.sw != _OK:
        raise Malformed(f"{doing}: the card did not finish")
    return response.data


def _authentication_frame(ins: int, body: bytes, doing: str) -> Conversation[ResponseApdu]:
    try:
        return (yield from one_frame(ins, body, doing))
    except StatusFault as fault:
        if fault.is_native(Status.AUTHENTICATION_ERROR, Status.NO_SUCH_KEY):
            raise KeyRejected(str(fault)) from fault
        raise


def _collect(response: ResponseApdu, doing: str) -> Conversation[bytes]:
    answer = bytearray(response.data)
    frames = 1
    while response.sw == _MORE:
        frames += 1
        if frames > MAX_ANSWER_FRAMES or len(answer) > MAX_ANSWER_BYTES:
            raise TooLong(f"{doing}: the answer does not end")
        response = yield from one_frame(Status.ADDITIONAL_FRAME, b"", doing)
        answer += response.data
    return bytes(answer)


def _cut(body: bytes) -> list[bytes]:
    return [body[start : start + LINK_BYTES] for start in range(0, len(body), LINK_BYTES)]
