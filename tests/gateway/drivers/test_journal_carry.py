"""Events that are told again in the journal in use."""

import pytest

from card_protocol.words.event import Event
from gateway.drivers import journal_carry
from gateway.drivers.journal_carry import carry
from gateway.ports.journal import Head, JournalUnavailable
from tests.gateway.world import MOMENT, MemoryJournal, bodies

OLD, NEW = "00000000000000e1", "00000000000000e2"


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_carry, "CHUNK_EVENTS", 3)


def old_file() -> MemoryJournal:
    old = MemoryJournal(epoch=OLD)
    old.write(bodies(10))
    return old


def told_by(journal: MemoryJournal) -> list[bytes]:
    return [entry.body for entry in journal.chain if b"journal_damaged" not in entry.body]


def test_their_bytes_stay_and_their_old_places_are_told() -> None:
    new = MemoryJournal(epoch=NEW)
    assert carry(old_file(), 4, 10, new, MOMENT) == 7
    assert told_by(new) == bodies(10)[3:]
    notes = [Event.from_bytes(entry.body).detail for entry in new.chain if b"journal_damaged" in entry.body]
    assert [(note["epoch"], note["from_seq"], note["to_seq"]) for note in notes] == [
        (OLD, 4, 6),
        (OLD, 7, 9),
        (OLD, 10, 10),
    ]


def test_it_ends_where_it_should() -> None:
    new = MemoryJournal(epoch=NEW)
    assert carry(old_file(), 4, 5, new, MOMENT) == 2
    assert told_by(new) == bodies(10)[3:5]


@pytest.mark.parametrize("whole", range(4))
def test_after_a_power_cut_in_the_middle_nothing_is_told_twice(whole: int) -> None:
    class Failing(MemoryJournal):
        left = whole

        def append_bodies(self, texts: list[bytes]) -> Head:  # type: ignore[override]
            if not self.left:
                raise JournalUnavailable("the power is gone")
            self.left -= 1
            return super().append_bodies(texts)

    new = Failing(epoch=NEW)
    if whole < 3:
        with pytest.raises(JournalUnavailable):
            carry(old_file(), 4, 10, new, MOMENT)
    new.left = 9
    carry(old_file(), 4, 10, new, MOMENT)
    carry(old_file(), 4, 10, new, MOMENT)
    assert told_by(new) == bodies(10)[3:]
