"""A clinic keeps the contract of all kinds."""

from card_protocol.profiles.kinds.clinic import CLINIC, CONSENT_AT, CONSENT_TO_NOTES
from card_protocol.profiles.layout import Holder
from tests.card_protocol.profiles.kinds.kind_contract import KindContract


class TestClinic(KindContract):
    kind = CLINIC
    compartments = frozenset({Holder.CLINIC_POINT})


def test_without_consent_nothing_is_noted_on_the_card() -> None:
    assert CLINIC.check_in is not None
    pointer = bytearray(64)
    assert not CLINIC.check_in.may(bytes(pointer))
    pointer[CONSENT_AT] = CONSENT_TO_NOTES
    assert CLINIC.check_in.may(bytes(pointer))
