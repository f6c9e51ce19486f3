"""A card's life as a state machine: random jobs, errors and losses of power against a small model of what a
card remembers. After every step the valid data is the model's; a tear anywhere leaves the last commit."""

from dataclasses import dataclass, field
from itertools import count

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from firmware_sim.card import store
from firmware_sim.card.files import BackupFile, CyclicRecordFile, StandardFile, TransactionMacFile, ValueFile
from tests.firmware_sim.jobs import AID, backup, cyclic, login, rights, standard, transaction_mac, value
from tests.firmware_sim.reader import FULL, Reader, card_of, le3, reader_of, stock_card

STANDARD, BACKUP, LOG, PURSE, TMAC = 1, 2, 4, 5, 9
SIZE, RECORD, RING = 40, 8, 4
UPPER = 100


@dataclass
class Model:
    """Valid data, and the pending data of the transaction."""

    plain: bytes = bytes(SIZE)
    image: bytes = bytes(SIZE)
    purse: int = 50
    records: list[bytes] = field(default_factory=list)
    commits: int = 0
    limited: int = 0
    new_image: bytes | None = None
    new_purse: int | None = None
    debited: int = 0
    new_record: bytes | None = None
    touched: bool = False

    def forget(self) -> None:
        self.new_image = self.new_purse = self.new_record = None
        self.debited = 0
        self.touched = False

    def commit(self) -> None:
        self.image = self.image if self.new_image is None else self.new_image
        self.purse = self.purse if self.new_purse is None else self.new_purse
        self.limited = self.debited or self.limited
        if self.new_record is not None:
            self.records = [*self.records, self.new_record][-(RING - 1) :]
        self.commits += 1
        self.forget()


class CardLife(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.card = stock_card()
        self.reader: Reader = reader_of(self.card)
        self.reader.ok(0xCA, le3(AID) + b"\x0f\x85")
        self.reader.select(AID)
        login(self.reader, 0)
        standard(self.reader, STANDARD, SIZE)
        backup(self.reader, BACKUP, SIZE)
        cyclic(self.reader, LOG, RECORD, RING)
        value(self.reader, PURSE, 0, UPPER, 50)
        transaction_mac(self.reader, TMAC, bytes(16), rights(read=1, write=0xF, read_write=0xF))
        self.model = Model()
        self.numbers = count()
        login(self.reader, 3)

    @property
    def ready(self) -> bool:
        return self.reader.keys is not None

    def refused(self) -> None:
        """The card answered with an error: session and transaction are over."""
        self.model.forget()

    def write(self, number: int, offset: int, data: bytes, native: bool) -> bool:
        header = bytes((number,)) + le3(offset) + le3(len(data))
        fits = offset + len(data) <= SIZE
        self.reader.frame_bytes = 55 if native else 250
        status, _ = self.reader.attempt(0x3D if native else 0x8D, header, data, FULL)
        assert status == (0 if fits else 0xBE)
        if not fits:
            self.refused()
        self.model.touched |= fits
        return fits

    @precondition(lambda self: self.ready)
    @rule(offset=st.integers(0, SIZE), data=st.binary(min_size=1, max_size=SIZE), native=st.booleans())
    def write_standard(self, offset: int, data: bytes, native: bool) -> None:
        if self.write(STANDARD, offset, data, native):
            old = self.model.plain
            self.model.plain = old[:offset] + data + old[offset + len(data) :]

    @precondition(lambda self: self.ready)
    @rule(offset=st.integers(0, SIZE), data=st.binary(min_size=1, max_size=SIZE), native=st.booleans())
    def write_backup(self, offset: int, data: bytes, native: bool) -> None:
        if self.write(BACKUP, offset, data, native):
            old = self.model.image if self.model.new_image is None else self.model.new_image
            self.model.new_image = old[:offset] + data + old[offset + len(data) :]

    @precondition(lambda self: self.ready)
    @rule()
    def append(self) -> None:
        record = next(self.numbers).to_bytes(RECORD, "big")
        self.reader.command(0x8B, bytes((LOG,)) + le3(0) + le3(RECORD), record, FULL)
        self.model.new_record = record
        self.model.touched = True

    @precondition(lambda self: self.ready)
    @rule(amount=st.integers(0, UPPER), credit=st.booleans())
    def move_money(self, amount: int, credit: bool) -> None:
        pending = self.model.purse if self.model.new_purse is None else self.model.new_purse
        after = pending + amount if credit else pending - amount
        order = 0x0C if credit else 0xDC
        status, _ = self.reader.attempt(order, bytes((PURSE,)), amount.to_bytes(4, "little"), FULL)
        assert status == (0 if 0 <= after <= UPPER else 0xBE)
        if status:
            self.refused()
            return
        self.model.new_purse, self.model.touched = after, True
        self.model.debited += 0 if credit else amount

    @precondition(lambda self: self.ready)
    @rule()
    def read_purse(self) -> None:
        """The valid value, whatever is pending."""
        answer = self.reader.command(0x6C, bytes((PURSE,)), mode=FULL)
        assert int.from_bytes(answer, "little") == self.model.purse
        self.model.touched = True

    @precondition(lambda self: self.ready)
    @rule(option=st.booleans())
    def commit(self, option: bool) -> None:
        status, answer = self.reader.attempt(0xC7, b"\x01" if option else b"")
        assert status == (0 if self.model.touched else 0x0C)
        if status:
            self.refused()
            return
        self.model.commit()
        assert answer[:4] == (self.model.commits.to_bytes(4, "little") if option else b"")

    @precondition(lambda self: self.ready)
    @rule()
    def abort(self) -> None:
        status, _ = self.reader.attempt(0xA7)
        assert status == (0 if self.model.touched else 0x0C)
        self.model.forget()

    @rule()
    def tear(self) -> None:
        """The card leaves the field and comes back; sometimes its memory took a walk over the disk."""
        self.card.power_off()
        self.card = card_of(store.load(store.dump(self.card.state)), seed=next(self.numbers))
        self.reader = reader_of(self.card)
        self.model.forget()

    @rule()
    def come_back(self) -> None:
        self.reader.select(AID)
        self.model.forget()
        login(self.reader, 3)

    @precondition(lambda self: self.ready)
    @rule(key=st.sampled_from((1, 2, 3)))
    def change_key_within_the_transaction(self, key: int) -> None:
        self.reader.authenticate(key, first=False)
        self.reader.authenticate(3, first=False)

    @precondition(lambda self: self.ready)
    @rule()
    def blunder(self) -> None:
        """A MAC that does not verify."""
        assert self.reader.native(0x6F, bytes(8))[0] == 0x1E
        self.reader.keys = None
        self.refused()

    @invariant()
    def memory_is_the_models(self) -> None:
        files = self.card.state.applications[AID].files
        plain, image, log, purse, tmac = (files[number] for number in (STANDARD, BACKUP, LOG, PURSE, TMAC))
        assert isinstance(plain, StandardFile)
        assert isinstance(image, BackupFile)
        assert isinstance(log, CyclicRecordFile)
        assert isinstance(purse, ValueFile)
        assert isinstance(tmac, TransactionMacFile)
        assert (plain.data, image.data) == (self.model.plain, self.model.image)
        assert log.records == self.model.records
        assert (purse.value, purse.limited_credit_left) == (self.model.purse, self.model.limited)
        assert tmac.counter == self.model.commits


TestCardLife = CardLife.TestCase
