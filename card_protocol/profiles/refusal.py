"""Why a conversation with a card came to nothing, as a value.

A `Cause` says exactly what happened, for the record and for tests of attacks; it belongs to one `Reason`, which is
what the verdict, the display and the statistics use.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from card_protocol.channel.converse import Conversation
from card_protocol.errors import (
    CardGone,
    CardSilent,
    Fault,
    KeyRejected,
    MacWrong,
    NotGenuine,
    PeerFault,
    TooLong,
    TrustFault,
)
from card_protocol.iso7816.status import NATIVE_SW1, Status, StatusFault
from card_protocol.words.reason import Reason

T = TypeVar("T")


class Cause(StrEnum):
    """What went wrong, one cause for each thing that can."""

    # the card is not one of ours
    NO_APPLICATION = "no_application"
    NOT_OUR_UID = "not_our_uid"
    KEY_REJECTED = "key_rejected"
    KEY_VERSION = "key_version"
    NOT_GENUINE = "not_genuine"
    # it is ours, but not for here or not finished
    WRONG_COMMUNITY = "wrong_community"
    NOT_ISSUED = "not_issued"
    ALREADY_ISSUED = "already_issued"
    # the conversation broke
    MALFORMED = "malformed"
    TOO_LONG = "too_long"
    MESSAGE_ALTERED = "message_altered"
    SESSION_LOST = "session_lost"
    LOCKED_FOR_A_WHILE = "locked_for_a_while"
    OVER_LIMIT = "over_limit"
    CARD_FULL = "card_full"
    REFUSED_BY_CARD = "refused_by_card"
    PULLED_AWAY = "pulled_away"
    SILENT = "silent"
    # what the card carries
    GRANT_ABSENT = "grant_absent"
    GRANT_MALFORMED = "grant_malformed"
    GRANT_FORGED = "grant_forged"
    GRANT_COPIED = "grant_copied"
    GRANT_OLDER = "grant_older"
    REVOCATIONS_MALFORMED = "revocations_malformed"
    REVOCATIONS_FORGED = "revocations_forged"
    REVOCATIONS_FOREIGN = "revocations_foreign"
    REVOCATIONS_OLDER = "revocations_older"
    COUNTER_BACK = "counter_back"


_REASONS: Final = {
    Cause.NO_APPLICATION: Reason.FOREIGN,
    Cause.NOT_OUR_UID: Reason.FOREIGN,
    Cause.KEY_REJECTED: Reason.FOREIGN,
    Cause.KEY_VERSION: Reason.KEY_VERSION,
    Cause.NOT_GENUINE: Reason.FOREIGN,
    Cause.WRONG_COMMUNITY: Reason.WRONG_COMMUNITY,
    Cause.NOT_ISSUED: Reason.NOT_ISSUED,
    Cause.MALFORMED: Reason.MALFORMED,
    Cause.TOO_LONG: Reason.MALFORMED,
    Cause.PULLED_AWAY: Reason.PULLED_AWAY,
    Cause.GRANT_ABSENT: Reason.UNKNOWN,
    Cause.GRANT_MALFORMED: Reason.MALFORMED,
    Cause.GRANT_FORGED: Reason.GRANT_FORGED,
    Cause.GRANT_COPIED: Reason.GRANT_COPIED,
    Cause.GRANT_OLDER: Reason.GRANT_STALE,
}
"""Every other cause is a fault of card or conversation."""


@dataclass(frozen=True, slots=True)
class CardRefusal:
    """The conversation ended without what it was for. `detail` is one sentence without secrets."""

    cause: Cause
    detail: str

    @property
    def reason(self) -> Reason:
        """The closed reason for verdict and display."""
        return _REASONS.get(self.cause, Reason.CARD_FAULT)


_BY_TYPE: Final[tuple[tuple[type[Fault], Cause], ...]] = (
    (KeyRejected, Cause.KEY_REJECTED),
    (NotGenuine, Cause.NOT_GENUINE),
    (MacWrong, Cause.MESSAGE_ALTERED),
    (TooLong, Cause.TOO_LONG),
    (CardSilent, Cause.SILENT),
    (CardGone, Cause.PULLED_AWAY),
)

_BY_STATUS: Final = {
    Status.APPLICATION_NOT_FOUND: Cause.NO_APPLICATION,
    Status.ILLEGAL_COMMAND: Cause.NO_APPLICATION,
    Status.AUTHENTICATION_ERROR: Cause.SESSION_LOST,
    Status.PERMISSION_DENIED: Cause.SESSION_LOST,
    Status.INTEGRITY_ERROR: Cause.MESSAGE_ALTERED,
    Status.AUTHENTICATION_DELAY: Cause.LOCKED_FOR_A_WHILE,
    Status.BOUNDARY_ERROR: Cause.OVER_LIMIT,
    Status.OUT_OF_MEMORY: Cause.CARD_FULL,
}


def cause_of(fault: Fault) -> Cause:
    """The cause behind a fault that a conversation met."""
    if isinstance(fault, StatusFault):
        return _cause_of_status(fault.sw)
    return next((cause for kind, cause in _BY_TYPE if isinstance(fault, kind)), Cause.MALFORMED)


def refusal_of(fault: Fault) -> CardRefusal:
    """A fault of card, trust or field as a refusal."""
    return CardRefusal(cause_of(fault), str(fault))


def refusing(conversation: Conversation[T | CardRefusal]) -> Conversation[T | CardRefusal]:
    """Run a conversation and turn every fault that is the card's into a refusal.

    Our own bugs (caller) and a lost reader (equipment, but not the card) stay exceptions.
    """
    try:
        return (yield from conversation)
    except (PeerFault, TrustFault, CardGone) as fault:
        return refusal_of(fault)


def _cause_of_status(sw: int) -> Cause:
    if sw >> 8 != NATIVE_SW1:
        return Cause.NO_APPLICATION
    try:
        return _BY_STATUS.get(Status(sw & 0xFF), Cause.REFUSED_BY_CARD)
    except ValueError:
        return Cause.REFUSED_BY_CARD
