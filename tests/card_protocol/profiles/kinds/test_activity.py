"""Activity sign-in keeps the contract of all kinds."""

from card_protocol.profiles.kinds.activity import ACTIVITY
from card_protocol.profiles.layout import Holder
from tests.card_protocol.profiles.kinds.kind_contract import KindContract


class TestActivity(KindContract):
    kind = ACTIVITY
    compartments = frozenset({Holder.ACTIVITY_POINT})
