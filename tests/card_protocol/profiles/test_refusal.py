"""Every fault of a card has a cause, and every cause a reason."""

import pytest

from card_protocol.channel.converse import converse
from card_protocol.errors import (
    CallerFault,
    CardGone,
    CardSilent,
    EquipmentFault,
    KeyRejected,
    MacWrong,
    Malformed,
    NotGenuine,
    TooLong,
)
from card_protocol.iso7816.apdu import wrap_native
from card_protocol.iso7816.status import IsoStatus, Status, StatusFault, native
from card_protocol.profiles.refusal import CardRefusal, Cause, cause_of, refusing
from card_protocol.words.reason import Reason

FAULTS = [
    (KeyRejected("x"), Cause.KEY_REJECTED, Reason.FOREIGN),
    (NotGenuine("x"), Cause.NOT_GENUINE, Reason.FOREIGN),
    (MacWrong("x"), Cause.MESSAGE_ALTERED, Reason.CARD_FAULT),
    (TooLong("x"), Cause.TOO_LONG, Reason.MALFORMED),
    (Malformed("x"), Cause.MALFORMED, Reason.MALFORMED),
    (CardSilent("x"), Cause.SILENT, Reason.CARD_FAULT),
    (CardGone("x"), Cause.PULLED_AWAY, Reason.PULLED_AWAY),
    (StatusFault(native(Status.APPLICATION_NOT_FOUND), "x"), Cause.NO_APPLICATION, Reason.FOREIGN),
    (StatusFault(IsoStatus.CLASS_UNKNOWN, "x"), Cause.NO_APPLICATION, Reason.FOREIGN),
    (StatusFault(native(Status.AUTHENTICATION_ERROR), "x"), Cause.SESSION_LOST, Reason.CARD_FAULT),
    (StatusFault(native(Status.AUTHENTICATION_DELAY), "x"), Cause.LOCKED_FOR_A_WHILE, Reason.CARD_FAULT),
    (StatusFault(native(Status.BOUNDARY_ERROR), "x"), Cause.OVER_LIMIT, Reason.CARD_FAULT),
    (StatusFault(native(Status.EEPROM_ERROR), "x"), Cause.REFUSED_BY_CARD, Reason.CARD_FAULT),
    (StatusFault(0x9177, "x"), Cause.REFUSED_BY_CARD, Reason.CARD_FAULT),
]


@pytest.mark.parametrize(("fault", "cause", "reason"), FAULTS, ids=str)
def test_faults_become_values(fault, cause, reason):
    def conversation():
        yield wrap_native(0x5A)

    def transmit(raw):
        raise fault

    refusal = converse(refusing(conversation()), transmit)
    assert refusal == CardRefusal(cause, str(fault))
    assert refusal.reason is reason


@pytest.mark.parametrize("fault", [CallerFault("our bug"), EquipmentFault("reader unplugged")])
def test_other_peoples_faults_stay_exceptions(fault):
    def conversation():
        yield wrap_native(0x5A)
        raise AssertionError

    def transmit(raw):
        raise fault

    with pytest.raises(type(fault)):
        converse(refusing(conversation()), transmit)


def test_results_pass_through():
    def conversation():
        yield from ()
        return 7

    assert converse(refusing(conversation()), lambda raw: b"") == 7


@pytest.mark.parametrize("cause", Cause)
def test_every_cause_has_a_reason_that_refuses(cause):
    assert CardRefusal(cause, "").reason is not Reason.GRANTED


def test_a_fault_without_entry_is_malformed():
    assert cause_of(Malformed("")) is Cause.MALFORMED
