"""The intake's core against a model: batches doubled, reordered, lost, forked and poisoned, over restarts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from card_protocol.words.event import EVENT_MAX_BYTES, GENESIS
from server.intake import core
from server.intake.core import Position, Taken, links_of, overlap, still_lacking, take
from tests.server.build import Box, tap

START = Position()
POISON = b'{"kind":"a kind that nobody knows"}'


def journal(*bodies: bytes) -> Box:
    box = Box("g-1")
    box.append(*bodies)
    return box


def feed(box: Box, first: int, last: int, position: Position, known: dict[int, bytes]) -> Taken:
    batch = box.batch(first, last)
    links = links_of(batch)
    assert links is not None
    return take(position, bytes.fromhex(batch.prev_hash), links, {n: known[n] for n in overlap(position, links)})


def test_a_batch_that_continues_is_taken_whole() -> None:
    box = journal(tap(1), tap(2), tap(3))
    taken = feed(box, 1, 3, Position(), {})
    assert [link.seq for link, _ in taken.events] == [1, 2, 3]
    assert taken.position == Position(3, box.hashes[3])
    assert (taken.dead, taken.forks, taken.need_from) == ((), (), None)


def test_a_batch_behind_a_gap_is_not_taken_and_the_gap_is_asked_for() -> None:
    taken = feed(journal(tap(1), tap(2), tap(3)), 3, 3, Position(), {})
    assert taken == Taken(Position(), need_from=1)


def declared(box: Box, first: int, last: int, gap_from: int, position: Position = START) -> Taken:
    batch = box.batch(first, last)
    links = links_of(batch)
    assert links is not None
    return take(position, bytes.fromhex(batch.prev_hash), links, {}, gap_from)


def test_a_gap_that_the_gateway_declares_is_a_hole_and_the_chain_goes_on_behind_it() -> None:
    box = journal(*(tap(n) for n in range(1, 7)))
    taken = declared(box, 5, 6, gap_from=1)
    assert (taken.hole, taken.need_from) == (range(1, 5), None)
    assert [link.seq for link, _ in taken.events] == [5, 6]
    assert taken.position == Position(6, box.hashes[6])
    partly = declared(box, 5, 6, gap_from=2, position=Position(2, box.hashes[2]))
    assert partly.hole == range(3, 5)


def test_a_gap_that_is_declared_only_in_part_is_still_asked_for() -> None:
    box = journal(*(tap(n) for n in range(1, 7)))
    assert declared(box, 5, 6, gap_from=3) == Taken(Position(), need_from=1)


def test_behind_a_gap_only_the_history_goes_on_that_led_to_it() -> None:
    box, thief = journal(*(tap(n) for n in range(1, 9))), journal(tap(1), *(tap(n) for n in range(11, 15)))
    batch = box.batch(7, 8)
    links = links_of(batch)
    assert links is not None
    position, known = Position(5, thief.hashes[5]), {3: thief.hashes[3]}
    assert overlap(position, links, gap_from=4) == range(3, 4)
    assert not overlap(position, links, gap_from=6)
    previous = bytes.fromhex(batch.prev_hash)
    taken = take(position, previous, links, known, 4, box.hashes[3])
    assert (taken.position, taken.events, taken.hole) == (position, (), None)
    assert [fork.link.seq for fork in taken.forks] == [7, 8]
    # The same, had the server the history of the box; or if nobody knows what was before the gap.
    ours = take(Position(5, box.hashes[5]), previous, links, {3: box.hashes[3]}, 4, box.hashes[3])
    assert (ours.position, ours.hole, ours.forked) == (Position(8, box.hashes[8]), range(6, 7), False)
    assert not take(position, previous, links, known, 4).forked
    # The gap begins where the server stands.
    assert take(Position(5, thief.hashes[5]), previous, links, {}, 6, box.hashes[5]).forked
    assert not take(Position(5, box.hashes[5]), previous, links, {}, 6, box.hashes[5]).forked


def test_what_is_there_already_is_no_fork_and_the_rest_is_taken() -> None:
    box = journal(tap(1), tap(2), tap(3))
    taken = feed(box, 1, 3, Position(2, box.hashes[2]), {1: box.hashes[1], 2: box.hashes[2]})
    assert [link.seq for link, _ in taken.events] == [3]
    assert taken.forks == ()


def test_another_event_under_a_known_key_is_a_fork_and_so_is_all_behind_it() -> None:
    ours, theirs = journal(tap(1), tap(2)), journal(tap(1), tap(9), tap(3))
    known = {1: ours.hashes[1], 2: ours.hashes[2]}
    taken = feed(theirs, 1, 3, Position(2, ours.hashes[2]), known)
    assert (taken.forked, taken.same) == (True, Position(1, ours.hashes[1]))
    assert [(fork.link.seq, fork.known) for fork in taken.forks] == [(2, ours.hashes[2]), (3, None)]
    assert taken.events == ()
    assert taken.position == Position(2, ours.hashes[2])


def test_a_batch_that_claims_another_past_is_a_fork_although_it_overlaps_nothing() -> None:
    ours, theirs = journal(tap(1)), journal(tap(9), tap(2))
    taken = feed(theirs, 2, 2, Position(1, ours.hashes[1]), {})
    assert [fork.link.seq for fork in taken.forks] == [2]
    assert taken.position.watermark == 1
    assert taken.same is None, "where the two part cannot be told"


@pytest.mark.parametrize(("first", "last", "same_upto"), [(1, 2, 2), (2, 2, 2), (1, 4, 2), (3, 4, 2), (4, 4, None)])
def test_up_to_where_another_history_is_the_same(first: int, last: int, same_upto: int | None) -> None:
    ours = journal(*(tap(n) for n in range(1, 6)))
    theirs = journal(tap(1), tap(2), tap(8), tap(9))
    known = dict(enumerate(ours.hashes[1:], 1))
    taken = feed(theirs, first, last, Position(5, ours.hashes[5]), known)
    same = Position(same_upto, ours.hashes[same_upto]) if same_upto is not None else None
    assert (taken.same, taken.forked) == (same, last > 2)


def test_a_batch_that_brings_something_says_nothing_of_it() -> None:
    box = journal(tap(1), tap(2), tap(3))
    taken = feed(box, 1, 3, Position(2, box.hashes[2]), {1: box.hashes[1], 2: box.hashes[2]})
    assert (taken.same, taken.forked) == (None, False)


def test_a_poisonous_event_is_a_dead_letter_and_blocks_nobody() -> None:
    box = journal(tap(1), POISON, b"x" * (EVENT_MAX_BYTES + 1), tap(4))
    taken = feed(box, 1, 4, Position(), {})
    assert [link.seq for link, _ in taken.events] == [1, 4]
    assert [(link.seq, link.body) for link, _ in taken.dead] == [(2, box.bodies[1]), (3, box.bodies[2])]
    assert taken.position == Position(4, box.hashes[4])


def test_hashes_that_do_not_lead_to_the_head_are_no_batch() -> None:
    batch = journal(tap(1), tap(2)).batch(1, 2)
    assert links_of(batch.model_copy(update={"head_hash": GENESIS.hex()})) is None


def test_two_answers_at_once_still_ask_for_what_the_first_lacked() -> None:
    gap = Taken(Position(5), need_from=6)
    assert still_lacking(gap, Taken(Position(5))).need_from == 6
    assert still_lacking(gap, Taken(Position(6))).need_from is None
    assert still_lacking(Taken(Position(5)), gap).need_from == 6


def test_two_answers_at_once_still_tell_of_the_fork() -> None:
    ours, theirs = journal(tap(1), tap(2)), journal(tap(1), tap(9))
    forked = feed(theirs, 1, 2, Position(2, ours.hashes[2]), dict(enumerate(ours.hashes[1:], 1)))
    later = still_lacking(forked, Taken(Position(2, ours.hashes[2])))
    assert (later.forked, later.same) == (True, Position(1, ours.hashes[1]))
    somewhere = Taken(Position(2, ours.hashes[2]), forks=forked.forks)
    assert still_lacking(forked, somewhere).same == still_lacking(somewhere, forked).same == forked.same
    assert still_lacking(somewhere, somewhere).same is None


@given(st.lists(st.booleans(), min_size=1, max_size=30), st.integers(1, 7))
def test_in_order_everything_arrives_whatever_is_poisonous(poisonous: list[bool], size: int) -> None:
    box = journal(*(POISON if bad else tap(n) for n, bad in enumerate(poisonous)))
    position, events, dead = Position(), [], []
    for first in range(1, len(poisonous) + 1, size):
        taken = feed(box, first, min(first + size - 1, len(poisonous)), position, {})
        position = taken.position
        events += [link.seq for link, _ in taken.events]
        dead += [link.seq for link, _ in taken.dead]
    assert position == Position(len(poisonous), box.hashes[-1])
    assert dead == [n for n, bad in enumerate(poisonous, 1) if bad]
    assert sorted(events + dead) == list(range(1, len(poisonous) + 1))


class Life(RuleBasedStateMachine):
    """One journal and one server. The model is the journal itself: what is held must be its beginning, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.box = Box("g-1")
        self.twin: Box | None = None
        """The same box, restored from a copy of its disk and going on by itself."""
        self.position = Position()
        self.held: list[bytes] = []
        self.asked = 0
        self.quarantined: set[tuple[int, bytes]] = set()

    @rule(poison=st.booleans(), count=st.integers(1, 5))
    def grow(self, poison: bool, count: int) -> None:
        for _ in range(count):
            self.box.append(POISON if poison else tap(len(self.box.bodies)))

    @precondition(lambda self: self.box.bodies and self.twin is None)
    @rule(data=st.data())
    def copy_the_disk(self, data: st.DataObject) -> None:
        at = data.draw(st.integers(0, len(self.box.bodies)))
        self.twin = Box("g-1")
        self.twin.append(*self.box.bodies[:at], *(tap(1000 + n) for n in range(3)))

    @precondition(lambda self: self.box.bodies)
    @rule(data=st.data())
    def deliver(self, data: st.DataObject) -> None:
        self._deliver(self.box, data)

    @precondition(lambda self: self.twin is not None)
    @rule(data=st.data())
    def deliver_from_the_twin(self, data: st.DataObject) -> None:
        assert self.twin is not None
        self._deliver(self.twin, data)

    @precondition(lambda self: self.twin is None and self.asked)
    @rule()
    def send_what_was_asked_for(self) -> None:
        before = self.position.watermark
        self._take(self.box, self.asked, min(self.asked + 5, len(self.box.bodies)))
        assert self.position.watermark > before

    def _deliver(self, box: Box, data: st.DataObject) -> None:
        first = data.draw(st.integers(1, len(box.bodies)))
        self._take(box, first, data.draw(st.integers(first, min(first + 8, len(box.bodies)))))

    def _take(self, box: Box, first: int, last: int) -> None:
        before = self.position
        known = dict(enumerate(self.held, 1))
        taken = feed(box, first, last, self.position, known)
        written = sorted([link for link, _ in (*taken.events, *taken.dead)], key=lambda link: link.seq)
        assert [link.seq for link in written] == list(range(before.watermark + 1, taken.position.watermark + 1))
        self.held += [link.hash for link in written]
        self.position = taken.position
        self.quarantined |= {(fork.link.seq, fork.link.hash) for fork in taken.forks}
        self.asked = taken.need_from or 0
        assert self.asked in (0, self.position.watermark + 1)

    @invariant()
    def what_is_held_is_one_chain(self) -> None:
        assert len(self.held) == self.position.watermark
        assert (self.held or [GENESIS])[-1] == self.position.head
        chains = [box.hashes[1:] for box in (self.box, self.twin) if box is not None]
        assert any(chain[: len(self.held)] == self.held for chain in chains)

    @invariant()
    def nothing_that_is_held_is_in_quarantine(self) -> None:
        assert not {(seq, digest) for seq, digest in enumerate(self.held, 1)} & self.quarantined

    @invariant()
    def without_a_second_history_nothing_is_in_quarantine(self) -> None:
        assert self.twin is not None or not self.quarantined


TestLife = Life.TestCase


def test_the_core_imports_no_shell() -> None:
    assert not {"threading", "time", "sqlalchemy", "structlog"} & set(vars(core))
