"""Past taps decided again: `replay` from the policy of their day must agree, `decide_again` from another may differ.

An event carries all that its verdict was made from besides the policy (`card_protocol.words.event.Event`).
"""

from typing import NamedTuple

from card_protocol.policy.book import Book
from card_protocol.policy.card_rules import conversation
from card_protocol.policy.decider import decide
from card_protocol.words.event import Event, EventKind
from card_protocol.words.moment import Moment
from card_protocol.words.point import Assurance
from card_protocol.words.reason import Reason
from card_protocol.words.situation import NOTHING_KNOWN
from card_protocol.words.verdict import Flag, Presentation, Verdict

NO_UID = "00000000"
"""Stands for the number of a card that was proven by its id: events do not keep it."""


class Replay(NamedTuple):
    """The verdict of now beside the event's. `why_not` is empty when they agree, else one sentence."""

    verdict: Verdict | None
    why_not: str = ""

    @property
    def agrees(self) -> bool:
        """Whether the same comes out again."""
        return not self.why_not


def was_decided(event: Event) -> bool:
    """Whether the event is a tap on which the decider had the last word (and not, for one, a slow journal)."""
    decided = event.rule is not None or event.reason is Reason.GRANTED
    return event.kind is EventKind.TAP and event.point is not None and decided


def decide_again(event: Event, book: Book) -> Verdict:
    """What this book says of a past tap; ValueError when the event is none that was decided."""
    if not was_decided(event) or event.point is None:
        raise ValueError("only a tap that the decider judged can be decided again")
    moment = Moment(wall_ms=event.wall_ms, mono_ns=event.mono_ns, boot=event.boot, clock=event.clock)
    return decide(_presentation(event), event.point, book, moment, event.situation or NOTHING_KNOWN)


def replay(event: Event, book: Book) -> Replay:
    """Decide a past tap from the policy of its day, with the revocations that its gateway then knew in `book`."""
    if not was_decided(event):
        return Replay(None, "not a tap that the decider judged")
    version = book.head.version if book.head else 0
    if version != event.policy_version:
        return Replay(None, f"decided from policy {event.policy_version}; this is policy {version}")
    verdict = decide_again(event, book)
    then, now = _of_event(event), _of_verdict(verdict)
    differing = [name for name in then if then[name] != now[name]]
    return Replay(verdict, "; ".join(f"{name} was {then[name]} and is {now[name]}" for name in differing))


def _presentation(event: Event) -> Presentation:
    return Presentation(
        uid=event.uid or NO_UID,
        assurance=event.assurance or Assurance.CARD,
        card_id=event.card_id,
        grant=event.grant,
        fault=event.reason if event.rule == conversation.__name__ else None,
        duress=event.flags is not None and Flag.DURESS in event.flags,
    )


def _of_event(event: Event) -> dict[str, object]:
    return {
        "reason": event.reason,
        "rule": event.rule,
        "level": event.level,
        "card": event.card_id,
        "holder": event.holder,
        "flags": sorted(event.flags or ()),
    }


def _of_verdict(verdict: Verdict) -> dict[str, object]:
    return {
        "reason": verdict.reason,
        "rule": verdict.rule,
        "level": verdict.level,
        "card": verdict.card_id,
        "holder": verdict.holder,
        "flags": sorted(verdict.flags),
    }
