"""Why, in full: the rule that spoke, the policy it spoke from, what people are told, and what else stands in the way.

For "why can't X enter?" (server, `onecard explain`). The verdict is the one decider's own.
"""

from typing import NamedTuple

from card_protocol.policy.book import Book
from card_protocol.policy.card_rules import known, policy_present
from card_protocol.policy.case import Case, case_of
from card_protocol.policy.decider import RULES, verdict_on
from card_protocol.words.moment import Moment
from card_protocol.words.reason import Reason
from card_protocol.words.sentences import Sentences, sentence
from card_protocol.words.situation import NOTHING_KNOWN, Situation
from card_protocol.words.verdict import Presentation, Verdict

_NOTHING_BEHIND = (policy_present, known)
"""Without a policy, or without a card, the rules behind have nothing to speak of."""


class Objection(NamedTuple):
    """One rule that refuses: its place in the decider's table (from 1), its name, its reason."""

    order: int
    rule: str
    reason: Reason
    sentences: Sentences


class Explanation(NamedTuple):
    """A verdict with everything that a person may ask about it."""

    verdict: Verdict
    sentences: Sentences
    objections: tuple[Objection, ...]
    """All rules that refuse, in order: the first is the verdict's, the next is what one would hear after mending it."""
    levels_here: tuple[str, ...]
    """The card's access levels that hold this point."""
    levels_open: tuple[str, ...]
    """Those of them that would open it at this moment."""


def explain(
    presentation: Presentation, point_id: str, book: Book, moment: Moment, situation: Situation = NOTHING_KNOWN
) -> Explanation:
    """The verdict on a presentation, explained. Total, as `decide` is."""
    case = case_of(presentation, point_id, book, moment, situation)
    verdict = verdict_on(case)
    return Explanation(
        verdict=verdict,
        sentences=sentence(verdict.reason),
        objections=tuple(_objections(case)),
        levels_here=tuple(level.id for level in case.rights.here),
        levels_open=tuple(level.id for level in case.rights.live),
    )


def _objections(case: Case) -> list[Objection]:
    found = []
    for order, rule in enumerate(RULES, 1):
        reason = rule(case)
        if reason is None:
            continue
        found.append(Objection(order, rule.__name__, reason, sentence(reason)))
        if rule in _NOTHING_BEHIND:
            break
    return found
