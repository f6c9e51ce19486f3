"""What the closed lists of elderly care are called on a screen."""

from server.pages.i18n import N_
from server.services.care.care_case import Deed, Stage
from server.services.care.care_cases import BY_HAND
from server.services.care.rhythm import Status

STATUSES: dict[str, tuple[str, str, str]] = {
    Status.SILENT: ("bad", "alert-triangle", N_("Not seen")),
    Status.UNKNOWN: ("warn", "plug-connected-x", N_("Unknown: a gateway is offline")),
    Status.NEVER: ("quiet", "clock", N_("Not seen in six weeks")),
    Status.AWAY: ("quiet", "logout", N_("Away")),
    Status.HOSPITAL: ("quiet", "stethoscope", N_("In hospital")),
    Status.NO_CONSENT: ("quiet", "ban", N_("No consent: not looked at")),
    Status.WELL: ("good", "circle-check", N_("Seen as usual")),
}
"""Status -> (colour, symbol, word)."""

STAGES: dict[str, str] = {
    Stage.RESIDENT: N_("Call them"),
    Stage.CONTACT: N_("Call their contact"),
    Stage.COMMUNITY: N_("Go there"),
    Stage.STREET: N_("The street decides"),
    Stage.CLOSED: N_("Closed"),
}

DEEDS: dict[str, tuple[str, str]] = {
    Deed.OVERDUE: ("clock", N_("Time ran out")),
    Deed.NOT_REACHED: ("phone", N_("Called: nobody answers")),
    Deed.VISITING: ("home", N_("On the way there")),
    Deed.SEEN: ("circle-check", N_("Seen again")),
    Deed.WELL: ("check", N_("Reached, and well")),
    Deed.AWAY: ("logout", N_("Away")),
    Deed.HOSPITAL: ("stethoscope", N_("In hospital")),
    Deed.HELPED: ("heart-handshake", N_("Needed help, and got it")),
    Deed.WITHDRAWN: ("ban", N_("Consent taken back")),
}
"""Deed -> (symbol, word)."""

BUTTONS = {str(number): deed for number, deed in enumerate(BY_HAND, 1)}
"""Key -> deed."""
