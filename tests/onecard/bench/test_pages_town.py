"""Invented people: the same by every question, like those whom a clerk enters."""

from hypothesis import given
from hypothesis import strategies as st

from card_protocol.words.event import Event
from card_protocol.words.ids import ulid_to_bytes
from onecard.bench.ingest_box import a_tap
from onecard.bench.pages_town import Town, found_by, house_id, house_of, id_of, person, spread, taps
from server.services.people.cells import house_code
from server.services.people.name_keys import keys_of

numbers = st.integers(0, 10**7)


@given(numbers)
def test_somebody_is_the_same_whenever_asked_and_lives_in_a_house(number):
    one = person(number)
    assert one == person(number)
    assert house_code(one.house) == one.house
    assert 2 <= len(one.name) <= 3
    assert len(one.phone_tail) == 4


@given(st.sets(numbers, min_size=2, max_size=20))
def test_ids_and_houses_are_everybodys_own(some):
    assert len({id_of(number) for number in some}) == len(some)
    assert len({house_of(number) for number in some}) == len(some)
    assert [id_of(number) for number in sorted(some)] == sorted(map(id_of, some)), "in the order of their coming"
    assert all(ulid_to_bytes(one(number)) for number in some for one in (id_of, house_id))


@given(numbers)
def test_somebody_is_found_by_what_a_clerk_would_have_written(number):
    one = person(number)
    assert found_by(one) == keys_of(one.name, one.house, one.phone_tail, one.tags)


@given(numbers)
def test_a_tap_is_the_word_that_a_door_journals(number):
    town = Town(5_800_000, 1_800_000_000_000)
    row = next(taps(town, range(number, number + 1)))
    who = spread(number, 6) % town.people
    word = a_tap(number, row[-1] - number).model_copy(update={"card_id": id_of(who), "holder": f"{who:016X}"})
    assert Event.from_bytes(row[4]) == word
    assert row[4] == word.to_bytes()
    assert row[6:] == (
        word.kind.value, word.point, word.card_id, word.holder, word.reason.value, word.wall_ms, word.clock.value,
        word.wall_ms,
    )  # fmt: skip
    assert town.first_tap_ms <= word.wall_ms < town.now_ms
