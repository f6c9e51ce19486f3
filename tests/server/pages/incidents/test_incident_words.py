"""The words of incidents on screens."""

import pytest

from server.pages.i18n import Language, translator
from server.pages.incidents import incident_words as words
from server.pages.incidents.incident_words import clock_of, span
from server.services.incidents.incident_rights import asks_why
from server.services.incidents.incident_words import BY_ITSELF, Action, Matter, No, State, Tier, Urgency

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (words.STATES, State),
        (words.TIERS, Tier),
        (words.MATTERS, Matter),
        (words.URGENCIES, Urgency),
        (words.STEPS, Action),
        (words.REFUSALS, No),
    ],
)
def test_complete(table, values):
    assert set(table) == set(values)


def test_what_the_life_asks_for_the_form_asks_for_too():
    for action, step in words.STEPS.items():
        if action not in BY_ITSELF:
            assert asks_why(action) == bool(step.asks), action
            assert step.label
            assert step.consequence


@pytest.mark.parametrize("language", list(Language))
def test_no_two_labels_are_the_same(language):
    say = translator(language)
    labels = [say(step.label) for step in words.STEPS.values() if step.label]
    assert len(set(labels)) == len(labels)
    assert len({say(word) for _, _, word in words.STATES.values()}) == len(State)


@pytest.mark.parametrize(
    ("left", "tone", "text"),
    [
        (59 * MINUTE, "warn", "59 minutes left"),
        (HOUR, "quiet", "1 hour left"),
        (47 * HOUR, "quiet", "47 hours left"),
        (3 * DAY, "quiet", "3 days left"),
        (0, "bad", "overdue for 0 minutes"),
        (-61 * MINUTE, "bad", "overdue for 1 hour"),
    ],
)
def test_how_the_clock_stands(left, tone, text):
    clock = clock_of(DAY + left, DAY, Language.EN)
    assert (clock.tone, clock.text) == (tone, text)


def test_what_is_over_has_no_clock_and_chinese_has_no_plural():
    assert clock_of(None, 0, Language.EN) is None
    assert span(2 * HOUR, Language.ZH) == "2小时"
