"""An updater keeps the contract of all kinds."""

from card_protocol.profiles.kinds.updater import UPDATER
from tests.card_protocol.profiles.kinds.kind_contract import KindContract


class TestUpdater(KindContract):
    kind = UPDATER
