"""A home visit keeps the contract of all kinds."""

from card_protocol.profiles.kinds.home_visit import HOME_VISIT
from card_protocol.profiles.layout import Holder
from tests.card_protocol.profiles.kinds.kind_contract import KindContract


class TestHomeVisit(KindContract):
    kind = HOME_VISIT
    compartments = frozenset({Holder.CARE_POINT})
