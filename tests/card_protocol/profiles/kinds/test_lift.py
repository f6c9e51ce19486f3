"""A lift keeps the contract of all kinds."""

from card_protocol.profiles.kinds.lift import LIFT
from tests.card_protocol.profiles.kinds.kind_contract import KindContract


class TestLift(KindContract):
    kind = LIFT
