"""The one decider (design § 1.4): a presentation, a point, a book and a moment in; one verdict out.

The rules speak in the order of `RULES`; the first that has a reason to refuse is the answer, and only when none
has, the card passes. The order is part of the agreement: a person whose card is both lost and outside its hours
must hear "lost". Each rule sees a `Case` and returns a reason or None.

| order | rule | refuses with |
|---|---|---|
| 1 | conversation | what the conversation itself came to (foreign, pulled_away, …) |
| 2 | policy_present | no_policy |
| 3 | assurance | assurance_too_low |
| 4 | revocation | revoked, lost, suspended, returned, not_issued |
| 5 | known | unknown |
| 6 | state | revoked, lost, suspended, returned, not_issued |
| 7 | clock | clock_unknown |
| 8 | policy_fresh | policy_expired |
| 9 | validity | not_yet_valid, expired, grant_expired |
| 10 | right | wrong_point, outside_schedule |
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from card_protocol.policy.book import Book
from card_protocol.policy.rules import AccessLevel, CardEntry, PolicyHead
from card_protocol.words.card import OPENS_DOORS
from card_protocol.words.grant import Grant
from card_protocol.words.moment import ClockQuality, Moment
from card_protocol.words.point import Assurance, Point
from card_protocol.words.reason import Reason
from card_protocol.words.revocation import DENIED_AS
from card_protocol.words.schedule import is_open
from card_protocol.words.verdict import Presentation, Verdict


@dataclass(frozen=True)
class Case:
    """One question to the rules, with what the book knows about it already looked up."""

    presentation: Presentation
    point_id: str
    point: Point | None
    entry: CardEntry | None
    grant: Grant | None
    head: PolicyHead | None
    book: Book
    moment: Moment

    @property
    def card_id(self) -> str | None:
        """The card that was proven, or the one whose number a reader or a waiver lets count."""
        return self.presentation.card_id or (self.entry.card_id if self.entry else None)

    @property
    def holder(self) -> str | None:
        """The pseudonym of whoever the card was given to, as far as anyone here knows."""
        known = self.entry or self.grant
        return known.holder if known else None

    @cached_property
    def levels_here(self) -> list[AccessLevel]:
        """The access levels of the card that hold this point: the book's word goes before the card's own."""
        if self.entry is not None:
            found = [self.book.level(level_id) for level_id in self.entry.levels]
        elif self.grant is not None:
            found = [self.book.level_number(number) for number in self.grant.levels]
        else:
            found = []
        return [level for level in found if level is not None and self.point_id in level.points]

    @cached_property
    def open_level(self) -> AccessLevel | None:
        """The first of them whose schedule is open now: the one that lets the card in."""
        for level in self.levels_here:
            schedule = self.book.schedule(level.schedule)
            if schedule is not None and is_open(schedule, self.book.calendar, self.moment.wall_ms):
                return level
        return None


def decide(presentation: Presentation, point_id: str, book: Book, moment: Moment) -> Verdict:
    """The verdict on a presentation at a point. Total: every input has an answer, none raises."""
    case = _case(presentation, point_id, book, moment)
    reason = _first_refusal(case) or Reason.GRANTED
    admitting = case.open_level if reason is Reason.GRANTED else None
    return Verdict(
        reason=reason,
        point=point_id,
        card_id=case.card_id,
        holder=case.holder,
        level=admitting.id if admitting else None,
        policy_version=case.head.version if case.head else 0,
    )


def _first_refusal(case: Case) -> Reason | None:
    for rule in RULES:
        reason = rule(case)
        if reason is not None:
            return reason
    return None


def _case(presentation: Presentation, point_id: str, book: Book, moment: Moment) -> Case:
    point = book.point(point_id)
    entry = None
    if presentation.card_id is not None:
        entry = book.card(presentation.card_id)
    elif presentation.fault is None and point is not None and _counts(presentation, point):
        entry = book.card_of_uid(presentation.uid)
    grant = presentation.grant if entry is None else None
    return Case(presentation, point_id, point, entry, grant, book.head, book, moment)


def _counts(presentation: Presentation, point: Point) -> bool:
    """Whether a bare number names a card here. Never after a fault: a foreign card may show a neighbour's number."""
    return point.uid_waived or presentation.assurance is Assurance.READER


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
    given = case.presentation.assurance
    if given is Assurance.UID or given.rank < case.point.minimum_assurance.rank:
        return Reason.ASSURANCE_TOO_LOW
    return None


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
    """Some access level of the card must hold this point, and its schedule must be open now."""
    if not case.levels_here:
        return Reason.WRONG_POINT
    return None if case.open_level is not None else Reason.OUTSIDE_SCHEDULE


RULES: tuple[Callable[[Case], Reason | None], ...] = (
    conversation,
    policy_present,
    assurance,
    revocation,
    known,
    state,
    clock,
    policy_fresh,
    validity,
    right,
)
