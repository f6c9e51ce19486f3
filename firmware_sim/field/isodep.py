"""The block protocol of ISO/IEC 14443-4, card's side (clause 7): chaining both ways, waiting time extension,
retransmission, presence check, deselect. Pure: one block in, one block or silence out; no CRC bytes, since
they live in the reader's chip.
"""

from collections.abc import Callable
from enum import IntEnum

MAX_COMMAND_BYTES = 4096
FRAME_SIZES = (16, 24, 32, 40, 48, 64, 96, 128, 256)
"""FSDI or FSCI to bytes of a frame (part 4, table 1), prologue and CRC included."""
OVERHEAD_BYTES = 3
ENDLESS = -1

CID_FOLLOWS = 0x08
NAD_FOLLOWS = 0x04
CHAINED = 0x10
NUMBER = 0x01


class Block(IntEnum):
    """The top bits of a PCB, without number and flags."""

    I = 0x02  # noqa: E741  the name of the standard
    R_ACK = 0xA2
    R_NAK = 0xB2
    DESELECT = 0xC2
    WTX = 0xF2


def frame_bytes(code: int) -> int:
    """FSD or FSC; codes above the table count as its last entry."""
    return FRAME_SIZES[min(code, len(FRAME_SIZES) - 1)]


class IsoDep:
    """One activated card. ``reader_frame_bytes`` is FSD as the RATS said, ``cid`` its card identifier.

    ``waits`` asks for that many waiting time extensions before every answer (ENDLESS never answers).
    """

    def __init__(
        self,
        transmit: Callable[[bytes], bytes],
        reader_frame_bytes: int,
        cid: int = 0,
        waits: Callable[[], int] = lambda: 0,
    ) -> None:
        self._transmit = transmit
        self._room = reader_frame_bytes - OVERHEAD_BYTES
        self._cid = cid
        self._waits = waits
        self._number = 1
        self._command = bytearray()
        self._answer = b""
        self._waits_left = 0
        self._last = b""
        self.deselected = False

    def receive(self, block: bytes) -> bytes | None:
        """The card's reaction. None is silence: an unknown block, a block for another CID, or a card that
        does not answer."""
        if not block or block[0] & NAD_FOLLOWS:
            return None
        pcb, body = block[0] & ~CID_FOLLOWS, block[1:]
        with_cid = bool(block[0] & CID_FOLLOWS)
        if with_cid:
            if not body or body[0] & 0x0F != self._cid:
                return None
            body = body[1:]
        reply = self._react(pcb, body)
        if reply is None:
            return None
        self._last = reply
        if with_cid:
            reply = bytes((reply[0] | CID_FOLLOWS, self._cid)) + reply[1:]
        return reply

    def _react(self, pcb: int, body: bytes) -> bytes | None:
        if pcb & 0xE2 == Block.I:
            return self._information(bool(pcb & CHAINED), body)
        if pcb & 0xFE == Block.R_ACK:
            return self._acknowledge(pcb & NUMBER)
        if pcb & 0xFE == Block.R_NAK:
            return self._negative(pcb & NUMBER)
        if pcb == Block.DESELECT:
            self.deselected = True
            return bytes((Block.DESELECT,))
        if pcb == Block.WTX and self._waits_left:
            return self._after_wait()
        return None

    def _information(self, more: bool, body: bytes) -> bytes | None:
        """Rule D: the number toggles with every I-block, whatever its number."""
        self._number ^= 1
        self._answer = b""
        self._command += body
        if len(self._command) > MAX_COMMAND_BYTES:
            self._command.clear()
            return None
        if more:
            return bytes((Block.R_ACK | self._number,))
        command = bytes(self._command)
        self._command.clear()
        answer = self._transmit(command)
        if not answer:
            return None
        self._answer = answer
        self._waits_left = self._waits()
        return self._wait_or_send()

    def _after_wait(self) -> bytes:
        if self._waits_left != ENDLESS:
            self._waits_left -= 1
        return self._wait_or_send()

    def _wait_or_send(self) -> bytes:
        if self._waits_left:
            return bytes((Block.WTX, 0x01))
        return self._send()

    def _send(self) -> bytes:
        part, self._answer = self._answer[: self._room], self._answer[self._room :]
        chained = CHAINED if self._answer else 0
        return bytes((Block.I | chained | self._number,)) + part

    def _acknowledge(self, number: int) -> bytes | None:
        """Rule 11: our own number means that our last block was lost; rule 13: the other continues a chain."""
        if number == self._number:
            return self._repeat()
        if not self._answer:
            return None
        self._number ^= 1
        return self._send()

    def _negative(self, number: int) -> bytes | None:
        """Rule 11 again; rule 12: the other number is answered with R(ACK), which also is the presence
        check."""
        if number == self._number:
            return self._repeat()
        return bytes((Block.R_ACK | self._number,))

    def _repeat(self) -> bytes | None:
        return self._last or None
