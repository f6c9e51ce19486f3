"""An event's word comes from its exact bytes."""

from hypothesis import given

from card_protocol.words.event import Event
from server.tables.event import EventRow, to_event
from tests.support.strategies import events


@given(events)
def test_the_word_comes_from_the_bytes_and_not_from_the_search_columns(event: Event) -> None:
    row = EventRow(body=event.to_bytes(), kind="wrong", point="wrong", wall_ms=0, clock="wrong")
    assert to_event(row) == event
