"""Records: literal bytes, sizes of the layout, and numbers that do not fit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.errors import CallerFault, Malformed
from card_protocol.profiles.card_records import (
    AccessEvent,
    Attendance,
    ClinicVisit,
    Passage,
    PurseEntry,
    Visit,
    point_tag,
)
from card_protocol.profiles.layout import ACCESS, ACTIVITY, CARE, CLINIC, PROPERTY, PURSE

u8, u16, u32, u64 = (st.integers(0, 2**n - 1) for n in (8, 16, 32, 64))
RECORDS = {
    AccessEvent: st.builds(AccessEvent, u8, u16, u32, u64, u32, u32),
    Visit: st.builds(Visit, u8, u32, u32, u32),
    ClinicVisit: st.builds(ClinicVisit, u32, u32),
    Attendance: st.builds(Attendance, u8, u32, u32, u64, u64, u32),
    PurseEntry: st.builds(PurseEntry, st.integers(-(2**31), 2**31 - 1), u32, u32, u32),
}


@pytest.mark.parametrize(
    ("application", "file", "kind"),
    [
        (ACCESS, "events", AccessEvent),
        (CARE, "visits", Visit),
        (CLINIC, "visits", ClinicVisit),
        (ACTIVITY, "attendance", Attendance),
        (PROPERTY, "log", Visit),
        (PURSE, "log", PurseEntry),
    ],
)
def test_sizes_are_the_layouts(application, file, kind):
    assert kind.FORM.size == application.file(file).size_bytes


@given(st.one_of(*RECORDS.values()))
def test_round_trip(record):
    assert type(record).decode(record.encode()) == record


@pytest.mark.parametrize(
    ("record", "literal"),
    [
        (
            AccessEvent(Passage.IN, 2, 0xAABBCCDD, 1_790_000_000_000, 7, 12),
            "01000002AABBCCDD000001A0C4506C00000000070000000C",
        ),
        (PurseEntry(-500, 0xAABBCCDD, 3, 29_833_333), "FFFFFE0CAABBCCDD0000000301C73875"),
    ],
)
def test_literal_bytes(record, literal):
    assert record.encode().hex().upper() == literal


@pytest.mark.parametrize("kind", RECORDS)
def test_other_sizes(kind):
    with pytest.raises(Malformed, match=kind.__name__):
        kind.decode(bytes(kind.FORM.size + 1))


def test_numbers_that_do_not_fit():
    with pytest.raises(CallerFault, match="ClinicVisit"):
        ClinicVisit(-1, 0).encode()


def test_point_tags():
    assert point_tag("gw-1", "south-gate") == point_tag("gw-1", "south-gate")
    assert point_tag("gw-1", "south-gate") != point_tag("gw-1s", "outh-gate")
    assert 0 <= point_tag("", "") < 2**32
