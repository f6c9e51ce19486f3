"""What can go wrong between a card and a reader, as data.

A fault is bound to the number of an APDU exchange (1 is the first of the visit) or to every one of them. The
ones that forge bytes belong to an attacker in the middle; noise on the air is caught by the CRC, so the reader
sees a destroyed frame and not a wrong one.
"""

from dataclasses import dataclass, field

EVERY = 0


@dataclass(frozen=True)
class NoAnswer:
    """The card executes the command and its answer is lost; ``deaf``: it does not even hear the command."""

    deaf: bool = False


@dataclass(frozen=True)
class CutAnswer:
    """Only the first bytes arrive."""

    keep_bytes: int


@dataclass(frozen=True)
class FlipBit:
    """One bit of the answer changes; positions count modulo its length."""

    byte: int
    bit: int = 0


@dataclass(frozen=True)
class LateAnswer:
    """The answer takes this much longer."""

    delay_ms: int


@dataclass(frozen=True)
class LongAnswer:
    """The answer grows in front of its status word."""

    extra_bytes: int


@dataclass(frozen=True)
class EndlessWait:
    """The card asks for waiting time extensions without end (fields with a block protocol only; on PC/SC the
    reader would do it, and gives up: no answer)."""


@dataclass(frozen=True)
class Noise:
    """The reader receives a destroyed frame in place of the answer."""


Fault = NoAnswer | CutAnswer | FlipBit | LateAnswer | LongAnswer | EndlessWait | Noise

MAX_LONG_ANSWER_BYTES = 8192


def distort(fault: Fault | None, answer: bytes) -> bytes:
    """The faults that only change bytes; the others leave the answer alone."""
    if isinstance(fault, CutAnswer):
        return answer[: fault.keep_bytes]
    if isinstance(fault, FlipBit) and answer:
        changed = bytearray(answer)
        changed[fault.byte % len(answer)] ^= 1 << (fault.bit & 7)
        return bytes(changed)
    if isinstance(fault, LongAnswer):
        extra = min(fault.extra_bytes, MAX_LONG_ANSWER_BYTES)
        return answer[:-2] + bytes(extra) + answer[-2:]
    return answer


@dataclass(frozen=True)
class FaultPlan:
    """Faults by exchange number; EVERY (0) is the one for all other exchanges."""

    by_exchange: dict[int, Fault] = field(default_factory=dict)

    def at(self, exchange: int) -> Fault | None:
        """The fault of this exchange, if any."""
        return self.by_exchange.get(exchange, self.by_exchange.get(EVERY))
