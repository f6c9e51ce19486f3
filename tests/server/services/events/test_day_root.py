"""The root of a day, and proofs against it."""

from datetime import date, timedelta

import pytest

from card_protocol.wire.topics import Channel, topic
from card_protocol.words.event import GENESIS, chain_hash
from card_protocol.words.moment import DAY_MS, local_day_and_minute, local_ms
from server.intake.processor import Message, Processor
from server.services.events.day_root import DayRoot, Inclusion, is_over, prove, root_of_day
from server.services.events.merkle import leaf_hash, node_hash
from server.services.problems import Problem
from tests.server.build import NOW_MS, Box, Community, tap

TODAY = local_day_and_minute(NOW_MS)[0]


def send(community: Community, box: Box, first: int, last: int) -> None:
    message = Message(topic(box.name, Channel.EVENTS), box.sealed("batch", box.batch(first, last)))
    Processor(community.transactions, community.house.keystore).process([message])


@pytest.fixture
def box(community: Community) -> Box:
    """Four events today, the third a dead letter, and two tomorrow."""
    box = community.box()
    box.append(tap(1), tap(2), b"{}", tap(4), tap(5), tap(6))
    send(community, box, 1, 4)
    community.now[0] += DAY_MS
    send(community, box, 5, 6)
    return box


def test_a_day_is_over_at_the_midnight_after_it() -> None:
    ends = local_ms(TODAY + timedelta(days=1))
    assert not is_over(TODAY, ends - 1)
    assert is_over(TODAY, ends)


def root(community: Community, day: date) -> DayRoot:
    with community.transactions.snapshot() as session:
        return root_of_day(session, day)


def proof(community: Community, event_id: int) -> Inclusion:
    with community.transactions.snapshot() as session:
        return prove(session, event_id)


def climb(found: Inclusion) -> bytes:
    row = found.event
    own = chain_hash(row.gateway_id, row.epoch, row.seq, bytes(row.body), found.previous)
    here = leaf_hash(own)
    for step in found.path:
        here = node_hash(step.sibling, here) if step.left else node_hash(here, step.sibling)
    return here


@pytest.mark.usefixtures("box")
def test_every_event_is_proven_against_the_root_of_its_day(community: Community) -> None:
    for event_id, day in ((1, TODAY), (2, TODAY), (3, TODAY), (4, TODAY + timedelta(days=1))):
        found = proof(community, event_id)
        assert found.day == day
        assert climb(found) == root(community, day).root
        assert climb(found) != root(community, day + timedelta(days=1)).root


def test_a_root_counts_what_it_covers_and_stays(community: Community, box: Box) -> None:
    today = root(community, TODAY)
    assert (today.events, today.journals) == (3, 1)
    box.append(tap(7))
    send(community, box, 7, 7)
    assert root(community, TODAY) == today, "what comes later changes later days alone"
    empty = root(community, TODAY - timedelta(days=1))
    assert (empty.events, empty.journals) == (0, 0)


def test_the_hash_before_is_found_wherever_it_is_kept(community: Community, box: Box) -> None:
    assert proof(community, 1).previous == GENESIS
    assert proof(community, 3).previous == box.hashes[3], "a dead letter stands before it"
    box.append(*(tap(n) for n in range(7, 12)))
    word = box.batch(10, 11).model_copy(update={"gap_from": 7})
    message = Message(topic(box.name, Channel.EVENTS), box.sealed("batch", word))
    Processor(community.transactions, community.house.keystore).process([message])
    found = proof(community, 6)
    assert found.previous == box.hashes[9], "a hole stands before it"
    assert climb(found) == root(community, found.day).root


def test_no_event_is_a_problem(community: Community) -> None:
    with pytest.raises(Problem, match="no event"):
        proof(community, 1)
