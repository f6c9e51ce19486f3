"""The purse: debit at points, credit at the server, limits, proofs, and payments whose answer was lost."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from card_protocol.channel.converse import converse
from card_protocol.crypto.tree import Purpose
from card_protocol.errors import CallerFault
from card_protocol.profiles.card_keys import key_on_card
from card_protocol.profiles.card_records import PurseEntry
from card_protocol.profiles.layout import PURSE, KeySlot
from card_protocol.profiles.purse import (
    OpenPurse,
    Receipt,
    Settlement,
    newest_entries,
    open_purse,
    pay,
    payment_proven,
    settle,
    take_back,
    top_up,
)
from card_protocol.profiles.refusal import CardRefusal, Cause
from tests.card_protocol.field import NEIGHBOUR, UID, dice, issued, issuer, point_keys, stock

KEYS = point_keys(Purpose.PURSE_DEBIT)


def entry_of(amount, seq=1):
    return PurseEntry(amount, 0xAABBCCDD, seq, 29_833_333)


def filled(amount=1000):
    field = issued()
    assert isinstance(field.run(top_up(UID, entry_of(amount, 0), issuer(), dice(5))), Receipt)
    return field


def opened(field, keys=KEYS):
    return field.run(open_purse(UID, keys, dice(3)))


def cause(result) -> Cause:
    assert isinstance(result, CardRefusal), result
    return result.cause


def value_of(field) -> int:
    return field.card.state.applications[0x0C4A06].files[1].value


def test_open_and_pay():
    field = filled()
    purse = opened(field)
    assert (purse.value, purse.counter) == (1000, 1)
    assert field.rounds == 5
    receipt = converse(pay(purse, entry_of(-300)), field.transmit)
    assert (receipt.value, receipt.mark.counter) == (700, 2)
    assert field.rounds == 8
    assert value_of(field) == 700
    assert field.card.state.applications[0x0C4A06].files[2].records[-1] == entry_of(-300).encode()


def test_the_card_proves_the_payment():
    field = filled()
    receipt = converse(pay(opened(field), entry_of(-300)), field.transmit)
    slot = KeySlot(3, "transaction mac", Purpose.PURSE_TRANSACTION_MAC)
    key = key_on_card(issuer().leaf(Purpose.PURSE_TRANSACTION_MAC, 1), slot, PURSE.aid, UID)
    assert payment_proven(receipt, key, UID, entry_of(-300))
    assert not payment_proven(receipt, key, UID, entry_of(-301))
    assert not payment_proven(Receipt(701, receipt.mark), key, UID, entry_of(-300))


def test_more_than_there_is():
    field = filled(100)
    purse = opened(field)
    before = field.rounds
    assert cause(converse(pay(purse, entry_of(-101)), field.transmit)) is Cause.OVER_LIMIT
    assert field.rounds == before


def test_a_purse_that_lies_about_its_value_is_held_by_the_card():
    field = filled(100)
    purse = opened(field)
    lying = OpenPurse(UID, 10_000, purse.counter, purse.session)
    assert cause(converse(pay(lying, entry_of(-101)), field.transmit)) is Cause.OVER_LIMIT
    assert value_of(field) == 100


def test_the_upper_limit():
    assert cause(filled().run(top_up(UID, entry_of(100_000), issuer(), dice(5)))) is Cause.OVER_LIMIT


def test_taking_back_what_was_just_paid():
    field = filled()
    converse(pay(opened(field), entry_of(-300)), field.transmit)
    assert cause(converse(take_back(opened(field), entry_of(301, 2)), field.transmit)) is Cause.OVER_LIMIT
    assert converse(take_back(opened(field), entry_of(300, 2)), field.transmit).value == 1000
    assert cause(converse(take_back(opened(field), entry_of(1, 3)), field.transmit)) is Cause.OVER_LIMIT


@pytest.mark.parametrize("moment", ["cut_before", "cut_after"])
@pytest.mark.parametrize("number", range(3))
def test_a_torn_payment_is_settled(moment, number):
    field = filled()
    purse = opened(field)
    setattr(field, moment, number + 5)
    record = entry_of(-300)
    assert cause(converse(pay(purse, record), field.transmit)) is Cause.PULLED_AWAY
    setattr(field, moment, None)
    carried_out = moment == "cut_after" and number == 2
    assert value_of(field) == (700 if carried_out else 1000)
    settled = converse(settle(opened(field), record, purse.counter), field.transmit)
    assert settled is (Settlement.CARRIED_OUT if carried_out else Settlement.NOT_CARRIED_OUT)


def test_settling_after_others_have_been_there():
    field = filled(100_000)
    before = opened(field).counter
    lost, other = entry_of(-300, 7), entry_of(-1, 8)
    converse(pay(opened(field), other), field.transmit)
    assert converse(settle(opened(field), lost, before), field.transmit) is Settlement.NOT_CARRIED_OUT
    assert converse(settle(opened(field), other, before), field.transmit) is Settlement.CARRIED_OUT
    for n in range(32):
        converse(pay(opened(field), entry_of(-2, 100 + n)), field.transmit)
    assert converse(settle(opened(field), lost, before), field.transmit) is Settlement.UNKNOWN
    assert cause(converse(settle(opened(field), lost, before + 99), field.transmit)) is Cause.COUNTER_BACK


def test_refusals():
    assert cause(stock().run(open_purse(UID, KEYS, dice(3)))) is Cause.NO_APPLICATION
    foreign = point_keys(Purpose.PURSE_DEBIT, community=NEIGHBOUR)
    assert cause(opened(issued(), foreign)) is Cause.KEY_REJECTED
    assert cause(issued().run(top_up(UID, entry_of(1), issuer(NEIGHBOUR), dice(5)))) is Cause.KEY_REJECTED


@pytest.mark.parametrize("wrong", [0, 1])
def test_signs(wrong):
    purse = opened(filled())
    with pytest.raises(CallerFault):
        converse(pay(purse, entry_of(wrong)), lambda raw: b"")
    with pytest.raises(CallerFault):
        converse(take_back(purse, entry_of(-wrong)), lambda raw: b"")
    with pytest.raises(CallerFault):
        converse(top_up(UID, entry_of(-wrong), issuer(), dice()), lambda raw: b"")


class Reconciliation(RuleBasedStateMachine):
    """Points that pay and cards that leave anywhere: what the ledger says is what the purse holds."""

    @initialize()
    def issue(self):
        self.field = filled(5000)
        self.ledger = 5000
        self.seq = 0

    @rule(amount=st.integers(1, 700), cut=st.none() | st.tuples(st.booleans(), st.integers(5, 7)))
    def pay_and_maybe_leave(self, amount, cut):
        self.seq += 1
        purse = opened(self.field)
        record = entry_of(-amount, self.seq)
        if cut:
            setattr(self.field, "cut_before" if cut[0] else "cut_after", cut[1])
        result = converse(pay(purse, record), self.field.transmit)
        self.field.cut_before = self.field.cut_after = None
        if isinstance(result, CardRefusal) and result.cause is Cause.PULLED_AWAY:
            result = converse(settle(opened(self.field), record, purse.counter), self.field.transmit)
            paid = result is Settlement.CARRIED_OUT
        else:
            paid = isinstance(result, Receipt)
        self.ledger -= amount * paid

    @invariant()
    def nothing_is_lost_or_doubled(self):
        if hasattr(self, "field"):
            assert value_of(self.field) == self.ledger


TestReconciliation = Reconciliation.TestCase
TestReconciliation.settings = settings(max_examples=20, stateful_step_count=15, deadline=None)


def test_the_newest_entries_are_read_and_leave_no_trace_in_the_mac_of_the_payment():
    field = filled()
    for seq in (1, 2, 3):
        converse(pay(opened(field), entry_of(-100, seq)), field.transmit)
    purse = opened(field)
    entries = converse(newest_entries(purse, 2), field.transmit)
    assert entries == (entry_of(-100, 2), entry_of(-100, 3))
    receipt = converse(pay(purse, entry_of(-300, 4)), field.transmit)
    slot = KeySlot(3, "transaction mac", Purpose.PURSE_TRANSACTION_MAC)
    key = key_on_card(issuer().leaf(Purpose.PURSE_TRANSACTION_MAC, 1), slot, PURSE.aid, UID)
    assert payment_proven(receipt, key, UID, entry_of(-300, 4))
    assert value_of(field) == 400


def test_a_purse_that_was_never_used_has_no_entries():
    field = issued()
    assert converse(newest_entries(opened(field), 8), field.transmit) == ()
