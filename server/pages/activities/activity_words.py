"""What the closed lists of meetings and activities are called on a screen."""

from card_protocol.profiles.membership import Standing
from server.pages.i18n import N_
from server.services.activities.activity_life import ActivityKind, ActivityState, ActivityStep
from server.services.activities.quorum import Mark, Rule
from server.services.activities.sign_in import Way

KINDS: dict[str, str] = {
    ActivityKind.PARTY_MEETING: N_("Party branch meeting"),
    ActivityKind.PARTY_CLASS: N_("Party class"),
    ActivityKind.PARTY_DAY: N_("Party day"),
    ActivityKind.ASSEMBLY: N_("Residents' assembly"),
    ActivityKind.STUDY: N_("Study"),
    ActivityKind.VOLUNTEER: N_("Volunteering"),
    ActivityKind.SOCIAL: N_("Get-together"),
}

STATES: dict[str, tuple[str, str, str]] = {
    ActivityState.PLANNED: ("quiet", "clock", N_("Planned")),
    ActivityState.SIGN_IN: ("warn", "door-enter", N_("Sign-in open")),
    ActivityState.RUNNING: ("good", "player-play", N_("Going on")),
    ActivityState.HELD: ("good", "circle-check", N_("Held")),
    ActivityState.ADJOURNED: ("bad", "player-pause", N_("Adjourned")),
    ActivityState.CALLED_OFF: ("quiet", "ban", N_("Called off")),
}
"""State -> (colour, symbol, word)."""

STEPS: dict[str, tuple[str, str]] = {
    ActivityStep.OPEN: ("door-enter", N_("Open the sign-in")),
    ActivityStep.BEGIN: ("player-play", N_("Begin now")),
    ActivityStep.END: ("circle-check", N_("It was held")),
    ActivityStep.ADJOURN: ("player-pause", N_("Adjourn")),
    ActivityStep.CALL_OFF: ("ban", N_("Call it off")),
}

NEEDS_WHY = frozenset({ActivityStep.ADJOURN, ActivityStep.CALL_OFF})

MARKS: dict[str, tuple[str, str, str]] = {
    Mark.INVITED: ("quiet", "clock", N_("Not come yet")),
    Mark.PRESENT: ("good", "circle-check", N_("Here")),
    Mark.GUEST: ("quiet", "user", N_("Guest, does not count")),
    Mark.EXCUSED: ("warn", "info-circle", N_("Excused")),
    Mark.EXEMPT: ("quiet", "minus", N_("Not counted")),
    Mark.STRUCK: ("bad", "circle-x", N_("Struck out: another person's card")),
}

MARKS_AFTERWARDS: dict[str, tuple[str, str, str]] = MARKS | {Mark.INVITED: ("bad", "x", N_("Did not come"))}
"""The same when it was held, or adjourned for want of people."""


def marks_of(state: str) -> dict[str, tuple[str, str, str]]:
    """What marks are called while it is in a state."""
    return MARKS_AFTERWARDS if state in (ActivityState.HELD, ActivityState.ADJOURNED) else MARKS


WAYS: dict[str, str] = {Way.TAP: N_("card"), Way.NAME: N_("by name")}

RULES: dict[str, str] = {
    Rule.NONE: N_("No quorum"),
    Rule.MORE_THAN_HALF: N_("More than half"),
    Rule.TWO_THIRDS: N_("At least two thirds"),
    Rule.FOUR_FIFTHS: N_("At least four fifths"),
}

STANDINGS: dict[str, str] = {Standing.FULL: N_("Full member"), Standing.PROBATIONARY: N_("On probation")}
