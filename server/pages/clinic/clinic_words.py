"""What the closed lists of the clinic are called on a screen."""

from server.pages.i18n import N_
from server.services.clinic.clinic_queue import MOVES, Move, Place
from server.services.clinic.recalls import RecallKind

PLACES: dict[str, tuple[str, str, str]] = {
    Place.WAITING: ("quiet", "clock", N_("Waiting")),
    Place.CALLED: ("warn", "bell-ringing", N_("Called")),
    Place.INSIDE: ("good", "door-enter", N_("With the doctor")),
    Place.MISSED: ("bad", "user", N_("Called, not here")),
    Place.DONE: ("good", "circle-check", N_("Done")),
    Place.LEFT: ("quiet", "logout", N_("Gone")),
}
"""Place -> (colour, symbol, word)."""

MOVE_WORDS: dict[str, str] = {
    Move.CALL: N_("Call"),
    Move.ENTER: N_("Comes in"),
    Move.FINISH: N_("Done"),
    Move.MISS: N_("Not here"),
    Move.RETURN: N_("Here again"),
    Move.LEAVE: N_("Gone"),
}

MOVES_FROM: dict[str, list[str]] = {place: [move for (at, move) in MOVES if at is place] for place in Place}
"""Place -> what can happen there, from the table."""

RECALLS: dict[str, str] = {
    RecallKind.FOLLOW_UP: N_("Follow-up"),
    RecallKind.CHECK_UP: N_("Check-up"),
    RecallKind.VACCINATION: N_("Vaccination"),
    RecallKind.MEASURING: N_("Measuring"),
}
