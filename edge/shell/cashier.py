"""Takes the price of a meal out of the purse on a card: once, whatever happens in between.

    open · what became of the last one? · judge · intention on the disk and in the journal · pay · proof in the journal

The card is pulled away before it answers: the payment stays open, and the card's next tap here tells from its counter
and its log whether it was carried out.
"""

from collections.abc import Callable

from card_protocol.channel.authenticate import Random
from card_protocol.channel.converse import converse
from card_protocol.profiles.card_keys import DoorKeys
from card_protocol.profiles.card_records import PurseEntry
from card_protocol.profiles.purse import OpenPurse, Settlement, newest_entries, open_purse, pay, settle
from card_protocol.profiles.refusal import CardRefusal
from card_protocol.words.event import Event
from card_protocol.words.moment import Moment
from card_protocol.words.service import Answer, Service
from edge.core import service as core
from edge.core.service import LOOK_AT_ENTRIES, Bill, Done
from edge.ports.payments import OpenPayment, Payments
from edge.ports.recorder import Recorder

SEQ_MASK = 0xFFFFFFFF
BEGUN_DEADLINE_MS = 2_000
"""How long the intention may take to reach the disk; past it nothing is taken."""

Transmit = Callable[[bytes], bytes]


class Cashier:
    """One per point. EquipmentFault from its methods when the reader, not the card, is lost."""

    def __init__(
        self, point: str, payments: Payments, recorder: Recorder, now: Callable[[], Moment], random: Random
    ) -> None:
        self._point, self._payments, self._recorder = point, payments, recorder
        self._now, self._random = now, random

    def take(self, uid: bytes, card_id: str, bill: Bill, keys: DoorKeys, tap_seq: int, transmit: Transmit) -> Done:
        """The meal of one tap. `tap_seq`: its event in the journal; 0, not on the disk: nothing is taken."""
        told: tuple[Event, ...] = ()
        if (before := self._payments.open_of(card_id)) is not None:
            outcome = self._settle(uid, before, keys, transmit)
            if isinstance(outcome, CardRefusal):
                return Done(Answer(core.answer_to(outcome)))
            told = (core.settled(before, outcome, self._point, card_id, self._now()),)
            self._payments.end(card_id)
            if outcome is Settlement.CARRIED_OUT and core.is_same_meal(before, bill):
                return Done(Answer(Service.PAID_ALREADY, -before.record.amount), told)
        done = self._take(uid, card_id, bill, keys, tap_seq, transmit)
        return Done(done.answer, (*told, *done.events))

    def _settle(self, uid: bytes, before: OpenPayment, keys: DoorKeys, transmit: Transmit) -> Settlement | CardRefusal:
        purse = converse(open_purse(uid, keys, self._random), transmit)
        if isinstance(purse, CardRefusal):
            return purse
        return converse(settle(purse, before.record, before.counter), transmit)

    def _take(self, uid: bytes, card_id: str, bill: Bill, keys: DoorKeys, tap_seq: int, transmit: Transmit) -> Done:
        purse = converse(open_purse(uid, keys, self._random), transmit)
        if isinstance(purse, CardRefusal):
            return Done(Answer(core.answer_to(purse)))
        entries = converse(newest_entries(purse, LOOK_AT_ENTRIES), transmit)
        if isinstance(entries, CardRefusal):
            return Done(Answer(core.answer_to(entries)))
        refused = core.judge(bill, purse.value, entries)
        if refused is not None:
            return Done(Answer(refused, left=purse.value))
        return self._pay(purse, card_id, bill, tap_seq, transmit)

    def _pay(self, purse: OpenPurse, card_id: str, bill: Bill, tap_seq: int, transmit: Transmit) -> Done:
        record = PurseEntry(-bill.price_fen, bill.point, tap_seq & SEQ_MASK, bill.minute)
        payment = OpenPayment(record, purse.counter, tap_seq)
        begun = core.begun(payment, self._point, card_id, self._now())
        if not tap_seq or not self._payments.begin(card_id, payment):
            return Done(Answer(Service.UNAVAILABLE))
        if self._recorder.record(begun, BEGUN_DEADLINE_MS) is None:
            # It may still reach the journal, and then it must not stand there without its end.
            nothing = Settlement.NOT_CARRIED_OUT
            self._recorder.note(core.settled(payment, nothing, self._point, card_id, self._now()))
            self._payments.end(card_id)
            return Done(Answer(Service.UNAVAILABLE))
        receipt = converse(pay(purse, record), transmit)
        if isinstance(receipt, CardRefusal):
            return core.torn(payment, receipt, self._point, card_id, self._now())
        # The proof must be in the journal before anybody forgets the intention.
        done = core.paid(payment, receipt, self._point, card_id, self._now())
        if self._recorder.record(done.events[0], BEGUN_DEADLINE_MS) is not None:
            self._payments.end(card_id)
        return Done(done.answer)
