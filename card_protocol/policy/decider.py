"""The one decider (design § 1.4): a presentation, a point, a book, a moment and a situation in; one verdict out.

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
| 10 | lockdown | locked_down |
| 11 | right | wrong_point, outside_schedule, offline_too_long |
| 12 | uses | used_up |
| 13 | escort | escort_awaited |
| 14 | first_person | first_person_awaited |
| 15 | anti_passback | passed_back |
| 16 | capacity | area_full |
| 17 | interlock | interlocked |
| 18 | two_persons | second_person_awaited |

What is for ever comes before what is for today, and that before what is for a moment. Lockdown stands before the
rights, so that in a lockdown nobody learns which doors a card has. Two persons stand last: who hears that a second
person is awaited has passed every other rule, and may be somebody's partner (`Situation.partner`).
"""

from collections.abc import Callable

from card_protocol.policy.book import Book
from card_protocol.policy.card_rules import (
    assurance,
    clock,
    conversation,
    known,
    policy_fresh,
    policy_present,
    revocation,
    right,
    state,
    uses,
    validity,
)
from card_protocol.policy.case import Case, case_of
from card_protocol.policy.place_rules import (
    anti_passback,
    capacity,
    escort,
    first_person,
    interlock,
    lockdown,
    two_persons,
)
from card_protocol.words.moment import Moment
from card_protocol.words.point import Assurance
from card_protocol.words.reason import Reason
from card_protocol.words.situation import NOTHING_KNOWN, Situation
from card_protocol.words.verdict import Flag, Presentation, Verdict

Rule = Callable[[Case], Reason | None]

RULES: tuple[Rule, ...] = (
    conversation,
    policy_present,
    assurance,
    revocation,
    known,
    state,
    clock,
    policy_fresh,
    validity,
    lockdown,
    right,
    uses,
    escort,
    first_person,
    anti_passback,
    capacity,
    interlock,
    two_persons,
)


def decide(
    presentation: Presentation, point_id: str, book: Book, moment: Moment, situation: Situation = NOTHING_KNOWN
) -> Verdict:
    """The verdict on a presentation at a point (a slug). Total: every input has an answer, none raises."""
    return verdict_on(case_of(presentation, point_id, book, moment, situation))


def verdict_on(case: Case) -> Verdict:
    """The verdict on a case whose parts were looked up."""
    refusal = first_refusal(case)
    return _granted(case) if refusal is None else _refused(case, *refusal)


def first_refusal(case: Case) -> tuple[Rule, Reason] | None:
    """The rule that decides and its reason; None when no rule objects."""
    for rule in RULES:
        reason = rule(case)
        if reason is not None:
            return rule, reason
    return None


def _granted(case: Case) -> Verdict:
    assert case.head is not None
    return Verdict(
        reason=Reason.GRANTED,
        point=case.point_id,
        card_id=case.card_id,
        holder=case.holder,
        level=case.rights.live[0].id,
        policy_version=case.head.version,
        flags=_flags(case, granted=True),
        floors=case.floors,
        grant=case.grant,
    )


def _refused(case: Case, rule: Rule, reason: Reason) -> Verdict:
    return Verdict(
        reason=reason,
        point=case.point_id,
        card_id=case.card_id,
        holder=case.holder,
        policy_version=case.head.version if case.head else 0,
        rule=rule.__name__,
        flags=_flags(case, granted=False),
        grant=case.grant,
    )


def _flags(case: Case, *, granted: bool) -> frozenset[Flag]:
    """Duress is told whatever the verdict is; the others only say how somebody was let in."""
    flags: frozenset[Flag] = frozenset()
    if case.presentation.duress or case.traits.duress:
        flags |= {Flag.DURESS}
    if granted and case.passed_back:
        flags |= {Flag.PASSED_BACK}
    if granted and case.presentation.assurance is Assurance.UID:
        flags |= {Flag.WAIVED}
    return flags
