"""Every place, move and kind of recall has its word."""

from server.pages.clinic.clinic_words import MOVE_WORDS, MOVES_FROM, PLACES, RECALLS
from server.services.clinic.clinic_queue import ENDED, Move, Place
from server.services.clinic.recalls import RecallKind


def test_nothing_is_without_a_word():
    assert (set(PLACES), set(MOVE_WORDS), set(RECALLS)) == (set(Place), set(Move), set(RecallKind))
    assert {place for place, moves in MOVES_FROM.items() if not moves} == ENDED
