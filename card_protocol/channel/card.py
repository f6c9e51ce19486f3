"""Commands on the card as a whole: version, UID, memory, configuration, format. Source: MF3DX2."""

from dataclasses import dataclass
from typing import Final

from card_protocol.channel.converse import Conversation
from card_protocol.channel.ev2 import Mode
from card_protocol.channel.native import exchange
from card_protocol.channel.session import Session
from card_protocol.crypto.diversify import UID_SIZE_BYTES
from card_protocol.errors import Malformed

GET_VERSION: Final = 0x60
GET_CARD_UID: Final = 0x51
FREE_MEMORY: Final = 0x6E
SET_CONFIGURATION: Final = 0x5C
FORMAT_CARD: Final = 0xFC

_VERSION_BYTES: Final = 28
_FLAGS_OPTION: Final = b"\x00"
_RANDOM_ID: Final = b"\x02"
_DESFIRE_TYPE: Final = 0x01


@dataclass(frozen=True, slots=True)
class CardVersion:
    """What GetVersion tells. `uid` is all zero on a card with random ID."""

    hardware: bytes
    software: bytes
    uid: bytes
    batch: bytes
    week: int
    year: int

    @property
    def is_desfire(self) -> bool:
        """Whether the hardware calls itself a DESFire."""
        return self.hardware[1] & 0x0F == _DESFIRE_TYPE

    @property
    def generation(self) -> int:
        """Major number of the hardware without the product bits: 1 for EV1, 2 for EV2, 3 for EV3."""
        return self.hardware[3] & 0x0F

    @property
    def storage_bytes(self) -> int:
        """Memory as the card codes it: the lower bound of the two sizes that a code may mean."""
        return int(2 ** (self.hardware[5] >> 1))


def get_version(session: Session | None = None) -> Conversation[CardVersion]:
    """Three frames: hardware, software, production."""
    doing = "GetVersion"
    if session is None:
        answer = yield from exchange(bytes((GET_VERSION,)), doing)
    else:
        answer = yield from session.run(GET_VERSION, mode=Mode.MAC, doing=doing)
    if len(answer) < _VERSION_BYTES:
        raise Malformed(f"{doing}: the card said too little")
    week, year = answer[26], answer[27]
    return CardVersion(answer[:7], answer[7:14], answer[14:21], answer[21:26], week, year)


def get_card_uid(session: Session) -> Conversation[bytes]:
    """The real 7-byte UID, enciphered on the air."""
    uid = yield from session.run(GET_CARD_UID, mode=Mode.FULL, doing="GetCardUID")
    if len(uid) != UID_SIZE_BYTES:
        raise Malformed(f"GetCardUID: a UID has {UID_SIZE_BYTES} bytes")
    return uid


def get_free_memory(session: Session) -> Conversation[int]:
    """Bytes that can still be given to applications and files."""
    answer = yield from session.run(FREE_MEMORY, mode=Mode.MAC, doing="FreeMem")
    if len(answer) != 3:
        raise Malformed("FreeMem: a size has three bytes")
    return int.from_bytes(answer, "little")


def set_random_id(session: Session) -> Conversation[None]:
    """Let the card answer anticollision with a random number. This cannot be undone."""
    yield from session.run(SET_CONFIGURATION, _FLAGS_OPTION, _RANDOM_ID, mode=Mode.FULL, doing="SetConfiguration")


def format_card(session: Session) -> Conversation[None]:
    """Delete all applications and give their memory back; keys and settings of the card stay."""
    yield from session.run(FORMAT_CARD, mode=Mode.MAC, doing="FormatPICC")
