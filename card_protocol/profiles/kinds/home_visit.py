"""A home visit: the worker taps at the resident's door, coming and going. It is noted on the worker's own card."""

from typing import Final

from card_protocol.profiles.card_records import Visit
from card_protocol.profiles.kinds.kind import CheckIn, Here, Kind, Use
from card_protocol.profiles.layout import CARE as APPLICATION
from card_protocol.words.point import PointKind
from card_protocol.words.service import Service

HOME_VISIT_NOTE: Final = 2
"""`Visit.kind` in the care log."""


def _record(here: Here) -> bytes:
    return Visit(HOME_VISIT_NOTE, here.wall_minutes, here.point, 0).encode()


HOME_VISIT = Kind(
    PointKind.HOME_VISIT,
    "a worker's tap at a resident's door",
    reads=(Use(APPLICATION, "profile"),),
    writes=(Use(APPLICATION, "visits"),),
    check_in=CheckIn(APPLICATION, _record, Service.VISIT_NOTED),
)
