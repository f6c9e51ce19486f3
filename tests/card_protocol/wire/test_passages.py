"""What gateways are told of people: words that go there and back, bounded, and that lead somewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.wire.passages import PASSAGES_MAX, Forgiven, Mustered, Passages, Passed
from card_protocol.words.point import Direction

holders = st.integers(0, 2**64 - 1).map(lambda number: f"{number:016X}")
times = st.integers(0, 2**47 - 1)
areas = st.sampled_from(["yard", "house"])
passed = st.builds(
    Passed, area=areas, holder=holders, direction=st.sampled_from([Direction.IN, Direction.OUT]), at_ms=times
)
mustered = st.builds(Mustered, holder=holders, at_ms=times)
forgiven = st.builds(Forgiven, area=areas, at_ms=times)


def some(words: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(words, max_size=5).map(tuple)


words = st.builds(
    Passages, gateway=st.just("g-1"), passed=some(passed), mustered=some(mustered), forgiven=some(forgiven)
)


@given(words)
def test_there_and_back(word: Passages) -> None:
    assert Passages.from_bytes(word.to_bytes()) == word


def test_its_bytes() -> None:
    one = Passed(area="yard", holder="00000000000000A1", direction=Direction.IN, at_ms=7)
    assert Passages(gateway="g-1", passed=(one,)).to_bytes() == (
        b'{"forgiven":[],"gateway":"g-1","mustered":[],'
        b'"passed":[{"area":"yard","at_ms":7,"direction":"in","holder":"00000000000000A1"}]}'
    )


def test_a_passage_leads_somewhere() -> None:
    with pytest.raises(ValueError, match="leads in or out"):
        Passed(area="yard", holder="00000000000000A1", direction=Direction.NONE, at_ms=7)


def test_a_message_is_bounded() -> None:
    one = Mustered(holder="00000000000000A1", at_ms=7)
    with pytest.raises(ValueError, match="mustered"):
        Passages(gateway="g-1", mustered=(one,) * (PASSAGES_MAX + 1))
