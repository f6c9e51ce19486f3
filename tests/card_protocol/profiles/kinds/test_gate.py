"""A gate keeps the contract of all kinds."""

from card_protocol.profiles.kinds.gate import GATE
from tests.card_protocol.profiles.kinds.kind_contract import KindContract


class TestGate(KindContract):
    kind = GATE
