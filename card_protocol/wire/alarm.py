"""Alarms that overtake a backlog, up (design § 6.5): one event told at once, out of its turn.

A gateway that is catching up for hours must not keep a guard waiting for hours. The event itself comes later, in its
place in the chain; the server tells the guard once.
"""

from pydantic import Field

from card_protocol.wire.batch import SEQ_END, Body
from card_protocol.words.base import Word
from card_protocol.words.event import Event, EventKind
from card_protocol.words.ids import EpochId, Slug
from card_protocol.words.reason import Reason

URGENT_REASONS = frozenset({Reason.REVOKED, Reason.LOST})
"""A tap of such a card: somebody who should not have it stands at the point now."""


class AlarmNotice(Word):
    """The event that has the number `seq` in the journal `epoch`, byte for byte."""

    gateway: Slug
    epoch: EpochId
    seq: int = Field(ge=1, lt=SEQ_END)
    event: Body


ANSWERS = frozenset({EventKind.COMMAND_DONE, EventKind.COMMAND_FAILED})
"""What somebody at a screen waits for."""


def is_urgent(event: Event) -> bool:
    """Whether a guard must hear of it at once. A tap under duress is an alarm, whatever came of it."""
    revoked = event.kind is EventKind.TAP and event.reason in URGENT_REASONS
    return event.is_alarm or event.kind in ANSWERS or revoked
