"""The invented community is whole: codes, points, levels and people fit each other."""

from itertools import pairwise

from card_protocol.words.division import parent_of
from card_protocol.words.point import Direction
from onecard.demo.community import AREAS, LEVELS, ORG_UNITS, POINTS, SCHEDULES, residents


def test_four_levels_of_administration_one_below_the_other() -> None:
    codes = [code for code, _, _ in ORG_UNITS]
    assert parent_of(codes[0]) is None
    assert all(parent_of(below) == above for above, below in pairwise(codes))


def test_forty_residents_with_names_of_their_own() -> None:
    people = residents()
    assert len(people) == 40
    assert len({person.name for person in people}) == 40
    assert all(len(person.name) == 3 for person in people)


def test_every_area_that_people_pass_into_has_a_name_for_screens() -> None:
    passed = {point.area for point in POINTS if point.direction is not Direction.NONE}
    assert {name for name, _, _ in AREAS} == passed


def test_levels_name_points_and_schedules_that_exist() -> None:
    points, schedules = {p.id for p in POINTS}, {s.id for s in SCHEDULES}
    assert len(POINTS) == 6
    for level in LEVELS:
        assert set(level.points) <= points
        assert level.schedule in schedules
    names = {level.id for level in LEVELS}
    assert all(set(person.levels) <= names for person in residents())
