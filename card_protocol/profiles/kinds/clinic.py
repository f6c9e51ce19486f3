"""A clinic: somebody has come. What for is nobody's business here: the card holds a pointer and consent, no more.

The pointer file: 32 bytes opaque pointer, then one byte of consent bits, the rest zero. Without the consent to notes
on the card the person is checked in all the same, in the journal alone.
"""

from typing import Final

from card_protocol.profiles.card_records import ClinicVisit
from card_protocol.profiles.kinds.kind import CheckIn, Here, Kind, Use
from card_protocol.profiles.layout import CLINIC as APPLICATION
from card_protocol.words.point import PointKind
from card_protocol.words.service import Service

CONSENT_AT: Final = 32
CONSENT_TO_NOTES: Final = 0x01


def _record(here: Here) -> bytes:
    return ClinicVisit(here.wall_minutes, here.point).encode()


def _consents(pointer: bytes) -> bool:
    return bool(pointer[CONSENT_AT] & CONSENT_TO_NOTES)


CLINIC = Kind(
    PointKind.CLINIC,
    "check-in, noted on the card with consent",
    reads=(Use(APPLICATION, "pointer"),),
    writes=(Use(APPLICATION, "visits"),),
    check_in=CheckIn(APPLICATION, _record, Service.CHECKED_IN, _consents),
)
