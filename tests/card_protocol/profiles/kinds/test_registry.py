"""All kinds together."""

from pathlib import Path

import pytest

import card_protocol
from card_protocol.profiles.kinds.registry import KINDS, holders_at, kinds_table
from card_protocol.profiles.layout import Holder
from card_protocol.words.point import Point, PointKind

README = Path(card_protocol.__file__).parent / "profiles" / "kinds" / "README.md"
SEALED_OFF = {Holder.CARE_POINT, Holder.CLINIC_POINT, Holder.ACTIVITY_POINT, Holder.PROPERTY_POINT, Holder.PAY_POINT}


@pytest.mark.parametrize("kind", PointKind)
def test_every_kind_has_its_file_its_test_and_its_row(kind: PointKind) -> None:
    assert KINDS[kind].kind is kind
    assert (README.parent / f"{kind}.py").is_file()
    assert (Path(__file__).parent / f"test_{kind}.py").is_file()
    assert f"| {kind} | " in kinds_table()


def test_the_readme_has_this_table() -> None:
    assert kinds_table() in README.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", [kind for kind in PointKind if KINDS[kind].has_passage])
def test_where_people_walk_through_no_key_to_anything_else_is_ever_given(kind: PointKind) -> None:
    assert not holders_at(_point(kind)) & SEALED_OFF


def test_a_station_that_sells_nothing_gets_no_key_to_a_purse() -> None:
    assert Holder.PAY_POINT not in holders_at(_point(PointKind.CARE))
    assert Holder.PAY_POINT in holders_at(_point(PointKind.CARE).model_copy(update={"price_fen": 800}))


def _point(kind: PointKind) -> Point:
    return Point(id="p", kind=kind, name_zh="点", name_en="P", area="a")
