"""A care station: check-in, and the meal from the purse on the card where the policy sets a price."""

from typing import Final

from card_protocol.profiles.card_records import Visit
from card_protocol.profiles.kinds.kind import CheckIn, Here, Kind, Use
from card_protocol.profiles.layout import CARE as APPLICATION
from card_protocol.profiles.layout import PURSE
from card_protocol.words.point import PointKind
from card_protocol.words.service import Service

STATION_VISIT: Final = 1
"""`Visit.kind` in the care log."""


def _record(here: Here) -> bytes:
    return Visit(STATION_VISIT, here.wall_minutes, here.point, 0).encode()


CARE = Kind(
    PointKind.CARE,
    "check-in; with a price, the meal from the purse",
    reads=(Use(APPLICATION, "profile"), Use(PURSE, "value"), Use(PURSE, "log"), Use(PURSE, "transaction mac")),
    writes=(Use(APPLICATION, "visits"), Use(PURSE, "value"), Use(PURSE, "log")),
    check_in=CheckIn(APPLICATION, _record, Service.CHECKED_IN),
    takes_money=True,
)
