"""The residents against the real simulated person (`python -m firmware_sim`), with a real reader at one point."""

import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.drivers.registry import open_reader
from onecard.demo.community import DESK, SOUTH_IN
from onecard.demo.day import Manner
from onecard.demo.folder import Folder, Places
from onecard.demo.hall import Hall, open_hall
from onecard.demo.options import ReaderStack
from onecard.demo.people import BANK_CARD, People, card_name
from onecard.demo.programs import ProgramFailed

RESIDENTS = 3
WAIT_MS = 10_000


@pytest.fixture
def hall() -> Iterator[Hall]:
    with open_hall(ReaderStack.NFC) as hall:
        yield hall


@pytest.fixture
def people(tmp_path: Path, hall: Hall) -> Iterator[People]:
    people = People(Folder(tmp_path, Places(1, 2, hall)), RESIDENTS)
    people.start(os.environ)
    yield people
    people.stop()
    assert not people.program.alive


@pytest.fixture
def reader(hall: Hall) -> Iterator:
    with contextlib.closing(open_reader(hall.readers[SOUTH_IN.id])) as reader:
        yield reader


def tapping(people: People, *taps: tuple[int, Manner]) -> threading.Thread:
    """The taps one behind the other, in a thread of their own."""
    thread = threading.Thread(target=lambda: [people.tap(who, SOUTH_IN.id, how) for who, how in taps])
    thread.start()
    return thread


def test_each_resident_has_a_card_of_their_own_and_steps_aside(people: People, reader) -> None:
    line = tapping(people, (0, Manner.CALM), (2, Manner.CALM), (0, Manner.OTHER_CARD))
    uids = []
    for _ in range(3):
        card = reader.wait_for_card(WAIT_MS)
        assert card is not None
        uids.append(card.uid)
        assert card.wait_for_removal(WAIT_MS)
    line.join()
    assert uids == ["04005A6B7C8D80", "04025A6B7C8D80", "0A1B2C3D"]


def test_the_hasty_take_their_card_away_in_mid_conversation(people: People, reader) -> None:
    line = tapping(people, (1, Manner.HASTY))
    card = reader.wait_for_card(WAIT_MS)
    assert card is not None
    get_version = bytes.fromhex("9060000000")
    assert card.transmit(get_version)[-2:] == b"\x91\xaf"
    with pytest.raises(Exception, match=r"."):
        card.transmit(bytes.fromhex("90AF000000"))
    line.join()


def test_nobody_is_lost_when_many_come_at_once(people: People) -> None:
    done: list[int] = []

    def tap(who: int) -> None:
        people.tap(who % RESIDENTS, SOUTH_IN.id if who % 2 else "clinic", Manner.CALM)
        done.append(who)

    threads = [threading.Thread(target=tap, args=(who,)) for who in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(done) == list(range(6))


def test_a_card_lies_on_the_desk_for_as_long_as_it_is_needed(people: People, hall: Hall) -> None:
    with contextlib.closing(open_reader(hall.readers[DESK])) as desk:
        with people.card_on_desk(1):
            card = desk.wait_for_card(WAIT_MS)
            assert card is not None
            assert card.uid == "04015A6B7C8D80"
        assert card.wait_for_removal(WAIT_MS)


def test_a_card_put_where_another_lies_takes_its_place(people: People, hall: Hall) -> None:
    with contextlib.closing(open_reader(hall.readers[DESK])) as desk:
        with people.card_on_desk(0), people.card_on_desk(1):
            card = desk.wait_for_card(WAIT_MS)
            assert card is not None
            assert card.uid == "04015A6B7C8D80"
        with people.card_on_desk(2):
            card.wait_for_removal(WAIT_MS)
            card = desk.wait_for_card(WAIT_MS)
            assert card is not None
            assert card.uid == "04025A6B7C8D80"


def test_what_the_program_refuses_is_told(people: People) -> None:
    with pytest.raises(ProgramFailed, match="the residents refuse: "):
        people.tap(RESIDENTS + 5, SOUTH_IN.id, Manner.CALM)


def test_people_whose_program_is_gone_are_told_and_not_waited_for(people: People) -> None:
    people.program.kill()
    with pytest.raises(ProgramFailed, match="residents"):
        people.tap(0, SOUTH_IN.id, Manner.CALM)


def test_a_field_that_cannot_be_opened_is_told_with_the_programs_last_words(tmp_path: Path, hall: Hall) -> None:
    first = People(Folder(tmp_path, Places(1, 2, hall)), RESIDENTS)
    first.start(os.environ)
    second = People(Folder(tmp_path, Places(1, 2, hall)), RESIDENTS)
    try:
        with pytest.raises(ProgramFailed, match=r"(?s)people has ended unexpectedly.*Address already in use"):
            second.start(os.environ)
    finally:
        first.stop()
        second.stop()


def test_nobody_is_in_two_places_at_once(people: People, hall: Hall) -> None:
    with contextlib.closing(open_reader(hall.readers[DESK])) as desk:
        with people.card_on_desk(1):
            line = tapping(people, (1, Manner.CALM))
            card = desk.wait_for_card(WAIT_MS)
            assert card is not None
            assert not card.wait_for_removal(300)
            assert line.is_alive()
        line.join(WAIT_MS / 1000)
        assert not line.is_alive()


def test_names_of_cards() -> None:
    assert card_name(3) == "card-3"
    assert card_name(3) != BANK_CARD
