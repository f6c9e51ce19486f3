"""Activity sign-in: the attendance goes into the card's own log, which no door can read.

Which activity it was, the server knows by point and time: the record's activity stays zero here.
"""

from typing import Final

from card_protocol.profiles.card_records import Attendance
from card_protocol.profiles.kinds.kind import CheckIn, Here, Kind, Use
from card_protocol.profiles.layout import ACTIVITY as APPLICATION
from card_protocol.profiles.membership import standing_on
from card_protocol.words.point import PointKind
from card_protocol.words.service import Service

SIGN_IN: Final = 1
"""`Attendance.kind`."""


def _record(here: Here) -> bytes:
    return Attendance(SIGN_IN, here.wall_minutes, here.point, 0, 0, 0).encode()


def _is_member(content: bytes) -> bool:
    return standing_on(content) is not None


ACTIVITY = Kind(
    PointKind.ACTIVITY,
    "sign-in",
    reads=(Use(APPLICATION, "membership"),),
    writes=(Use(APPLICATION, "attendance"),),
    check_in=CheckIn(APPLICATION, _record, Service.ATTENDED, member=_is_member),
)
