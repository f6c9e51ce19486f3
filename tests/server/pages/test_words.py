"""Every value of the closed lists has a word and, where it is a state, a symbol."""

import pytest

from card_protocol.words.card import CardState
from card_protocol.words.event import EventKind
from card_protocol.words.moment import ClockQuality
from card_protocol.words.point import PointKind
from card_protocol.words.reason import Reason
from server.pages import words
from server.pages.i18n import Language
from server.services.people.holders import HolderKind
from server.services.roles import Role


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (words.CARD_STATES, set(CardState)),
        (words.CARD_SIGNS, set(CardState)),
        (words.HOLDER_KINDS, set(HolderKind)),
        (words.ROLES, set(Role)),
        (words.POINT_KINDS, set(PointKind)),
        (words.EVENT_KINDS, set(EventKind)),
        (words.CLOCKS, set(ClockQuality)),
        (words.REASONS, set(Reason)),
    ],
)
def test_complete(table, values):
    assert set(table) == values
    assert len({str(word) for word in table.values()}) == len(table), "two values look the same on a screen"


def test_a_grant_needs_no_words_and_a_refusal_has_two():
    assert words.reason_words(Reason.GRANTED, Language.EN) == ("", "")
    for reason in set(Reason) - {Reason.GRANTED}:
        for language in Language:
            why, todo = words.reason_words(reason, language)
            assert why
            assert todo


def test_what_the_guard_does_in_both_languages():
    assert "cable" in words.guard_sentence(EventKind.READER_LOST, Language.EN)
    assert "接线" in words.guard_sentence(EventKind.READER_LOST, Language.ZH)
