"""Portraits, from literal JPEG segments."""

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.services.people import photos
from server.services.people.photos import PHOTO_MAX_BYTES, without_metadata
from server.services.problems import Code, Problem
from tests.server.build import ADMIN, Community


def segment(kind: int, body: bytes) -> bytes:
    return bytes([0xFF, kind]) + struct.pack(">H", len(body) + 2) + body


def jpeg(width: int = 100, height: int = 120, *extra: bytes) -> bytes:
    """The skeleton of a baseline JPEG (ITU-T T.81, annex B)."""
    frame = segment(0xC0, b"\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00")
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\x34"
    return b"\xff\xd8" + segment(0xE0, b"JFIF\0") + b"".join(extra) + frame + scan + b"\xff\xd9"


def test_place_and_comments_are_taken_out_and_the_picture_stays() -> None:
    exif, comment = segment(0xE1, b"Exif\0\0 GPS 30.3 120.1"), segment(0xFE, b"secret")
    assert without_metadata(jpeg(100, 120, exif, comment)) == jpeg()
    assert without_metadata(jpeg()) == jpeg()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        jpeg(63),
        jpeg(100, 2001),
        jpeg()[:-2],
        jpeg()[:30],
        b"\xff\xd8" + b"\0" * 50,
        jpeg() + b"\xff\xd9" * PHOTO_MAX_BYTES,
    ],
    ids=range(8),
)
def test_what_is_no_portrait_is_refused(data: bytes) -> None:
    with pytest.raises(Problem) as told:
        without_metadata(data)
    assert told.value.code is Code.INVALID


@given(st.binary(max_size=200))
def test_any_bytes_behind_a_jpegs_first_are_answered(data: bytes) -> None:
    with contextlib.suppress(Problem):
        assert without_metadata(b"\xff\xd8" + data).startswith(b"\xff\xd8")


def test_a_portrait_is_kept_and_forgotten(community: Community) -> None:
    person = community.holder()
    with community.transactions.work(ADMIN) as work:
        photos.put(work, person.id, jpeg())
        photos.put(work, person.id, jpeg(200))
        assert photos.of(work.session, person.id) == jpeg(200)
        photos.remove(work, person.id)
        photos.remove(work, person.id)
        assert photos.of(work.session, person.id) is None
