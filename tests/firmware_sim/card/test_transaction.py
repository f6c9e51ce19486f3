"""Pending changes."""

from firmware_sim.card.access import AccessRights, CommMode
from firmware_sim.card.files import BackupFile, CyclicRecordFile, File, FileHead, ValueFile
from firmware_sim.card.transaction import RecordChange, Transaction, ValueChange

HEAD = FileHead(CommMode.FULL, AccessRights(1, 2, 3, 0), None)


def test_apply_makes_everything_valid_and_forgets() -> None:
    backup, purse, log = (
        BackupFile(HEAD, b"old"),
        ValueFile(HEAD, 0, 9, 5, 0, 1),
        CyclicRecordFile(HEAD, 1, 3, [b"a", b"b"]),
    )
    files: dict[int, File] = {1: backup, 2: purse, 3: log}
    transaction = Transaction({1: b"new", 2: ValueChange(3, debited=2), 3: RecordChange(new=b"c", updates={1: b"B"})})
    transaction.reader_id = b"r"
    transaction.apply(files)
    assert (backup.data, purse.value, purse.limited_credit_left, log.records) == (b"new", 3, 2, [b"B", b"c"])
    assert transaction == Transaction()


def test_limited_credit_is_used_up() -> None:
    purse = ValueFile(HEAD, 0, 9, 5, 4, 1)
    Transaction({2: ValueChange(6, limited_credit_used=True)}).apply({2: purse})
    assert purse.limited_credit_left == 0
    Transaction({2: ValueChange(7)}).apply({2: purse})
    assert (purse.value, purse.limited_credit_left) == (7, 0)


def test_first_use_starts_from_the_valid_state() -> None:
    transaction = Transaction()
    assert transaction.backup_image(1, BackupFile(HEAD, b"old")) == b"old"
    assert transaction.value_change(2, ValueFile(HEAD, 0, 9, 5, 0, 1)) == ValueChange(5)
    assert transaction.record_change(3) == RecordChange()
    transaction.changes = {1: b"new", 2: ValueChange(4), 3: RecordChange(cleared=True)}
    assert transaction.backup_image(1, BackupFile(HEAD, b"old")) == b"new"
    assert transaction.value_change(2, ValueFile(HEAD, 0, 9, 5, 0, 1)) == ValueChange(4)
    assert transaction.record_change(3).cleared
