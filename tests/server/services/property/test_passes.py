"""Contractors' passes: what they open, and when, is decided by the one decider from an ordinary level and card."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from card_protocol.words.moment import DAY_MS
from server.services.access import access
from server.services.cards import cards
from server.services.problems import Code, Problem
from server.services.property import passes
from server.services.property.passes import PassIn
from tests.server.build import ADMIN, COMMUNITY, NOW_MS, Community

LIN = {
    "name": "林师傅",
    "company": "电梯维保",
    "points": ["south-gate-in"],
    "schedule": "always",
    "from_day": "2026-03-02",
    "to_day": "2026-03-04",
}
DAY_START_MS = NOW_MS - 8 * 3_600_000
"""Midnight of 2026-03-01 in Shanghai."""


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'server.db'}"


def test_these_doors_only_from_one_day_to_another(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        made = passes.make(work, COMMUNITY, PassIn.model_validate(LIN))
        assert (made.valid, made.ahead) == (False, True), "it begins tomorrow"
        level = access.level_of(work.session, made.level_id)
        assert level.points == frozenset({"south-gate-in"})
        first, end = passes.span_of(work.session, made.number)
        assert (first, end) == (DAY_START_MS + DAY_MS, DAY_START_MS + 4 * DAY_MS)
        assert made.holder_id is not None
        row = cards.reserve(
            work, made.holder_id, "04010203040599", [made.level_id], valid_from_ms=first, valid_to_ms=end
        )
        assert (row.valid_from_ms, row.valid_to_ms) == (first, end)
        assert [one.number for one in passes.listing(work.session, work.now_ms)] == [made.number]
        with pytest.raises(Problem) as told:
            passes.span_of(work.session, 99)
        assert told.value.code is Code.NOT_FOUND


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"points": ["clinic"]}, "points"),
        ({"points": ["nowhere"]}, "points"),
        ({"from_day": "2026-01-01", "to_day": "2026-02-28"}, "to_day"),
        ({"schedule": "never"}, "schedule"),
    ],
)
def test_what_a_pass_is_not_for(community: Community, bad: dict[str, object], field: str) -> None:
    with community.transactions.work(ADMIN) as work, pytest.raises(Problem) as told:
        passes.make(work, COMMUNITY, PassIn.model_validate(LIN | bad))
    assert list(told.value.fields) == [field]


@pytest.mark.parametrize("last", ["2026-03-01", "2027-04-01"])
def test_days_that_are_no_span_are_refused_at_the_last_one(last: str) -> None:
    with pytest.raises(ValidationError) as told:
        PassIn.model_validate(LIN | {"to_day": last, "points": []})
    assert [one["loc"] for one in told.value.errors()] == [("points",), ("to_day",)]
