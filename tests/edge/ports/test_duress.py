"""A point without a sign."""

from card_protocol.words.event import tap_event
from edge.ports.duress import NoSign
from tests.edge.words import moment, presentation, verdict


def test_without_code_or_button_nobody_is_forced() -> None:
    none = NoSign()
    none.tapped(tap_event(presentation(), verdict(), moment()))
    assert not none.stands()
