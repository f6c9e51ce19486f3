"""What goes wrong with an installer's readers, as codes with values: the sentence is made where somebody reads it.

The text of the exception is English, for logs; `onecard.troubles` has the other language.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from card_protocol.errors import EquipmentFault


class Trouble(StrEnum):
    """A closed list. The values that belong to each are those in its sentence."""

    NO_ANSWER = "no_answer"
    KEY_NOT_TAKEN = "key_not_taken"
    NEITHER_KEY = "neither_key"
    NAME_UNKNOWN = "name_unknown"
    NAME_TAKEN = "name_taken"
    PLACE_TAKEN = "place_taken"
    FILE_UNREADABLE = "file_unreadable"
    FILE_DAMAGED = "file_damaged"


SENTENCES: Final[Mapping[Trouble, str]] = {
    Trouble.NO_ANSWER: "no reader answers at address {address} on {port}, or not to this key",
    Trouble.KEY_NOT_TAKEN: "the reader {name} did not take the new key",
    Trouble.NEITHER_KEY: "the reader {name} answers neither to its old key nor to its new one",
    Trouble.NAME_UNKNOWN: "no reader is called {name!r} (there are: {known}); see: onecard reader add",
    Trouble.NAME_TAKEN: "a reader is already called {name}",
    Trouble.PLACE_TAKEN: "two readers have the same place: address {address} on {port}",
    Trouble.FILE_UNREADABLE: "{path} cannot be read: {why}",
    Trouble.FILE_DAMAGED: "{path} is damaged: {faults} faults",
}


class ReaderTrouble(EquipmentFault):
    """A reader, or what this box knows of it."""

    def __init__(self, trouble: Trouble, **values: str | int) -> None:
        super().__init__(SENTENCES[trouble].format_map(values))
        self.trouble, self.values = trouble, values


class ReaderMisused(ValueError):
    """What was asked for makes no sense."""

    def __init__(self, trouble: Trouble, **values: str | int) -> None:
        super().__init__(SENTENCES[trouble].format_map(values))
        self.trouble, self.values = trouble, values
