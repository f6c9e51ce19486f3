"""A door keeps the contract of all kinds."""

from card_protocol.profiles.kinds.door import DOOR
from tests.card_protocol.profiles.kinds.kind_contract import KindContract


class TestDoor(KindContract):
    kind = DOOR
