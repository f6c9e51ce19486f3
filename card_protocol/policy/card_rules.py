"""The rules about the card itself and about what the box knows. Each takes a `Case`, gives a reason or None."""

from card_protocol.policy.case import Case
from card_protocol.words.card import OPENS_DOORS
from card_protocol.words.moment import ClockQuality
from card_protocol.words.point import Assurance
from card_protocol.words.reason import Reason
from card_protocol.words.revocation import DENIED_AS


def conversation(case: Case) -> Reason | None:
    """What went wrong between reader and card outranks all that a book could say."""
    return case.presentation.fault


def policy_present(case: Case) -> Reason | None:
    """Without a policy, or at a point that it does not know, nobody is let in: fail closed."""
    return Reason.NO_POLICY if case.head is None or case.point is None else None


def assurance(case: Case) -> Reason | None:
    """A number that anyone can copy opens nothing, unless an admin waived it for this point."""
    assert case.point is not None
    if case.point.uid_waived:
        return None
    given, least = case.presentation.assurance, case.point.minimum_assurance
    enough = given is not Assurance.UID and (given is least or given.rank >= least.rank)
    return None if enough else Reason.ASSURANCE_TOO_LOW


def revocation(case: Case) -> Reason | None:
    """Revocations are sticky: they outrank the snapshot until one contains them."""
    if case.card_id is None:
        return None
    found = case.book.revocation(case.card_id)
    return DENIED_AS.get(found.state) if found else None


def known(case: Case) -> Reason | None:
    """The book knows the card, or the card carries a grant."""
    return Reason.UNKNOWN if case.entry is None and case.grant is None else None


def state(case: Case) -> Reason | None:
    """Only an active card opens anything."""
    if case.entry is None or case.entry.state in OPENS_DOORS:
        return None
    return DENIED_AS[case.entry.state]


def clock(case: Case) -> Reason | None:
    """All rules below compare times; a box that does not know the time cannot."""
    return Reason.CLOCK_UNKNOWN if case.moment.clock is ClockQuality.UNKNOWN else None


def policy_fresh(case: Case) -> Reason | None:
    """A policy that nobody renewed may be one that somebody holds back."""
    assert case.head is not None
    return Reason.POLICY_EXPIRED if case.moment.wall_ms >= case.head.expires_ms else None


def validity(case: Case) -> Reason | None:
    """From (inclusive) to (exclusive), of the book's entry or of the grant."""
    span = case.entry if case.entry is not None else case.grant
    assert span is not None
    if case.moment.wall_ms < span.valid_from_ms:
        return Reason.NOT_YET_VALID
    if case.moment.wall_ms >= span.valid_to_ms:
        return Reason.EXPIRED if case.entry is not None else Reason.GRANT_EXPIRED
    return None


def right(case: Case) -> Reason | None:
    """Some access level of the card must hold this point, be open now, and be good for so long offline."""
    rights = case.rights
    if rights.live:
        return None
    if rights.in_time:
        return Reason.OFFLINE_TOO_LONG
    return Reason.OUTSIDE_SCHEDULE if rights.here else Reason.WRONG_POINT


def uses(case: Case) -> Reason | None:
    """A visitor's pass lets in so many times; going out is not counted and never refused."""
    most = case.traits.uses
    return Reason.USED_UP if most is not None and case.situation.uses >= most and not case.goes_out else None
