"""What cards told the box: kept over restarts, never taken back, never above the server's own word."""

import os
import sqlite3
from pathlib import Path

import pytest

from card_protocol.crypto.signing import Signer
from card_protocol.profiles.gossip import Adoption
from card_protocol.profiles.refusal import CardRefusal, Cause
from card_protocol.profiles.revocation_delta import RevocationDelta, make_delta, sign_delta
from card_protocol.words.card import CardState
from gateway.drivers.book_file import BookFile
from gateway.drivers.book_writer import BookWriterFile
from gateway.drivers.carried_file import CARRIED_NAME, DELTA_NAME, CarriedFile, begin_anew, forget
from tests.gateway.policies import card, card_id, head, revocation
from tests.gateway.world import COMMUNITY, NOON_MS

COMMUNITY_HAND = Signer(bytes(range(96, 128)))


def delta(upto: int, *numbers: int) -> tuple[RevocationDelta, bytes]:
    """A delta that ends the cards `numbers` with the last rev_seqs up to `upto`."""
    entries = [revocation(upto - place, number) for place, number in enumerate(numbers)]
    made = make_delta(COMMUNITY, upto, entries, NOON_MS)
    return made, sign_delta(made, COMMUNITY_HAND.sign)


def adopt(file: CarriedFile, what: tuple[RevocationDelta, bytes], rev_seq: int = 0) -> Adoption | CardRefusal:
    return file.adopt(*what, rev_seq, NOON_MS)


def test_what_a_card_brought_holds_at_once_and_after_a_restart(tmp_path: Path) -> None:
    file = CarriedFile(tmp_path)
    adoption = adopt(file, delta(4, 7))
    assert isinstance(adoption, Adoption)
    assert [entry.card_id for entry in adoption.news] == [card_id(7)]
    for seen in (file, CarriedFile(tmp_path)):
        found = seen.about(card_id(7))
        assert found is not None
        assert (found.rev_seq, found.state) == (4, CardState.REVOKED)
        assert seen.about(card_id(8)) is None
        assert seen.deltas() == (delta(4, 7)[1],)


def test_an_older_list_is_refused_and_takes_nothing_back(tmp_path: Path) -> None:
    file = CarriedFile(tmp_path)
    adopt(file, delta(4, 7))
    refused = adopt(file, delta(3))
    assert isinstance(refused, CardRefusal)
    assert refused.cause is Cause.REVOCATIONS_OLDER
    told_by_server = adopt(CarriedFile(tmp_path), delta(4, 7), rev_seq=5)
    assert isinstance(told_by_server, CardRefusal)
    assert file.about(card_id(7)) is not None
    assert file.deltas() == (delta(4, 7)[1],)


def test_the_servers_delta_is_handed_on_beside_the_one_that_a_card_brought(tmp_path: Path) -> None:
    file = CarriedFile(tmp_path)
    assert file.deltas() == ()
    (tmp_path / DELTA_NAME).write_bytes(delta(2, 1)[1])
    adopt(file, delta(4, 7))
    assert file.deltas() == (delta(2, 1)[1], delta(4, 7)[1])


def test_the_book_denies_what_a_card_said_until_the_servers_stream_has_reached_it(tmp_path: Path) -> None:
    writer = BookWriterFile(tmp_path)
    writer.flip(writer.stage(head(1, 1), [card(7)], "00" * 32))
    file = CarriedFile(tmp_path)
    book = BookFile(tmp_path, file.about)
    assert book.current().revocation(card_id(7)) is None
    adopt(file, delta(4, 7))
    found = book.current().revocation(card_id(7))
    assert found is not None
    assert found.rev_seq == 4
    assert book.rev_seq() == 0
    # The server's own later word on the card wins, and a snapshot that knows number 4 makes the entry idle.
    writer.revoke([revocation(5, 7, CardState.ACTIVE)], 0)
    later = book.current().revocation(card_id(7))
    assert later is not None
    assert later.state is CardState.ACTIVE
    writer.flip(writer.stage(head(2, 1, rev_seq=6), [card(7)], "11" * 32))
    assert book.current().revocation(card_id(7)) is None
    assert book.rev_seq() == 6


def test_the_newest_serial_of_a_card_never_sinks(tmp_path: Path) -> None:
    file = CarriedFile(tmp_path)
    assert file.newest_serial(card_id(1)) == 0
    for serial in (3, 7, 5):
        file.saw_serial(card_id(1), serial)
    assert file.newest_serial(card_id(1)) == 7
    assert CarriedFile(tmp_path).newest_serial(card_id(1)) == 7
    assert file.newest_serial(card_id(2)) == 0


@pytest.mark.parametrize("content", [b"", b"no database" * 100, os.urandom(4096)])
def test_a_damaged_file_is_set_aside_and_begun_anew(tmp_path: Path, content: bytes) -> None:
    first = CarriedFile(tmp_path)
    first.close()
    damaged = (tmp_path / CARRIED_NAME).resolve()
    for path in tmp_path.glob("carried-1.db*"):
        path.unlink()
    damaged.write_bytes(content)
    file = CarriedFile(tmp_path)
    file.saw_serial(card_id(1), 4)
    assert file.newest_serial(card_id(1)) == 4
    assert content in damaged.read_bytes()
    assert (tmp_path / CARRIED_NAME).resolve() != damaged


def test_without_a_disk_it_works_from_memory(tmp_path: Path) -> None:
    file = CarriedFile(tmp_path)
    file.close()
    adopt(file, delta(4, 7))
    file.saw_serial(card_id(1), 4)
    assert file.about(card_id(7)) is not None
    assert file.newest_serial(card_id(1)) == 4
    assert CarriedFile(tmp_path / "nowhere").about(card_id(7)) is None


def test_a_disk_that_refuses_costs_nothing_but_the_next_start(tmp_path: Path) -> None:
    file = CarriedFile(tmp_path)
    with sqlite3.connect(tmp_path / CARRIED_NAME) as other:
        other.execute("DROP TABLE serial")
        other.execute("DROP TABLE revocation")
    file.saw_serial(card_id(1), 4)
    adopt(file, delta(4, 7))
    assert file.newest_serial(card_id(1)) == 4
    assert file.about(card_id(7)) is not None


def test_there_is_an_end_to_setting_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.drivers.carried_file.FILES_MAX", 2)
    begin_anew(tmp_path)
    begin_anew(tmp_path)
    with pytest.raises(OSError, match="set aside"):
        begin_anew(tmp_path)


def test_a_box_that_moves_forgets_what_cards_of_the_old_place_said(tmp_path: Path) -> None:
    forget(tmp_path)
    assert not (tmp_path / CARRIED_NAME).exists()
    file = CarriedFile(tmp_path)
    adopt(file, delta(4, 7))
    (tmp_path / DELTA_NAME).write_bytes(delta(2, 1)[1])
    file.close()
    forget(tmp_path)
    moved = CarriedFile(tmp_path)
    assert (moved.about(card_id(7)), moved.deltas()) == (None, ())
