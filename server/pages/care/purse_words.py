"""What the closed lists of purses are called on a screen."""

from server.pages.i18n import N_
from server.services.purses.carry_over import Why
from server.services.purses.purse_books import Fate, ItemKind, Proof

FATES: dict[str, tuple[str, str, str]] = {
    Fate.DONE: ("good", "circle-check", N_("Booked")),
    Fate.NOT_DONE: ("quiet", "arrow-back-up", N_("Broke off, nothing taken")),
    Fate.OPEN: ("warn", "clock", N_("Broke off: the card's next tap tells")),
}
"""Fate -> (colour, symbol, word)."""

PROOFS: dict[str, tuple[str, str, str]] = {
    Proof.PROVEN: ("good", "shield-check", N_("Proven by the card")),
    Proof.FALSE: ("bad", "shield-x", N_("Not the card's proof")),
    Proof.NONE: ("quiet", "info-circle", N_("No proof needed")),
}

ITEMS: dict[str, tuple[str, str]] = {
    ItemKind.MISSING: (
        N_("Not reported"),
        N_("A station has not told of it yet, or never will. Is it offline?"),
    ),
    ItemKind.TORN: (N_("Broke off"), N_("The card was pulled away. Its next tap, here or elsewhere, tells.")),
    ItemKind.TWICE: (N_("Same number twice"), N_("Two payments claim one place in the card's count: look at both.")),
    ItemKind.FALSE_PROOF: (N_("False proof"), N_("The card did not confirm this. Tell the administrator.")),
    ItemKind.UNEQUAL: (N_("Does not add up"), N_("Balance before, amount and balance after do not agree.")),
}
"""Kind -> (what, what to do)."""

HINDRANCES: dict[str, str] = {
    Why.WORKS: N_("The card works: report it lost first."),
    Why.UNKNOWN: N_("No station has reported what the card holds."),
    Why.EMPTY: N_("There is nothing on it."),
    Why.OPEN: N_("Something stands open in its books (below)."),
    Why.PAYS: N_("This station has not heard yet that the card is lost: it could still take money from it."),
    Why.SILENT: N_(
        "This station has not reported everything since the card was lost: look again in a minute, or when it is "
        "online again."
    ),
    Why.GONE: N_("Of this station something will never be reported: the box was shut out, or its journal has a hole."),
    Why.MOVED: N_("It has been moved already."),
    Why.MOVING: N_("It was begun and broke off: lay the card that it went to on the reader again, and top it up."),
}
"""Why the money of a lost card does not move yet."""
