"""Every fault belongs to exactly one family."""

import inspect

import pytest

from card_protocol import errors
from card_protocol.errors import CallerFault, CardGone, CardSilent, EquipmentFault, Family, Fault, PeerFault, TrustFault

HEADS = {
    CallerFault: Family.CALLER,
    PeerFault: Family.PEER,
    EquipmentFault: Family.EQUIPMENT,
    TrustFault: Family.TRUST,
}
FAULTS = [
    value
    for value in vars(errors).values()
    if inspect.isclass(value) and issubclass(value, Fault) and value is not Fault
]


@pytest.mark.parametrize("fault", FAULTS)
def test_one_family_each(fault):
    heads = [head for head in HEADS if issubclass(fault, head)]
    assert len(heads) == 1
    assert fault("text").family is HEADS[heads[0]]


def test_a_silent_card_is_a_gone_card():
    assert issubclass(CardSilent, CardGone)
