"""Short command APDUs (ISO/IEC 7816-4, 5.1), as the card takes them apart. No extended lengths."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """A parsed command. ``data`` is the field of length Lc; Le is accepted and not kept: the card always
    answers with all it has, which a short Le of 00 allows up to 256 bytes."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes


def parse(raw: bytes) -> Command | None:
    """All four short cases; None when the lengths do not add up (``6700``)."""
    if len(raw) < 4:
        return None
    cla, ins, p1, p2 = raw[:4]
    body = raw[4:]
    if len(body) <= 1:
        return Command(cla, ins, p1, p2, b"")
    length = body[0]
    if length == 0 or len(body) not in (1 + length, 2 + length):
        return None
    return Command(cla, ins, p1, p2, body[1 : 1 + length])
