"""Every status, stage and deed has its word, and every deed of people its key."""

from server.pages.care.care_words import BUTTONS, DEEDS, STAGES, STATUSES
from server.services.care.care_case import Deed, Stage
from server.services.care.care_cases import BY_HAND
from server.services.care.rhythm import Status


def test_nothing_is_without_a_word():
    assert (set(STATUSES), set(STAGES), set(DEEDS)) == (set(Status), set(Stage), set(Deed))
    assert list(BUTTONS.values()) == list(BY_HAND)
