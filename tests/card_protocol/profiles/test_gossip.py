"""What a point learns from cards: merge, prune, newest wins, nothing is ever taken back."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from card_protocol.profiles.gossip import Adoption, Knowledge, adopt, worth_writing
from card_protocol.profiles.refusal import CardRefusal, Cause
from card_protocol.profiles.revocation_delta import HOUR_MS, RevocationDelta, make_delta
from card_protocol.words.card import CardState
from card_protocol.words.revocation import Revocation
from tests.card_protocol.field import COMMUNITY

NOW_MS = 1_790_000_040_000
CARDS = ("01ARZ3NDEKTSV4RRFFQ69G5FAV", "01BX5ZZKBKACTAV9WEVGEMMVRZ", "01CX5ZZKBKACTAV9WEVGEMMVRZ")


def revocation(rev_seq, card=0, hours=24, state=CardState.LOST):
    return Revocation(
        rev_seq=rev_seq, card_id=CARDS[card], state=state, at_ms=NOW_MS, expires_ms=NOW_MS + hours * HOUR_MS
    )


def delta(after, upto, *entries):
    return RevocationDelta(COMMUNITY, after, upto, NOW_MS, entries)


def test_news_is_adopted_and_the_version_rises():
    adoption = adopt(Knowledge(), delta(0, 4, revocation(4, 1), revocation(2)), NOW_MS)
    assert adoption.knowledge.version == 4
    assert adoption.news == (revocation(4, 1), revocation(2))
    assert adoption.knowledge.about(CARDS[0]) == revocation(2)
    assert adoption.knowledge.about(CARDS[2]) is None


def test_the_same_again_is_no_news_and_no_fault():
    first = adopt(Knowledge(), delta(0, 4, revocation(4)), NOW_MS)
    assert adopt(first.knowledge, delta(0, 4, revocation(4)), NOW_MS) == Adoption(first.knowledge, ())


def test_a_list_that_was_rolled_back():
    refusal = adopt(Knowledge(version=5), delta(0, 4, revocation(4)), NOW_MS)
    assert isinstance(refusal, CardRefusal)
    assert refusal.cause is Cause.REVOCATIONS_OLDER


def test_a_gap_is_adopted_and_not_forgotten():
    with_gap = adopt(Knowledge(version=3), delta(6, 9, revocation(9)), NOW_MS).knowledge
    assert with_gap.version == 3
    assert with_gap.about(CARDS[0]) == revocation(9)
    filled = adopt(with_gap, delta(3, 7, revocation(5, 1)), NOW_MS).knowledge
    assert filled.version == 7
    assert filled.about(CARDS[0]) == revocation(9)


def test_the_newest_word_on_a_card_wins_in_any_order():
    suspended, freed = revocation(5, state=CardState.SUSPENDED), revocation(8, state=CardState.ACTIVE)
    both = adopt(Knowledge(), delta(0, 8, freed, suspended), NOW_MS).knowledge
    assert both.about(CARDS[0]) == freed
    late = adopt(Knowledge(0, {CARDS[0]: freed}), delta(0, 6, suspended), NOW_MS)
    assert late.knowledge.about(CARDS[0]) == freed
    assert late.news == ()


def test_what_has_expired_is_neither_learnt_nor_kept():
    adoption = adopt(Knowledge(0, {CARDS[1]: revocation(1, 1, hours=1)}), delta(0, 4, revocation(4, hours=1)), NOW_MS)
    assert adoption.news == (revocation(4, hours=1),)
    later = adopt(adoption.knowledge, delta(0, 5, revocation(5, 2, hours=1)), NOW_MS + HOUR_MS)
    assert later.knowledge == Knowledge(5, {})


@pytest.mark.parametrize(
    ("carried", "worth"),
    [
        (None, True),
        (CardRefusal(Cause.REVOCATIONS_FORGED, ""), True),
        (delta(0, 4), True),
        (delta(0, 5), False),
        (delta(0, 6), False),
    ],
)
def test_what_is_worth_writing(carried, worth):
    assert worth_writing(carried, delta(0, 5)) is worth


class Community(RuleBasedStateMachine):
    """A server that revokes, cards that carry deltas of any age, and a door that only ever meets cards."""

    def __init__(self):
        super().__init__()
        self.journal = []
        self.deltas = [make_delta(COMMUNITY, 0, [], NOW_MS)]
        self.door = Knowledge()
        self.highest = 0

    @rule(card=st.integers(0, 2), state=st.sampled_from(CardState))
    def server_revokes(self, card, state):
        self.journal.append(revocation(len(self.journal) + 1, card, state=state))
        self.deltas.append(make_delta(COMMUNITY, len(self.journal), self.journal, NOW_MS))

    @rule(data=st.data())
    def door_meets_a_card(self, data):
        carried = data.draw(st.sampled_from(self.deltas))
        result = adopt(self.door, carried, NOW_MS)
        if isinstance(result, CardRefusal):
            assert carried.upto < self.door.version
        else:
            self.door = result.knowledge

    @invariant()
    def the_door_never_goes_back(self):
        assert self.door.version >= self.highest
        self.highest = self.door.version

    @invariant()
    def everything_up_to_the_version_is_known(self):
        for card in CARDS:
            newest = max((r for r in self.journal if r.card_id == card), key=lambda r: r.rev_seq, default=None)
            if newest and newest.rev_seq <= self.door.version:
                assert self.door.about(card) == newest

    @invariant()
    def nothing_is_invented(self):
        assert all(entry in self.journal for entry in self.door.entries.values())


TestCommunity = Community.TestCase
