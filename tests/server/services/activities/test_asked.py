"""What is asked of activities."""

import pytest
from pydantic import ValidationError

from card_protocol.words.moment import DAY_MS
from server.services.activities.asked import LASTS_MAX_MS, ActivityIn, standing
from server.services.activities.quorum import Count


@pytest.mark.parametrize(
    ("lasts_ms", "good"), [(1, True), (0, False), (-1, False), (LASTS_MAX_MS, True), (2 * DAY_MS + 1, False)]
)
def test_it_ends_after_it_begins_and_within_two_days(lasts_ms: int, good: bool) -> None:
    given = {"kind": "study", "title": "书法班", "from_ms": DAY_MS, "to_ms": DAY_MS + lasts_ms}
    if good:
        assert ActivityIn.model_validate(given).to_ms == DAY_MS + lasts_ms
        return
    with pytest.raises(ValidationError, match="ends after it begins"):
        ActivityIn.model_validate(given)


def test_how_a_quorum_stands() -> None:
    assert standing(Count(5, 3, 2)) == {"base": 5, "needed": 3, "there": 2, "quorate": False}
