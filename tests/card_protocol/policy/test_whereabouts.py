"""Who is where: the arithmetic that gateways and the server share."""

from hypothesis import given
from hypothesis import strategies as st

from card_protocol.policy.whereabouts import Whereabouts
from card_protocol.words.point import Direction

IN, OUT = Direction.IN, Direction.OUT
LI, WANG = "0000000000000001", "0000000000000002"


def told(*passages: tuple[str, str, Direction]) -> Whereabouts[int]:
    where: Whereabouts[int] = Whereabouts()
    for at, (area, holder, direction) in enumerate(passages):
        where.passed(area, holder, direction, at)
    return where


def inside(where: Whereabouts[int], area: str) -> list[str]:
    return [holder for holder, _ in where.inside(area)]


def test_in_and_out() -> None:
    where = told(("yard", LI, IN), ("yard", WANG, IN), ("yard", LI, OUT))
    assert list(where.inside("yard")) == [(WANG, 1)]
    assert where.last("yard", LI) == (OUT, 2)
    assert where.last("house", LI) is None


def test_a_point_without_a_direction_moves_nobody() -> None:
    assert told(("clinic", LI, Direction.NONE)).last("clinic", LI) is None


def test_who_leaves_the_compound_has_left_the_house_in_it() -> None:
    where = told(("yard", LI, IN), ("house", LI, IN), ("house", WANG, IN), ("yard", LI, OUT))
    assert inside(where, "house") == [WANG]
    assert where.last("house", LI) is None, "and may enter it again"


def test_who_leaves_the_house_is_still_in_the_compound() -> None:
    assert inside(told(("yard", LI, IN), ("house", LI, IN), ("house", LI, OUT)), "yard") == [LI]


def test_a_way_out_of_where_nobody_was_seen_going_in_empties_nothing_else() -> None:
    assert inside(told(("house", LI, IN), ("yard", LI, OUT)), "house") == [LI]


def test_a_muster_point_is_outside_of_everything_until_the_next_entry() -> None:
    where = told(("yard", LI, IN), ("house", LI, IN), ("house", WANG, IN))
    where.mustered(LI, 10)
    where.mustered(LI, 11)
    assert (inside(where, "yard"), inside(where, "house")) == ([], [WANG])
    assert [(holder, safe.at, sorted(safe.left)) for holder, safe in where.safe()] == [(LI, 11, ["house", "yard"])]
    where.passed("house", LI, IN, 12)
    assert list(where.safe()) == []
    assert inside(where, "house") == [WANG, LI]


def test_forgiveness() -> None:
    where = told(("yard", LI, IN), ("yard", WANG, IN))
    where.forgive("yard", LI)
    assert inside(where, "yard") == [WANG]
    where.forgive("yard")
    where.forgive("nowhere", LI)
    assert inside(where, "yard") == []


passages = st.tuples(
    st.sampled_from(["yard", "house", "flat"]), st.sampled_from("abcd"), st.sampled_from([IN, OUT, None])
)


@given(st.lists(passages, max_size=40), st.integers(1, 3))
def test_everybody_is_told_of_once_and_memory_has_a_bound(
    story: list[tuple[str, str, Direction | None]], most: int
) -> None:
    where: Whereabouts[int] = Whereabouts(most)
    for at, (area, holder, direction) in enumerate(story):
        if direction is None:
            where.mustered(holder, at)
        else:
            where.passed(area, holder, direction, at)
    safe = {holder for holder, _ in where.safe()}
    assert len(safe) <= most
    for area in ("yard", "house", "flat"):
        people = inside(where, area)
        assert len(people) == len(set(people)) <= most
        assert not safe & set(people)
        for holder in people:
            last = max(i for i, told in enumerate(story) if told[:2] == (area, holder))
            assert story[last][2] is IN


def test_when_somebody_was_seen_last_at_each_place() -> None:
    where = told(("yard", LI, IN), ("house", LI, IN), ("yard", WANG, IN))
    assert list(where.seen(LI)) == [0, 1]
    assert where.mustered_at(LI) is None
    where.mustered(LI, 9)
    assert (list(where.seen(LI)), where.mustered_at(LI)) == ([9], 9)
    assert list(where.seen("0000000000000009")) == []
