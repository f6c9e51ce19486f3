"""The table in the README is the layout."""

from pathlib import Path

import card_protocol
from card_protocol.profiles.layout_table import keys_table, layout_table

README = Path(card_protocol.__file__).parent / "profiles" / "README.md"


def test_a_row():
    row = "| access | 0C4A01 | 4 events | cyclic | 16 × 24 | door read | event append | – |"
    assert row in layout_table().splitlines()


def test_the_readme_has_this_table():
    assert layout_table() in README.read_text(encoding="utf-8")


def test_who_holds_which_key_stands_there_too():
    assert "| access | 1 door read | gateway |" in keys_table().splitlines()
    assert "| access | 3 updater | – |" in keys_table().splitlines()
    assert keys_table() in README.read_text(encoding="utf-8")
