"""What incidents are called on a screen: states, levels, what can be done, why not, and how the clock stands."""

from dataclasses import dataclass

from server.pages import i18n
from server.pages.i18n import N_, Language, translator
from server.services.incidents.incident_words import Action, Matter, No, State, Tier, Urgency

STATES: dict[str, tuple[str, str, str]] = {
    State.REPORTED: ("warn", "bell", N_("Reported")),
    State.RETURNED: ("warn", "arrow-back-up", N_("Sent back")),
    State.FILED: ("quiet", "list-details", N_("Taken on")),
    State.DISPATCHED: ("quiet", "user", N_("Somebody sent")),
    State.HANDLING: ("quiet", "player-play", N_("In hand")),
    State.CHECKING: ("warn", "search", N_("To be checked")),
    State.CLOSED: ("good", "circle-check", N_("Settled")),
    State.MERGED: ("quiet", "copy", N_("Joined to another")),
}
"""State -> (colour, symbol, word)."""

TIERS: dict[str, str] = {
    Tier.TERMINAL: N_("Terminal"),
    Tier.COMMUNITY: N_("Community"),
    Tier.STREET: N_("Street"),
    Tier.DISTRICT: N_("District"),
}

MATTERS: dict[str, tuple[str, str]] = {
    Matter.SAFETY: ("shield-x", N_("Safety")),
    Matter.FACILITY: ("settings", N_("Something broken")),
    Matter.ORDER: ("users", N_("Dispute")),
    Matter.ENVIRONMENT: ("sun", N_("Environment")),
    Matter.CARE: ("heart-handshake", N_("Care for the elderly")),
    Matter.OTHER: ("info-circle", N_("Something else")),
}
"""Matter -> (symbol, word)."""

URGENCIES: dict[str, tuple[str, str, str]] = {
    Urgency.NORMAL: ("quiet", "clock", N_("Normal")),
    Urgency.URGENT: ("bad", "bell-ringing", N_("Urgent")),
}


@dataclass(frozen=True)
class Step:
    """One thing that can be done, as a person is asked for it."""

    icon: str
    label: str
    consequence: str
    done: str
    """In the history."""
    asks: str = ""
    """What the field for words is called; empty where none is needed."""
    tone: str = ""


WHY = N_("Why?")

STEPS: dict[Action, Step] = {
    Action.ACCEPT: Step(
        "check",
        N_("Take it on"),
        N_("Your unit owns it from now on, and its clock runs."),
        N_("taken on"),
        "",
        "primary",
    ),
    Action.RESUBMIT: Step(
        "arrow-right",
        N_("Report it again"),
        N_("It goes to the community once more, with what you add."),
        N_("reported again"),
        N_("What do you add?"),
        "primary",
    ),
    Action.DISPATCH: Step(
        "user",
        N_("Send somebody"),
        N_("They see to it; somebody else checks it afterwards."),
        N_("sent"),
        "",
        "primary",
    ),
    Action.BEGIN: Step("player-play", N_("Begin"), N_("Somebody is at it now."), N_("begun"), "", "primary"),
    Action.FINISH: Step(
        "check",
        N_("It is done"),
        N_("A second person looks at it before it is settled."),
        N_("done"),
        N_("What was done?"),
        "primary",
    ),
    Action.CLOSE: Step(
        "circle-check",
        N_("Settle it"),
        N_("You have seen that it is in order. Alarms that it was made of are acknowledged."),
        N_("settled"),
        N_("Evidence: what was seen on the spot, by whom and when?"),
        "primary",
    ),
    Action.REJECT: Step(
        "arrow-back-up", N_("Not in order"), N_("It goes back to who has it in hand."), N_("found not in order"), WHY
    ),
    Action.WITHDRAW: Step(
        "x",
        N_("It was nothing"),
        N_("A second person looks, and settles it."),
        N_("withdrawn"),
        N_("What was it really?"),
    ),
    Action.NOTE: Step(
        "plus",
        N_("Add a note"),
        N_("It goes into the history; nothing else changes."),
        N_("noted"),
        N_("What do you know?"),
    ),
    Action.ESCALATE: Step(
        "arrow-right",
        N_("Hand it up a level"),
        N_("The unit above takes it on, by the clock of its level."),
        N_("handed up"),
        WHY,
    ),
    Action.HAND_OVER: Step(
        "arrow-right",
        N_("Hand it to another unit"),
        N_("A unit of the same level takes it on; the history goes with it."),
        N_("handed over"),
        WHY,
    ),
    Action.RETURN: Step(
        "arrow-back-up", N_("Send it back"), N_("It goes to where it came from."), N_("sent back"), WHY
    ),
    Action.MERGE: Step(
        "copy", N_("It is the same as another"), N_("The other one goes on for both."), N_("joined to another")
    ),
    Action.REOPEN: Step(
        "refresh",
        N_("Open it again"),
        N_("The unit that had it last has it again, with a new clock."),
        N_("opened again"),
        WHY,
    ),
    Action.OVERDUE: Step("alert-triangle", "", "", N_("its time ran out")),
    Action.UNIT_GONE: Step("alert-triangle", "", "", N_("its unit was dissolved")),
}
"""Action -> what a person is asked, and what the history calls it."""

REPORTED = N_("reported")

REFUSALS: dict[No, str] = {
    No.NOT_NOW: N_("That cannot be done in its present state."),
    No.CLOSED_ALREADY: N_("Somebody has settled it already. Look at the history; it can be opened again."),
    No.CHANGED: N_(
        "Somebody else has changed it meanwhile. Your words are still here: look at it and send them again."
    ),
    No.NO_REASON: N_("Please say why in a few words: it goes into the history."),
    No.NO_EVIDENCE: N_("Please say what was seen on the spot, by whom and when: without evidence nothing is settled."),
    No.SAME_PERSON: N_("Somebody else must check it than who had it in hand."),
    No.NO_PERSON: N_("Please say who is sent."),
    No.NO_SUCH_UNIT: N_("There is no such unit, or it exists no longer. Choose another one."),
    No.NOT_SIDEWAYS: N_("Choose another unit of the same level; upwards it goes by handing it up."),
    No.NOBODY_ABOVE: N_("There is no unit above that it could go to."),
    No.RETURNED_TOO_OFTEN: N_("It has been sent back too often. Take it on, or hand it up a level."),
    No.NO_TARGET: N_("Choose another incident that is still open, by its number."),
    No.NOT_YOURS: N_("It lies with another unit now."),
    No.TOO_LONG: N_("That is too long: at most 1000 characters."),
}
"""Why something was not done, in a sentence."""

REFUSED_AT: dict[No, str] = {
    No.NO_REASON: "why",
    No.NO_EVIDENCE: "why",
    No.TOO_LONG: "why",
    No.NO_PERSON: "person",
    No.NO_SUCH_UNIT: "unit",
    No.NOT_SIDEWAYS: "unit",
    No.NO_TARGET: "into",
}
"""The field that such a sentence is about; the others are about the incident."""

HOUR_MS, DAY_MS = 3_600_000, 86_400_000


@dataclass(frozen=True)
class Clock:
    """How much time is left."""

    tone: str
    icon: str
    text: str


def clock_of(due_ms: int | None, now_ms: int, language: Language) -> Clock | None:
    """The clock in words; None for what is over."""
    if due_ms is None:
        return None
    say, left = translator(language), due_ms - now_ms
    if left <= 0:
        return Clock("bad", "alert-triangle", say(N_("overdue for %(span)s")) % {"span": span(-left, language)})
    tone = "warn" if left < HOUR_MS else "quiet"
    return Clock(tone, "clock", say(N_("%(span)s left")) % {"span": span(left, language)})


def span(length_ms: int, language: Language) -> str:
    """A length of time in one word or two."""
    ngettext = i18n.catalogue(language).ngettext
    if length_ms < HOUR_MS:
        count = length_ms // 60_000
        return ngettext("%(num)s minute", "%(num)s minutes", count) % {"num": count}
    if length_ms < 2 * DAY_MS:
        count = length_ms // HOUR_MS
        return ngettext("%(num)s hour", "%(num)s hours", count) % {"num": count}
    count = length_ms // DAY_MS
    return ngettext("%(num)s day", "%(num)s days", count) % {"num": count}
