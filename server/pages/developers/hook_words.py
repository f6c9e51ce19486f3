"""Other systems that are told, in words: of what, how a message fared, and why one did not arrive. Pure."""

import re

from server.pages.i18n import N_, Language, translator
from server.services.webhooks.cloud_event import Topic
from server.services.webhooks.webhooks import DeliveryState, WebhookView

TOPICS: dict[str, str] = {
    Topic.TAP: N_("A card was held to a reader"),
    Topic.ALARM: N_("An alarm"),
    Topic.CARD: N_("A card has changed its state"),
    Topic.INCIDENT: N_("An incident"),
    Topic.NOTICE: N_("A notice"),
    Topic.TEST: N_("A trial message"),
}
CHOICES = tuple(topic for topic in Topic if topic is not Topic.TEST)
"""What an address may ask for; a trial comes to everyone who is tried."""

STATES: dict[str, tuple[str, str, str]] = {
    DeliveryState.WAITING: ("warn", "clock", N_("To be sent")),
    DeliveryState.DELIVERED: ("good", "circle-check", N_("Arrived")),
    DeliveryState.DEAD: ("bad", "circle-x", N_("Given up")),
}
"""State -> (tone, symbol, words)."""

_PLAIN = {
    "the address is told no more": N_("The address is told no more."),
}
_FAULTS = (
    ("CERTIFICATE_VERIFY_FAILED", N_("Its certificate is not trusted: it has run out, or stands for another name.")),
    ("Timeout", N_("No answer in time.")),
    ("refused", N_("Nobody answers at this port: its program is not running, or a wall is before it.")),
    ("Name or service not known", N_("There is no host of this name.")),
    ("getaddrinfo", N_("There is no host of this name.")),
    ("name resolution", N_("The name of the host cannot be looked up from this server.")),
    ("unreachable", N_("There is no way to it from this server.")),
)
"""(part of what the network said, what it means); the first that fits."""

_STATUSES = {
    401: N_("It answered that it does not know us: its secret may be another."),
    403: N_("It answered that we may not."),
    404: N_("It answered that nothing is at this address."),
    410: N_("It answered that it is gone for good."),
    429: N_("It answered that this is too much for it."),
}


def state_of(view: WebhookView) -> tuple[str, str, str]:
    """(tone, symbol, words) of an address: the worst that is true of it."""
    if view.ended_ms is not None:
        return "quiet", "ban", N_("Told no more")
    if view.paused_ms is not None:
        return "warn", "clock", N_("Paused")
    if view.problem:
        return "bad", "alert-triangle", N_("Messages do not arrive")
    if view.dead:
        return "warn", "alert-triangle", N_("Some messages were given up")
    return "good", "circle-check", N_("Is told")


def problem_words(problem: str, language: Language) -> str:
    """Why a message did not arrive; what nobody has words for, in the words of the network."""
    say = translator(language)
    if problem in _PLAIN:
        return say(_PLAIN[problem])
    if answered := re.fullmatch(r"answered (\d{3})", problem):
        status = int(answered[1])
        if status in _STATUSES:
            return say(_STATUSES[status])
        if status >= 500:
            return say(N_("Its program failed (status %(status)s).")) % {"status": status}
        if 300 <= status < 400:
            return say(N_("It sends us elsewhere (status %(status)s): enter that address.")) % {"status": status}
        return say(N_("It did not want the message (status %(status)s).")) % {"status": status}
    if full := re.fullmatch(r"(\d+) messages were waiting already", problem):
        return say(N_("%(count)s messages were waiting already.")) % {"count": full[1]}
    return next((say(words) for part, words in _FAULTS if part.lower() in problem.lower()), problem)
