"""The life of a card under a hand that pulls it away at any frame of any job.

Whatever happens, each file is in its old or its new state, the purse has neither lost nor doubled anything, and the
next tap works.
"""

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from card_protocol.channel.converse import converse
from card_protocol.crypto.tree import Purpose
from card_protocol.profiles.card_records import AccessEvent, PurseEntry
from card_protocol.profiles.personalise import Issued, personalise
from card_protocol.profiles.purse import Receipt, Settlement, open_purse, pay, settle, top_up
from card_protocol.profiles.recycle import Recycled, recycle
from card_protocol.profiles.refusal import CardRefusal, Cause
from card_protocol.profiles.renew import Renewal, renew
from card_protocol.profiles.roll_keys import Rolled, roll_keys
from card_protocol.profiles.tap import CardReading, read_card
from card_protocol.profiles.write_back import WriteBack, write_back
from tests.card_protocol.field import HEADER, UID, dice, issuer, order, point_keys, stock

CARD_IDS = ("01ARZ3NDEKTSV4RRFFQ69G5FAV", "01BX5ZZKBKACTAV9WEVGEMMVRZ", "01CX5ZZKBKACTAV9WEVGEMMVRZ")
VERSIONS = (1, 2, 3)
START = 5000

cuts = st.none() | st.tuples(st.sampled_from(["cut_before", "cut_after"]), st.integers(0, 90))


class CardLife(RuleBasedStateMachine):
    """One card, one desk, one door, one pay point."""

    @initialize()
    def issue(self):
        self.field = stock()
        self.seed = 0
        self.holder = 0
        self.version = 1
        self.grants = {bytes(192)}
        self.events = 0
        self._issue_and_fill()

    def _issue_and_fill(self):
        header = replace(HEADER, card_id=CARD_IDS[self.holder])
        self.header = header
        assert isinstance(self._run(personalise(order(header=header), self._issuer(), self._dice())), Issued)
        self.grants = {bytes(192)}
        self.value = 0
        self.seq = 0
        receipt = self._run(top_up(UID, PurseEntry(START, 0, 0, 0), self._issuer(), self._dice()))
        assert isinstance(receipt, Receipt)
        self.value = START

    def _issuer(self):
        return issuer(version=self.version)

    def _dice(self):
        self.seed += 1
        return dice(self.seed)

    def _point(self, *purposes):
        return point_keys(*purposes, versions=VERSIONS)

    def _run(self, conversation, cut=None):
        """A job from the moment the card lies down; `cut` pulls it away at a frame."""
        if cut:
            setattr(self.field, *cut)
        result = self.field.run(conversation)
        self.field.cut_before = self.field.cut_after = None
        return result

    def _until_done(self, job, cut, done):
        """Run a job that may be cut once; put back, the same job finishes."""
        result = self._run(job(), cut)
        if isinstance(result, CardRefusal):
            assert result.cause is Cause.PULLED_AWAY
            result = self._run(job())
        assert isinstance(result, done)

    @rule(cut=cuts)
    def pass_a_door(self, cut):
        reading = self._run(read_card(UID, self._point(), self._dice(), prefer=self.version))
        assert isinstance(reading, CardReading)
        if cut:
            setattr(self.field, cut[0], 4 + cut[1] % 5)
        self.events += 1
        what = WriteBack(AccessEvent(1, 1, 1, self.events, 0, 0).encode())
        before = self._log()
        converse(write_back(reading, self._point(), what, self._dice()), self.field.transmit)
        self.field.cut_before = self.field.cut_after = None
        assert self._log() in (before, [*before, what.event][-16:])

    @rule(cut=cuts, number=st.integers(1, 255))
    def renew_the_grant(self, cut, number):
        grant = bytes((number,)) * 192
        renewal = Renewal(self.header, grant)
        result = self._run(renew(UID, renewal, self._issuer(), self._dice()), cut and (cut[0], cut[1] % 9))
        if isinstance(result, CardRefusal):
            assert result.cause is Cause.PULLED_AWAY
            self.grants |= {grant}
        else:
            self.grants = {grant}

    @rule(cut=cuts, amount=st.integers(1, 900))
    def pay_for_lunch(self, cut, amount):
        keys = self._point(Purpose.PURSE_DEBIT)
        purse = self._run(open_purse(UID, keys, self._dice()))
        opened = self.field.rounds
        self.seq += 1
        record = PurseEntry(-amount, 1, self.seq, 0)
        if cut:
            setattr(self.field, cut[0], opened + cut[1] % 3)
        result = converse(pay(purse, record), self.field.transmit)
        self.field.cut_before = self.field.cut_after = None
        paid = isinstance(result, Receipt)
        if not paid and result.cause is Cause.PULLED_AWAY:
            again = self._run(open_purse(UID, keys, self._dice()))
            paid = converse(settle(again, record, purse.counter), self.field.transmit) is Settlement.CARRIED_OUT
        self.value -= amount * paid

    @rule(cut=cuts)
    def change_the_keys(self, cut):
        if self.version < VERSIONS[-1]:
            self.version += 1
            self._until_done(lambda: roll_keys(UID, self._issuer(), self._dice()), cut, Rolled)

    @rule(cut=cuts, cut_again=cuts)
    def give_it_to_somebody_else(self, cut, cut_again):
        self._until_done(lambda: recycle(UID, self._issuer(), self._dice()), cut, Recycled)
        assert isinstance(self._run(read_card(UID, self._point(), self._dice())), CardRefusal)
        self.holder = (self.holder + 1) % len(CARD_IDS)
        header = replace(HEADER, card_id=CARD_IDS[self.holder])
        self._run(personalise(order(header=header), self._issuer(), self._dice()), cut_again)
        self._issue_and_fill()

    def _log(self):
        return list(self.field.card.state.applications[0x0C4A01].files[4].records)

    @invariant()
    def the_next_tap_works(self):
        if hasattr(self, "header"):
            reading = self._run(read_card(UID, self._point(), self._dice(), prefer=self.version))
            assert isinstance(reading, CardReading)
            assert reading.header == self.header

    @invariant()
    def files_are_old_or_new(self):
        if hasattr(self, "header"):
            applications = self.field.card.state.applications
            assert applications[0x0C4A01].files[2].data in self.grants
            assert applications[0x0C4A06].files[1].value == self.value


TestCardLife = CardLife.TestCase
TestCardLife.settings = settings(max_examples=25, stateful_step_count=12, deadline=None)
