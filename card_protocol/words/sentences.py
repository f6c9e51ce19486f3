"""What people are told: for every reason and every kind of event three sentences, in Chinese and English.

- `display`: large, at the point, read by somebody in a hurry or eighty years old. It says what to do, never more
  about a person than the people behind may read.
- `guard`: what the guard should do now.
- `admin`: which rule spoke, in the words of the policy.

The tables are `reason_sentences.py`, `service_sentences.py` and `event_sentences.py`; a test keeps them complete and
within the limits.
"""

from typing import NamedTuple

from card_protocol.words.event import EventKind
from card_protocol.words.event_sentences import EVENTS
from card_protocol.words.reason import Reason
from card_protocol.words.reason_sentences import REASONS
from card_protocol.words.service import Service
from card_protocol.words.service_sentences import SERVICES

DISPLAY_MAX_ZH_CHARS = 12
DISPLAY_MAX_EN_CHARS = 24
"""What fits on a point's display in letters that can be read from two steps away."""


class Said(NamedTuple):
    """One sentence in both languages."""

    zh: str
    en: str


class Sentences(NamedTuple):
    """One thing, told to three kinds of people."""

    display: Said
    guard: Said
    admin: Said


def sentence(reason: Reason) -> Sentences:
    """What a verdict with this reason is called."""
    return _REASONS[reason]


def event_sentence(kind: EventKind) -> Sentences:
    """What an event of this kind is called. A tap has the sentences of its reason besides."""
    return _EVENTS[kind]


def service_sentence(service: Service) -> Sentences:
    """What came of a service is called."""
    return _SERVICES[service]


_REASONS = {reason: Sentences(*(Said(*pair) for pair in told)) for reason, told in REASONS.items()}
_EVENTS = {kind: Sentences(*(Said(*pair) for pair in told)) for kind, told in EVENTS.items()}
_SERVICES = {service: Sentences(*(Said(*pair) for pair in told)) for service, told in SERVICES.items()}
