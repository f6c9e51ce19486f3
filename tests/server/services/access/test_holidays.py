"""The official calendar, and what the community says against it."""

import pytest

from card_protocol.words.schedule import Calendar
from server.services.access import access, holidays
from server.services.problems import Problem
from tests.server.build import ADMIN, Community


def test_a_year_is_as_it_was_decided() -> None:
    decided = holidays.official(2026)
    assert {"2026-01-01", "2026-10-01", "2026-10-07"} <= decided.holidays
    assert "2026-10-10" in decided.workdays
    assert not decided.holidays & decided.workdays


def test_the_community_s_own_days_stay(community: Community) -> None:
    own = Calendar(holidays=frozenset({"2026-03-03"}), workdays=frozenset({"2026-10-01"}))
    with community.transactions.work(ADMIN) as work:
        access.set_calendar(work, own)
        after = holidays.take_over(work, 2026)
        assert {"2026-03-03", "2026-10-02"} <= after.holidays
        assert "2026-10-01" in after.workdays
        assert "2026-10-01" not in after.holidays
        assert holidays.take_over(work, 2026) == after
        assert len(holidays.take_over(work, 2025).holidays) > len(after.holidays)


@pytest.mark.parametrize("year", [1999, 2099])
def test_a_year_that_nobody_has_decided_says_so(year: int) -> None:
    with pytest.raises(Problem, match=f"for {year}, only for 2004 to"):
        holidays.official(year)
