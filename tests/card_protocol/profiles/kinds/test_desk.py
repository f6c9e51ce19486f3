"""A service desk keeps the contract of all kinds."""

from card_protocol.profiles.kinds.desk import DESK
from tests.card_protocol.profiles.kinds.kind_contract import KindContract


class TestDesk(KindContract):
    kind = DESK
