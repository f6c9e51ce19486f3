"""Parking permits."""

from pathlib import Path

import pytest

from server.services.problems import Code, Problem
from server.services.property import parking
from server.services.property.parking import PermitIn, plate_of
from tests.server.build import ADMIN, Community

CAR = {"plate": "浙a·12345", "house": "3-1-502", "place": "b-7", "from_day": "2026-01-01", "to_day": "2026-12-31"}


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'server.db'}"


@pytest.mark.parametrize(
    ("text", "plate"), [("浙a·12345", "浙A12345"), ("浙 AD12345", "浙AD12345"), ("沪-B1234X", "沪B1234X")]
)
def test_plates_are_written_in_one_way(text: str, plate: str) -> None:
    assert plate_of(text) == plate


@pytest.mark.parametrize("text", ["", "A12345", "浙12345", "浙A1234", "浙A1234567"])
def test_what_is_no_plate_is_refused(text: str) -> None:
    with pytest.raises(Problem) as told:
        plate_of(text)
    assert list(told.value.fields) == ["plate"]


def test_a_car_has_one_permit_and_a_place_one_car(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        made = parking.grant(work, PermitIn.model_validate(CAR | {"house": "3幢1单元502室"}))
        assert (made.plate, made.house, made.place, made.valid) == ("浙A12345", "3-1-502", "B-7", True)
        for bad, field in (
            ({"place": ""}, "plate"),
            ({"plate": "浙B12345", "place": "B-7"}, "place"),
            ({"plate": "浙C12345", "place": "", "to_day": "2025-12-31"}, "to_day"),
        ):
            with pytest.raises(Problem) as told:
                parking.grant(work, PermitIn.model_validate(CAR | bad))
            assert list(told.value.fields) == [field]
        next_year = {"from_day": "2027-01-01", "to_day": "2027-12-31"}
        later = parking.grant(work, PermitIn.model_validate(CAR | next_year))
        assert (later.valid, later.ahead, made.ahead) == (False, True, False)
        assert [one.number for one in parking.listing(work.session, work.now_ms)] == [later.number, made.number]
        assert [one.number for one in parking.listing(work.session, work.now_ms, plate="a123")] == [
            later.number,
            made.number,
        ]
        assert parking.listing(work.session, work.now_ms, plate="%") == []
        assert parking.end(work, made.number).to_day == "2026-02-28"
        assert [one.number for one in parking.listing(work.session, work.now_ms)] == [later.number]
        with pytest.raises(Problem) as told:
            parking.end(work, 99)
        assert told.value.code is Code.NOT_FOUND


def test_one_that_was_ended_before_it_began_is_in_nobodys_way(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        later = parking.grant(work, PermitIn.model_validate(CAR | {"from_day": "2026-06-01"}))
        never = parking.end(work, later.number)
        assert (later.ahead, never.valid, never.ahead) == (True, False, False)
        assert parking.grant(work, PermitIn.model_validate(CAR)).valid
