"""What the closed lists of the house are called on a screen."""

from card_protocol.words.card import CardState
from card_protocol.words.event import EventKind
from card_protocol.words.moment import ClockQuality
from card_protocol.words.point import Direction, PointKind
from card_protocol.words.reason import Reason
from server.pages.i18n import N_, Language
from server.services.holders import HolderKind
from server.services.roles import Role

CARD_STATES: dict[str, str] = {
    CardState.STOCK: N_("In stock"),
    CardState.ISSUED: N_("Issued, not yet active"),
    CardState.ACTIVE: N_("Active"),
    CardState.SUSPENDED: N_("Suspended"),
    CardState.LOST: N_("Lost"),
    CardState.REVOKED: N_("Revoked"),
    CardState.RETURNED: N_("Returned"),
}
CARD_SIGNS: dict[str, tuple[str, str]] = {
    CardState.STOCK: ("quiet", "credit-card"),
    CardState.ISSUED: ("quiet", "clock"),
    CardState.ACTIVE: ("good", "circle-check"),
    CardState.SUSPENDED: ("warn", "player-pause"),
    CardState.LOST: ("bad", "alert-triangle"),
    CardState.REVOKED: ("bad", "ban"),
    CardState.RETURNED: ("quiet", "arrow-back-up"),
}
"""State -> (colour, symbol)."""

HOLDER_KINDS: dict[str, str] = {
    HolderKind.RESIDENT: N_("Resident"),
    HolderKind.WORKER: N_("Worker"),
    HolderKind.VISITOR: N_("Visitor"),
}

ROLES: dict[str, str] = {
    Role.ADMIN: N_("Administrator"),
    Role.GUARD: N_("Guard"),
}

POINT_KINDS: dict[str, tuple[str, str]] = {
    PointKind.GATE: ("building-community", N_("Gate")),
    PointKind.DOOR: ("door", N_("Door")),
    PointKind.CLINIC: ("stethoscope", N_("Clinic")),
    PointKind.CARE: ("heart-handshake", N_("Care station")),
    PointKind.ACTIVITY: ("activity", N_("Activity room")),
    PointKind.DESK: ("id-badge-2", N_("Card desk")),
}
"""Kind -> (symbol, word)."""

DIRECTIONS: dict[str, tuple[str, str]] = {
    Direction.IN: ("door-enter", N_("In")),
    Direction.OUT: ("door-exit", N_("Out")),
}

EVENT_KINDS: dict[str, str] = {
    EventKind.TAP: N_("Tap"),
    EventKind.JOURNAL_OPENED: N_("New journal opened"),
    EventKind.JOURNAL_DAMAGED: N_("Journal was damaged and set aside"),
    EventKind.GAP: N_("Events are missing"),
    EventKind.POLICY_APPLIED: N_("New policy applied"),
    EventKind.POLICY_REFUSED: N_("Policy refused"),
    EventKind.REVOCATION_APPLIED: N_("Revocation applied"),
    EventKind.MESSAGE_REFUSED: N_("Message refused"),
    EventKind.READER_LOST: N_("Reader lost"),
    EventKind.READER_BACK: N_("Reader is back"),
    EventKind.COMMIT_LATE: N_("Journal too slow"),
}

CLOCKS: dict[str, str] = {
    ClockQuality.UNKNOWN: N_("unknown: the order is right, the time is not"),
    ClockQuality.FLOOR: N_("at least this late; the clock had stopped"),
    ClockQuality.RTC: N_("by the gateway's own clock"),
    ClockQuality.NTP: N_("by a time server"),
    ClockQuality.SERVER: N_("by this server"),
}


def reason_words(reason: Reason, language: Language) -> tuple[str, str]:
    """(why, what the guard does) of a verdict."""
    return reason.value, ""
