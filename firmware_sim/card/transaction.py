"""The running transaction of the selected application: pending changes that CommitTransaction makes valid in
one step and that any other end of the transaction forgets.

It ends without commit on AbortTransaction, SelectApplication, AuthenticateEV2First, on every command that is
answered with an error, and when the field goes away (MF2DL(H)x0, 10.2; the error rule is the strict reading:
a card in doubt goes back to the last valid state). AuthenticateEV2NonFirst keeps it: TI lives on.
"""

from dataclasses import dataclass, field

from firmware_sim.card.files import BackupFile, CyclicRecordFile, File, ValueFile


@dataclass
class ValueChange:
    """Pending value, debits so far, and whether a limited credit was used."""

    value: int
    debited: int = 0
    limited_credit_used: bool = False


@dataclass
class RecordChange:
    """Pending change of a record file: cleared, one new record, rewritten old ones."""

    cleared: bool = False
    new: bytes | None = None
    updates: dict[int, bytes] = field(default_factory=dict)


Change = bytes | ValueChange | RecordChange
"""For a backup file: its whole new image."""


@dataclass
class Transaction:
    """Pending changes by file number, and the transaction MAC input collected so far."""

    changes: dict[int, Change] = field(default_factory=dict)
    mac_input: bytearray = field(default_factory=bytearray)
    reader_id: bytes | None = None

    def forget(self) -> None:
        """Back to the last valid state."""
        self.changes.clear()
        self.mac_input.clear()
        self.reader_id = None

    def backup_image(self, number: int, file: BackupFile) -> bytes:
        """The image that a further write starts from."""
        pending = self.changes.get(number)
        return pending if isinstance(pending, bytes) else file.data

    def value_change(self, number: int, file: ValueFile) -> ValueChange:
        """The pending value, made from the valid one at first use."""
        pending = self.changes.get(number)
        return pending if isinstance(pending, ValueChange) else ValueChange(file.value)

    def record_change(self, number: int) -> RecordChange:
        """The pending record change, empty at first use."""
        pending = self.changes.get(number)
        return pending if isinstance(pending, RecordChange) else RecordChange()

    def apply(self, files: dict[int, File]) -> None:
        """Make every pending change valid."""
        for number, change in self.changes.items():
            _apply(files[number], change)
        self.forget()


def _apply(file: File, change: Change) -> None:
    if isinstance(file, BackupFile) and isinstance(change, bytes):
        file.data = change
    elif isinstance(file, ValueFile) and isinstance(change, ValueChange):
        _apply_value(file, change)
    elif isinstance(file, CyclicRecordFile) and isinstance(change, RecordChange):
        _apply_records(file, change)


def _apply_value(file: ValueFile, change: ValueChange) -> None:
    file.value = change.value
    if change.debited:
        file.limited_credit_left = change.debited
    elif change.limited_credit_used:
        file.limited_credit_left = 0


def _apply_records(file: CyclicRecordFile, change: RecordChange) -> None:
    if change.cleared:
        file.records.clear()
        return
    for index, record in change.updates.items():
        file.records[index] = record
    if change.new is not None:
        file.records.append(change.new)
        del file.records[: -file.capacity]
