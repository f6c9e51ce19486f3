"""Points and the order of assurances."""

from hypothesis import given

from card_protocol.words.point import Assurance, Point, PointKind
from tests.support.codecs import assert_round_trip, assert_strict
from tests.support.strategies import points


@given(points)
def test_round_trip_and_strictness(point: Point) -> None:
    assert_round_trip(point)
    assert_strict(point)


def test_a_point_is_strict_by_default() -> None:
    point = Point(id="unit-3", kind=PointKind.DOOR, name_zh="3 单元", name_en="Unit 3", area="unit-3")
    assert point.minimum_assurance is Assurance.CARD
    assert not point.uid_waived


def test_a_copyable_number_is_weaker_than_a_reader_and_that_than_a_card() -> None:
    assert Assurance.UID.rank < Assurance.READER.rank < Assurance.CARD.rank
