"""The details of an event in words: what each is called, and its value with its unit."""

from collections.abc import Mapping

from card_protocol.words.moment import MINUTE_MS
from card_protocol.words.service import Service
from server.pages import i18n
from server.pages.gateways.boxes import ORDERS
from server.pages.i18n import N_, Language, translator
from server.pages.live.orders import OUTCOMES
from server.pages.money import money
from server.pages.words import CARD_STATES, CLOCKS, REASONS

NAMES: dict[str, str] = {
    "action": N_("Order"),
    "amount": N_("Amount"),
    "area": N_("Area"),
    "before": N_("Clock before"),
    "by": N_("Given by"),
    "by_ms": N_("Moved by"),
    "cause": N_("Cause"),
    "count": N_("How many"),
    "counter": N_("Counter of the card"),
    "digest": N_("Digest"),
    "epoch": N_("Journal"),
    "events": N_("Events in it"),
    "fault": N_("Fault"),
    "from_seq": N_("From number"),
    "input": N_("Wire"),
    "lease_until_ms": N_("Valid until"),
    "level": N_("Level"),
    "mac": N_("Proof of the card"),
    "minute": N_("Time at the point"),
    "newest": N_("Newest key version"),
    "number": N_("Number of the order"),
    "oldest": N_("Oldest key version"),
    "outcome": N_("Outcome"),
    "point_seq": N_("Number of the payment"),
    "problem": N_("Problem"),
    "reader": N_("Reader"),
    "rev_seq": N_("Revocation no."),
    "service": N_("What for"),
    "source": N_("Clock set"),
    "state": N_("State"),
    "stuck_ms": N_("Stood still for"),
    "tap_seq": N_("Number of the tap"),
    "to_seq": N_("To number"),
    "used_percent": N_("Disk used"),
    "value": N_("Left on the card"),
    "was": N_("Before"),
    "why": N_("Why"),
}

VALUES: dict[str, Mapping[str, str]] = {
    "action": {action.value: words for action, words in ORDERS.items()},
    "before": CLOCKS,
    "by": {"code": N_("a code"), "button": N_("a hidden button")},
    "cause": REASONS,
    "fault": {
        "cut": N_("cut"),
        "shorted": N_("shorted"),
        "silent": N_("does not answer"),
        "flutters": N_("flutters"),
        "stuck": N_("stuck"),
    },
    "input": {
        "contact": N_("Door contact"),
        "rex": N_("Exit button"),
        "tamper": N_("Tamper contact"),
        "fire": N_("Fire panel"),
        "duress": N_("Duress button"),
    },
    "level": {"warn": N_("filling up"), "prune": N_("nearly full"), "full": N_("full")},
    "outcome": {
        "carried_out": N_("Paid"),
        "not_carried_out": N_("Not paid"),
        "unknown": N_("not known"),
    },
    "service": {
        Service.CHECKED_IN: N_("Check-in"),
        Service.ATTENDED: N_("Attendance"),
        Service.VISIT_NOTED: N_("Home visit"),
        Service.PAID: N_("Meal"),
    },
    "source": CLOCKS,
    "state": CARD_STATES,
    "was": {"forced": N_("forced"), "held": N_("held open")},
    "why": OUTCOMES,
}
SECOND_MS = 1000
FEN = frozenset({"amount", "value"})


def details(detail: Mapping[str, str | int], language: Language) -> list[tuple[str, str]]:
    """(name, value) of everything that an event says beside the rest; what has no words stays as it was sent."""
    say = translator(language)
    return [
        (say(NAMES[name]) if name in NAMES else name, _value(name, value, language)) for name, value in detail.items()
    ]


def _value(name: str, value: str | int, language: Language) -> str:
    say = translator(language)
    if isinstance(value, str):
        known = VALUES.get(name, {})
        return say(known[value]) if value in known else value
    if name in FEN:
        return money(value)
    if name == "minute":
        return i18n.local_minute(value * MINUTE_MS)
    if name.endswith("until_ms"):
        return i18n.local_time(value)
    if name.endswith("_ms"):
        return say(N_("%(seconds)s s")) % {"seconds": f"{value / SECOND_MS:g}"}
    return f"{value} %" if name.endswith("_percent") else str(value)
