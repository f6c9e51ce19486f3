"""A care station keeps the contract of all kinds."""

from card_protocol.profiles.kinds.care import CARE
from card_protocol.profiles.layout import Holder
from tests.card_protocol.profiles.kinds.kind_contract import KindContract


class TestCare(KindContract):
    kind = CARE
    compartments = frozenset({Holder.CARE_POINT, Holder.PAY_POINT})
