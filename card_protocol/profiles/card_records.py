"""Records of the cyclic files: fixed sizes as the layout says, integers big-endian.

Points are named by a 32-bit number (`point_tag`), times by milliseconds or, where room is short, minutes since 1970
UTC. Bytes that no field uses are zero and not looked at.
"""

import hashlib
import struct
from dataclasses import astuple, dataclass
from enum import IntEnum
from typing import ClassVar, Self

from card_protocol.errors import CallerFault, Malformed


def point_tag(gateway: str, point: str) -> int:
    """The number that stands for a point of a gateway: the first 32 bits of SHA-256 over gateway ‖ 00 ‖ point."""
    return int.from_bytes(hashlib.sha256(f"{gateway}\x00{point}".encode()).digest()[:4], "big")


class Passage(IntEnum):
    """Which way a card went."""

    NONE = 0
    IN = 1
    OUT = 2


class Record:
    """A frozen dataclass of numbers that are packed in order."""

    FORM: ClassVar[struct.Struct]

    def encode(self) -> bytes:
        """The bytes of the record; CallerFault when a number does not fit its field."""
        try:
            return self.FORM.pack(*astuple(self))  # type: ignore[call-overload]
        except struct.error as error:
            raise CallerFault(f"{type(self).__name__}: {error}") from error

    @classmethod
    def decode(cls, raw: bytes) -> Self:
        """The inverse; Malformed for another size."""
        if len(raw) != cls.FORM.size:
            raise Malformed(f"{cls.__name__}: {cls.FORM.size} bytes, not {len(raw)}")
        return cls(*cls.FORM.unpack(raw))


@dataclass(frozen=True, slots=True)
class AccessEvent(Record):
    """24 B in the access log: the card went through `point` into (or out of) `area`."""

    FORM: ClassVar[struct.Struct] = struct.Struct(">BxHIQII")

    passage: int
    area: int
    """Number of the area in the policy, 0 for none."""
    point: int
    wall_ms: int
    gateway_seq: int
    """Low 32 bits of the event's seq in the gateway's journal."""
    policy_version: int


@dataclass(frozen=True, slots=True)
class Visit(Record):
    """16 B in the care and property logs. `kind` and `reference` mean what the application says."""

    FORM: ClassVar[struct.Struct] = struct.Struct(">BxxxIII")

    kind: int
    wall_minutes: int
    point: int
    reference: int


@dataclass(frozen=True, slots=True)
class ClinicVisit(Record):
    """8 B in the clinic log: that somebody came, and nothing else."""

    FORM: ClassVar[struct.Struct] = struct.Struct(">II")

    wall_minutes: int
    point: int


@dataclass(frozen=True, slots=True)
class Attendance(Record):
    """32 B in the activity log."""

    FORM: ClassVar[struct.Struct] = struct.Struct(">BxxxIIQQI")

    kind: int
    wall_minutes: int
    point: int
    activity_high: int
    activity_low: int
    """The ULID of the activity as two numbers of 64 bits."""
    points: int


@dataclass(frozen=True, slots=True)
class PurseEntry(Record):
    """16 B in the purse log. A debit is negative. (point, point_seq) names the payment at its point."""

    FORM: ClassVar[struct.Struct] = struct.Struct(">iIII")

    amount: int
    point: int
    point_seq: int
    wall_minutes: int
