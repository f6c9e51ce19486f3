"""What the marks of a list are called, before and afterwards."""

import pytest

from server.pages.activities.activity_words import marks_of
from server.services.activities.activity_life import ActivityState
from server.services.activities.quorum import Mark

OVER = {ActivityState.HELD, ActivityState.ADJOURNED}


@pytest.mark.parametrize("state", ActivityState)
def test_who_was_missing_did_not_come_once_it_is_over(state):
    marks = marks_of(state)
    assert set(marks) == set(Mark)
    assert marks[Mark.INVITED][2] == ("Did not come" if state in OVER else "Not come yet")
    assert marks[Mark.PRESENT][2] == "Here"
