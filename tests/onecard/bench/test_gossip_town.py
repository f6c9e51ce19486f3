"""The model of a community: who taps where, and when."""

from collections import Counter

import pytest

from card_protocol.words.moment import DAY_MS
from onecard.bench.gossip_town import AWAY, Kind, Town, make_town, taps_of_day

MONDAY, SATURDAY = 0, 5


def per_head(town: Town, day: int, kind: Kind) -> float:
    taps = Counter(tap.who for tap in taps_of_day(town, day, 1))
    people = [who for who, resident in enumerate(town.residents) if resident.kind is kind]
    return sum(taps[who] for who in people) / len(people)


def test_the_doors_are_gates_services_and_units():
    town = make_town(20, 400, 1)
    assert (town.gates, town.services, town.units) == (range(3), range(3, 6), range(6, 20))
    assert town.doors == 20
    assert {resident.unit for resident in town.residents} <= set(town.units)
    assert {resident.gate for resident in town.residents} <= set(town.gates)


def test_the_smallest_community():
    town = make_town(5, 1, 1)
    assert (town.gates, town.services, town.units) == (range(1), range(1, 4), range(4, 5))
    for doors, residents in ((4, 10), (20, 0)):
        with pytest.raises(ValueError, match="at least"):
            make_town(doors, residents, 1)


def test_a_day_is_in_order_and_the_same_for_a_seed():
    town = make_town(20, 300, 1)
    taps = taps_of_day(town, 3, 7)
    assert taps == sorted(taps) == taps_of_day(town, 3, 7)
    assert taps != taps_of_day(town, 3, 8)
    assert all(2 * DAY_MS < tap.at_ms < 5 * DAY_MS for tap in taps)
    assert {tap.door for tap in taps} == set(range(town.doors))


def test_people_use_their_own_unit_and_mostly_their_own_gate():
    town = make_town(20, 1000, 1)
    taps = taps_of_day(town, MONDAY, 1)
    for tap in taps:
        assert tap.door not in town.units or tap.door == town.residents[tap.who].unit
    at_gates = [tap for tap in taps if tap.door in town.gates]
    own = sum(tap.door == town.residents[tap.who].gate for tap in at_gates)
    assert 0.8 < own / len(at_gates) < 1


def test_the_elderly_go_out_less_and_in_the_day():
    town = make_town(20, 2000, 1)
    assert per_head(town, MONDAY, Kind.ELDERLY) < per_head(town, MONDAY, Kind.WORKER)
    old = {who for who, resident in enumerate(town.residents) if resident.kind is Kind.ELDERLY}
    hours = [tap.at_ms / DAY_MS * 24 for tap in taps_of_day(town, MONDAY, 1) if tap.who in old]
    assert min(hours) > 6
    assert max(hours) < 21


def test_a_weekend_differs_and_some_are_away():
    town = make_town(20, 2000, 1)
    monday, saturday = (Counter(tap.who for tap in taps_of_day(town, day, 1)) for day in (MONDAY, SATURDAY))
    pupils = [who for who, resident in enumerate(town.residents) if resident.kind is Kind.PUPIL]
    at_school = sum(monday[who] > 0 for who in pupils) / len(pupils)
    assert abs(at_school - (1 - AWAY)) < 0.05
    assert sum(saturday[who] > 0 for who in pupils) / len(pupils) < at_school
