"""A muster point keeps the contract of all kinds."""

from card_protocol.profiles.kinds.muster import MUSTER
from tests.card_protocol.profiles.kinds.kind_contract import KindContract


class TestMuster(KindContract):
    kind = MUSTER
