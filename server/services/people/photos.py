"""Portraits: a small JPEG of a person, without what cameras write beside it (place, time, device).

Only of people who consented (services.people.consents); who takes the consent back takes the portrait away.
"""

import struct

from sqlmodel import Session

from server.services import audit
from server.services.people import holders
from server.services.problems import Code, Problem
from server.services.work import Work
from server.tables import HolderPhotoRow

PHOTO_MAX_BYTES = 400_000
SIDE_MIN_PIXELS, SIDE_MAX_PIXELS = 64, 2000

_START, _END, _SCAN = b"\xff\xd8", b"\xff\xd9", 0xDA
_FRAMES = {0xC0, 0xC1, 0xC2}
"""Baseline, extended and progressive frames (ITU-T T.81, table B.1)."""
_METADATA = {*range(0xE1, 0xF0), 0xFE}
"""APP1 (Exif, with the place) to APP15, and comments; APP0 (JFIF) stays."""


def put(work: Work, holder_id: str, data: bytes) -> None:
    """Keep a portrait; Problem INVALID when it is no JPEG of a fitting size."""
    row = holders.row_of(work.session, holder_id)
    plain = without_metadata(data)
    work.session.merge(HolderPhotoRow(holder_id=holder_id, data=plain, changed_ms=work.now_ms))
    row.changed_ms = work.now_ms
    work.session.add(row)
    work.session.flush()
    audit.record(work, "holder.photo", f"holder:{holder_id}", after={"bytes": len(plain)})


def remove(work: Work, holder_id: str) -> None:
    """Forget a portrait."""
    photo = work.session.get(HolderPhotoRow, holder_id)
    if photo is not None:
        work.session.delete(photo)
        work.session.flush()
        audit.record(work, "holder.photo", f"holder:{holder_id}", before={"bytes": len(photo.data)})


def of(session: Session, holder_id: str) -> bytes | None:
    """The JPEG, if there is one."""
    photo = session.get(HolderPhotoRow, holder_id)
    return photo.data if photo else None


def without_metadata(data: bytes) -> bytes:
    """The same picture with nothing but what is needed to show it; Problem INVALID (ITU-T T.81, annex B)."""
    if len(data) > PHOTO_MAX_BYTES or not data.startswith(_START):
        raise _no_photo()
    kept, place, sized = [_START], 2, False
    while place + 4 <= len(data):
        marker, kind = data[place], data[place + 1]
        (length,) = struct.unpack_from(">H", data, place + 2)
        segment = data[place : place + 2 + length]
        if marker != 0xFF or length < 2 or len(segment) != length + 2:
            raise _no_photo()
        if kind in _FRAMES:
            sized = _fits(segment)
        if kind == _SCAN:
            if not sized or not data.rstrip(b"\x00").endswith(_END):
                raise _no_photo()
            return b"".join([*kept, data[place:]])
        if kind not in _METADATA:
            kept.append(segment)
        place += 2 + length
    raise _no_photo()


def _fits(frame: bytes) -> bool:
    if len(frame) < 9:
        raise _no_photo()
    height, width = struct.unpack_from(">HH", frame, 5)
    if not all(SIDE_MIN_PIXELS <= side <= SIDE_MAX_PIXELS for side in (height, width)):
        raise _no_photo()
    return True


def _no_photo() -> Problem:
    return Problem(
        Code.INVALID, "A JPEG of 64 to 2000 pixels a side and at most 400 kB.", fields={"photo": "not fitting"}
    )
