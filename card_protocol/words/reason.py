"""Why a point said yes or no: a closed list (design § 1.5)."""

from enum import StrEnum


class Reason(StrEnum):
    """Every verdict carries exactly one."""

    GRANTED = "granted"
    # of the card and its conversation
    UNKNOWN = "unknown"
    FOREIGN = "foreign"
    KEY_VERSION = "key_version"
    MALFORMED = "malformed"
    WRONG_COMMUNITY = "wrong_community"
    PULLED_AWAY = "pulled_away"
    CARD_FAULT = "card_fault"
    ASSURANCE_TOO_LOW = "assurance_too_low"
    # of the card's life
    REVOKED = "revoked"
    LOST = "lost"
    SUSPENDED = "suspended"
    NOT_ISSUED = "not_issued"
    RETURNED = "returned"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    # of the grant that rides on the card
    GRANT_FORGED = "grant_forged"
    GRANT_COPIED = "grant_copied"
    GRANT_EXPIRED = "grant_expired"
    GRANT_STALE = "grant_stale"
    # of the rules
    WRONG_POINT = "wrong_point"
    OUTSIDE_SCHEDULE = "outside_schedule"
    OFFLINE_TOO_LONG = "offline_too_long"
    USED_UP = "used_up"
    # of the place and who is there
    LOCKED_DOWN = "locked_down"
    ESCORT_AWAITED = "escort_awaited"
    FIRST_PERSON_AWAITED = "first_person_awaited"
    PASSED_BACK = "passed_back"
    AREA_FULL = "area_full"
    INTERLOCKED = "interlocked"
    SECOND_PERSON_AWAITED = "second_person_awaited"
    # of the point itself
    NO_POLICY = "no_policy"
    POLICY_EXPIRED = "policy_expired"
    CLOCK_UNKNOWN = "clock_unknown"
    JOURNAL_LATE = "journal_late"
