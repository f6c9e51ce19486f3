"""CreateApplication's parameters, built and taken apart; the refusals stand in test_applications."""

from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.card.commands.application_format import NewApplication, parse
from tests.firmware_sim.reader import le3


@st.composite
def wanted(draw: st.DrawFn) -> tuple[bytes, NewApplication]:
    aid, settings, keys = draw(st.integers(1, 0xFFFFFF)), draw(st.integers(0, 255)), draw(st.integers(1, 14))
    sets = draw(st.none() | st.integers(2, 16))
    version, roll = draw(st.integers(0, 255)), draw(st.integers(0, min(keys - 1, 7)))
    iso_files = draw(st.booleans())
    iso_id, name = draw(st.none() | st.integers(0, 0xFFFF)), draw(st.binary(max_size=16))
    raw = le3(aid) + bytes((settings, 0x80 | iso_files << 5 | (sets is not None) << 4 | keys))
    if sets is not None:
        raw += bytes((0x01, version, sets, 16, roll))
    if iso_id is not None:
        raw += iso_id.to_bytes(2, "little") + name
    return raw, NewApplication(
        aid, settings, keys, iso_files,
        version if sets else 0, sets or 1, roll if sets else None, iso_id, name if iso_id is not None else b"",
    )  # fmt: skip


@given(wanted())
def test_round_trip(case: tuple[bytes, NewApplication]) -> None:
    raw, expected = case
    assert parse(raw) == expected
