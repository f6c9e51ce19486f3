"""Value files: read, debit, credit, limited credit. Source: MF3DX2, value file commands.

Amounts are positive. All changes wait for CommitTransaction; the card refuses (boundary error) what would pass a
limit. Limited credit gives back at most what the last debiting transaction took.
"""

from typing import Final

from card_protocol.channel.converse import Conversation
from card_protocol.channel.ev2 import Mode
from card_protocol.channel.session import Session
from card_protocol.errors import CallerFault, Malformed

GET_VALUE: Final = 0x6C
CREDIT: Final = 0x0C
DEBIT: Final = 0xDC
LIMITED_CREDIT: Final = 0x1C
_VALUE_BYTES: Final = 4
_LIMIT: Final = 1 << 31


def get_value(session: Session, file_no: int, mode: Mode) -> Conversation[int]:
    """The committed value."""
    answer = yield from session.run(GET_VALUE, bytes((file_no,)), mode=mode, doing="GetValue")
    if len(answer) != _VALUE_BYTES:
        raise Malformed("GetValue: a value has four bytes")
    return int.from_bytes(answer, "little", signed=True)


def credit(session: Session, file_no: int, amount: int, mode: Mode) -> Conversation[None]:
    """Add; needs the right to read and write."""
    yield from _change(session, CREDIT, file_no, amount, mode, "Credit")


def debit(session: Session, file_no: int, amount: int, mode: Mode) -> Conversation[None]:
    """Take away; the right to read is enough."""
    yield from _change(session, DEBIT, file_no, amount, mode, "Debit")


def limited_credit(session: Session, file_no: int, amount: int, mode: Mode) -> Conversation[None]:
    """Give back some of the last debit; needs the right to write."""
    yield from _change(session, LIMITED_CREDIT, file_no, amount, mode, "LimitedCredit")


def _change(session: Session, ins: int, file_no: int, amount: int, mode: Mode, doing: str) -> Conversation[None]:
    if not 0 <= amount < _LIMIT:
        raise CallerFault(f"{doing}: an amount is not negative and has 31 bits")
    data = amount.to_bytes(_VALUE_BYTES, "little")
    yield from session.run(ins, bytes((file_no,)), data, mode=mode, doing=doing)
