"""Every field of the register has a word, and no word stands for a field that is not kept."""

from server.pages.privacy.field_words import FIELDS, field_word
from server.services.privacy.register import REGISTER


def test_every_field_has_a_word_and_no_other() -> None:
    assert {field for use in REGISTER.values() for field in use.fields} == set(FIELDS)
    assert field_word("name") == "Name"
    assert field_word("due") != field_word("due_ms"), "somebody comes again; an incident is to be settled"
    assert field_word("reported") != field_word("reported_ms"), "numbers; a moment"
    assert field_word("newer_than_this_page") == "newer_than_this_page"
