"""What the closed lists of the house are called on a screen."""

from card_protocol.words.card import CardState
from card_protocol.words.event import EventKind
from card_protocol.words.moment import ClockQuality
from card_protocol.words.point import Direction, PointKind
from card_protocol.words.reason import Reason
from card_protocol.words.sentences import event_sentence, sentence
from server.pages.i18n import N_, Language, translator
from server.services.people.consents import Purpose
from server.services.people.holders import HolderKind
from server.services.people.households import Relation, Tenure
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

RELATIONS: dict[str, str] = {
    Relation.UNKNOWN: N_("not said"),
    Relation.HEAD: N_("Head of the household"),
    Relation.SPOUSE: N_("Spouse"),
    Relation.CHILD: N_("Child"),
    Relation.PARENT: N_("Parent"),
    Relation.RELATIVE: N_("Relative"),
    Relation.OTHER: N_("Other"),
}

TENURES: dict[str, str] = {
    Tenure.UNKNOWN: N_("not said"),
    Tenure.OWNER: N_("Owner"),
    Tenure.TENANT: N_("Tenant"),
}

PURPOSES: dict[str, tuple[str, str]] = {
    Purpose.PHOTO: (
        N_("Portrait"),
        N_("A portrait is kept and shown to guards, so that nobody else uses the card. It goes when this ends."),
    ),
    Purpose.CARE: (
        N_("Elderly care"),
        N_("Visits at the care station are recorded, so that a carer notices when somebody stays away."),
    ),
    Purpose.CLINIC: (
        N_("Clinic"),
        N_("Visits at the clinic are recorded for the clinic alone; no medical data is kept on the card."),
    ),
    Purpose.ACTIVITY: (
        N_("Activities"),
        N_("Attendance at activities is recorded for those who hold them."),
    ),
    Purpose.NOT_SEEN: (
        N_("Being asked after"),
        N_("When the card was used is looked at, never where, so that somebody asks after me when I am not seen."),
    ),
}
"""Purpose of a consent -> (what, what for)."""

ROLES: dict[str, str] = {
    Role.ADMIN: N_("Administrator"),
    Role.GUARD: N_("Guard"),
    Role.CLERK: N_("Desk clerk"),
    Role.NURSE: N_("Nurse"),
    Role.CARE: N_("Care worker"),
    Role.PARTY: N_("Party affairs"),
    Role.ORGANISER: N_("Organiser of activities"),
    Role.PROPERTY: N_("Property company"),
    Role.OFFICIAL: N_("Official"),
    Role.AUDITOR: N_("Auditor"),
    Role.PRIVACY: N_("In charge of personal data"),
    Role.INSTALLER: N_("Installer"),
    Role.DESK: N_("Card desk agent"),
    Role.SYSTEM: N_("The server itself"),
}

POINT_KINDS: dict[str, tuple[str, str]] = {
    PointKind.GATE: ("building-community", N_("Gate")),
    PointKind.DOOR: ("door", N_("Door")),
    PointKind.TURNSTILE: ("door-enter", N_("Turnstile")),
    PointKind.LIFT: ("door", N_("Lift")),
    PointKind.CLINIC: ("stethoscope", N_("Clinic")),
    PointKind.CARE: ("heart-handshake", N_("Care station")),
    PointKind.HOME_VISIT: ("home", N_("Home visit")),
    PointKind.ACTIVITY: ("activity", N_("Activity room")),
    PointKind.DESK: ("id-badge-2", N_("Card desk")),
    PointKind.MUSTER: ("users", N_("Muster point")),
    PointKind.UPDATER: ("refresh", N_("Card updater")),
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
    EventKind.POINT_MISFIT: N_("Point set up wrongly"),
    EventKind.KEYS_APPLIED: N_("New card keys applied"),
    EventKind.READER_LOST: N_("Reader lost"),
    EventKind.READER_BACK: N_("Reader is back"),
    EventKind.COMMIT_LATE: N_("Journal too slow"),
    EventKind.CARD_WRITTEN: N_("Card was written"),
    EventKind.CARD_UNWRITTEN: N_("Card could not be written"),
    EventKind.CARD_FILE_REFUSED: N_("False list on a card"),
    EventKind.SERVED: N_("Visit noted on the card"),
    EventKind.UNSERVED: N_("Visit could not be noted on the card"),
    EventKind.PAYMENT_BEGUN: N_("Payment began"),
    EventKind.PAYMENT_MADE: N_("Payment made"),
    EventKind.PAYMENT_TORN: N_("Payment broke off, to be settled"),
    EventKind.PAYMENT_SETTLED: N_("Payment settled"),
    EventKind.DISK_LOW: N_("Disk is filling up"),
    EventKind.SYNC_STUCK: N_("Sync was stuck"),
    EventKind.CLOCK_STEPPED: N_("Clock was set"),
    EventKind.DURESS: N_("Sign of duress"),
    EventKind.EGRESS: N_("Exit button"),
    EventKind.DOOR_FORCED: N_("Door forced open"),
    EventKind.DOOR_HELD: N_("Door held open"),
    EventKind.DOOR_RESTORED: N_("Door is closed again"),
    EventKind.DOOR_TAMPERED: N_("Housing was opened"),
    EventKind.DOOR_TAMPER_ENDED: N_("Housing was closed"),
    EventKind.DOOR_INPUT_FAULT: N_("Contact or button is faulty"),
    EventKind.DOOR_INPUT_BACK: N_("Contact or button works again"),
    EventKind.DOOR_FREE: N_("Free passage began"),
    EventKind.DOOR_FREE_ENDED: N_("Free passage ended"),
    EventKind.LOCKDOWN_STARTED: N_("Lockdown began"),
    EventKind.LOCKDOWN_ENDED: N_("Lockdown ended"),
    EventKind.FIRE_RELEASED: N_("Released by the fire panel"),
    EventKind.FIRE_ENDED: N_("Fire release ended"),
    EventKind.LOCK_LOST: N_("Lock does not answer"),
    EventKind.LOCK_BACK: N_("Lock answers again"),
    EventKind.HOLD_STARTED: N_("Door is held open"),
    EventKind.HOLD_ENDED: N_("Door is no longer held open"),
    EventKind.COMMAND_TAKEN: N_("Command received"),
    EventKind.COMMAND_REFUSED: N_("Command refused"),
    EventKind.COMMAND_DONE: N_("Command carried out"),
    EventKind.COMMAND_FAILED: N_("Command failed"),
}

CLOCKS: dict[str, str] = {
    ClockQuality.UNKNOWN: N_("unknown: the order is right, the time is not"),
    ClockQuality.FLOOR: N_("at least this late; the clock had stopped"),
    ClockQuality.RTC: N_("by the gateway's own clock"),
    ClockQuality.NTP: N_("by a time server"),
    ClockQuality.SERVER: N_("by this server"),
}


REASONS: dict[str, str] = {
    Reason.GRANTED: N_("Granted"),
    Reason.UNKNOWN: N_("Unknown card"),
    Reason.FOREIGN: N_("Not a card of ours"),
    Reason.KEY_VERSION: N_("Wrong key version"),
    Reason.MALFORMED: N_("Card unreadable"),
    Reason.WRONG_COMMUNITY: N_("Card of another community"),
    Reason.PULLED_AWAY: N_("Card pulled away too early"),
    Reason.CARD_FAULT: N_("Card is faulty"),
    Reason.ASSURANCE_TOO_LOW: N_("Only a number that anyone can copy"),
    Reason.REVOKED: N_("Card is revoked"),
    Reason.LOST: N_("Card was reported lost"),
    Reason.SUSPENDED: N_("Card is suspended"),
    Reason.NOT_ISSUED: N_("Card was never handed out"),
    Reason.RETURNED: N_("Card was given back"),
    Reason.EXPIRED: N_("Card has expired"),
    Reason.NOT_YET_VALID: N_("Card is not valid yet"),
    Reason.GRANT_FORGED: N_("Rights on the card are forged"),
    Reason.GRANT_COPIED: N_("Rights were copied from another card"),
    Reason.GRANT_EXPIRED: N_("Rights on the card have expired"),
    Reason.GRANT_STALE: N_("Old rights were put back on the card"),
    Reason.WRONG_POINT: N_("No right at this point"),
    Reason.OUTSIDE_SCHEDULE: N_("Outside the permitted hours"),
    Reason.OFFLINE_TOO_LONG: N_("The point was offline for too long"),
    Reason.USED_UP: N_("The pass has no uses left"),
    Reason.LOCKED_DOWN: N_("The area is locked down"),
    Reason.ESCORT_AWAITED: N_("Must be escorted"),
    Reason.FIRST_PERSON_AWAITED: N_("A member of staff must enter first"),
    Reason.PASSED_BACK: N_("Is inside already, by the records"),
    Reason.AREA_FULL: N_("The area is full"),
    Reason.INTERLOCKED: N_("The other door is open"),
    Reason.SECOND_PERSON_AWAITED: N_("A second person must present a card"),
    Reason.NO_POLICY: N_("The point has no policy yet"),
    Reason.POLICY_EXPIRED: N_("The point's policy has expired"),
    Reason.CLOCK_UNKNOWN: N_("The point does not know the time"),
    Reason.JOURNAL_LATE: N_("The tap could not be recorded in time"),
}
"""A verdict in a few words; what to do about it says card_protocol.words.sentences."""


def reason_words(reason: Reason, language: Language) -> tuple[str, str]:
    """(why in a few words, what the guard does) of a verdict; a grant needs neither."""
    if reason is Reason.GRANTED:
        return "", ""
    guard = sentence(reason).guard
    return translator(language)(REASONS[reason]), guard.en if language is Language.EN else guard.zh


def guard_sentence(kind: EventKind, language: Language) -> str:
    """What the guard does about an event that is no tap."""
    guard = event_sentence(kind).guard
    return guard.en if language is Language.EN else guard.zh
