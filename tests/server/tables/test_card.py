"""A card's columns as the word that gateways get."""

import pytest
from hypothesis import given

from card_protocol.policy.rules import CardEntry
from server.tables.card import entry_of
from tests.support.strategies import card_entries


@given(card_entries)
def test_columns_and_word_are_the_same_card(entry: CardEntry) -> None:
    span = (entry.valid_from_ms, entry.valid_to_ms)
    traits = entry.traits.model_dump(mode="json") if entry.traits else None
    assert entry_of(entry.card_id, entry.uid, entry.holder, entry.state.value, span, entry.levels, traits) == entry


def test_a_row_that_makes_no_sense_does_not_become_a_word() -> None:
    with pytest.raises(ValueError, match="vanished"):
        entry_of("01HZZZZZZZZZZZZZZZZZZZZZZZ", None, "00" * 8, "vanished", (0, 1), ())
