"""Terms, and whom an incident is for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.services.incidents.incident_words import Matter
from server.services.units.roster_words import Body, Post, Term, covers, route, term_of


def post(name: str, body: Body = Body.GROUP, area: str = "", *matters: Matter, to_day: str | None = None) -> Post:
    return Post(name, body, "head", area, frozenset(matters), "2025-01-01", to_day)


@pytest.mark.parametrize(
    ("area", "house", "does"),
    [
        ("", "3-1-502", True),
        ("3", "3-1-502", True),
        ("3-1", "3-1-502", True),
        ("3", "31-1-502", False),
        ("3", "", False),
    ],
)
def test_which_houses_are_in_an_area(area: str, house: str, does: bool) -> None:
    assert covers(area, house) is does


def test_the_nearest_first_and_who_only_watches_is_not_sent() -> None:
    posts = [
        post("secretary", Body.PARTY),
        post("for care", Body.SOCIAL_WORKERS, "", Matter.CARE),
        post("building 3", Body.GROUP, "3"),
        post("entrance 3-1", Body.GROUP, "3-1"),
        post("building 4", Body.GROUP, "4"),
        post("delegate", Body.DELEGATES, "3-1"),
        post("gone", Body.GROUP, "3-1", to_day="2026-02-28"),
    ]
    found = [one.name for one in route(posts, Matter.CARE, "3-1-502", "2026-03-01")]
    assert found == ["entrance 3-1", "building 3", "for care", "secretary"]
    assert [one.name for one in route(posts, Matter.SAFETY, "", "2026-03-01")] == ["secretary"]
    assert "gone" in [one.name for one in route(posts, Matter.ORDER, "3-1-1", "2026-02-28")], "its last day counts"


DAYS = st.dates().map(lambda day: day.isoformat())


@given(DAYS, st.one_of(st.none(), DAYS), DAYS, DAYS)
def test_a_term_is_in_office_exactly_when_the_post_holds(first: str, last: str | None, day: str, soon: str) -> None:
    held = Post("x", Body.PARTY, "", "", frozenset(), first, last).holds(day)
    assert (term_of(first, last, day, max(soon, day)) in (Term.RUNS, Term.ENDS_SOON)) == held
