"""Deltas: from any state between base and now, to now."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.policy.cards_delta import CardsDelta, DeltaHead, apply_delta, decode_delta, encode_delta
from card_protocol.policy.lines import pack_lines
from card_protocol.policy.rules import CardEntry
from card_protocol.words.card import CardState
from card_protocol.words.ids import ulid_from_bytes

COMMUNITY = "330105009012"


def card(number: int, mark: int = 0) -> CardEntry:
    return CardEntry(
        card_id=ulid_from_bytes(number.to_bytes(16, "big")),
        holder="0" * 16,
        state=CardState.ACTIVE,
        valid_from_ms=0,
        valid_to_ms=mark,
        levels=(),
    )


def delta(cards: list[CardEntry], gone: list[str], base_seq: int = 0, seq: int = 9) -> CardsDelta:
    head = DeltaHead(community=COMMUNITY, base_seq=base_seq, seq=seq, cards=len(cards), gone=len(gone))
    return CardsDelta(head, tuple(cards), tuple(gone))


changes = st.lists(st.tuples(st.integers(0, 12), st.none() | st.integers(1, 99)), max_size=25)
"""(card, its new mark, or None when it goes), one after the other."""


def states(story: list[tuple[int, int | None]]) -> list[dict[int, int]]:
    """The cards before the first change, and after each."""
    found: list[dict[int, int]] = [{}]
    for number, mark in story:
        now = dict(found[-1])
        if mark is None:
            now.pop(number, None)
        else:
            now[number] = mark
        found.append(now)
    return found


def entries(state: dict[int, int]) -> list[CardEntry]:
    return [card(number, mark) for number, mark in sorted(state.items())]


@given(changes, st.data())
def test_any_state_between_base_and_now_becomes_now(story: list[tuple[int, int | None]], data: st.DataObject) -> None:
    all_states = states(story)
    base = data.draw(st.integers(0, len(story)))
    start = data.draw(st.integers(base, len(story)))
    changed = {number for number, _ in story[base:]}
    now = all_states[-1]
    made = delta([card(n, now[n]) for n in changed if n in now], [card(n).card_id for n in changed if n not in now])
    assert list(apply_delta(entries(all_states[start]), made)) == entries(now)


@given(st.sets(st.integers(0, 30)), st.sets(st.integers(31, 60)))
def test_a_delta_comes_back(fresh: set[int], gone: set[int]) -> None:
    made = delta([card(n) for n in sorted(fresh)], [card(n).card_id for n in sorted(gone)])
    assert decode_delta(encode_delta(made)) == made


HEAD = DeltaHead(community=COMMUNITY, base_seq=0, seq=1, cards=1, gone=1).to_bytes()
CARD, GONE = card(1).to_bytes(), b'{"card_id":"' + card(2).card_id.encode() + b'"}'


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([], "empty"),
        ([CARD], "no DeltaHead"),
        ([HEAD], "ends before"),
        ([HEAD, CARD], "ends before"),
        ([HEAD, CARD, GONE, GONE], "more than it promises"),
        ([HEAD, GONE, CARD], "delta line 2"),
        ([HEAD, CARD, GONE.replace(card(2).card_id.encode(), card(1).card_id.encode())], "twice"),
    ],
)
def test_what_is_no_delta_is_refused(lines: list[bytes], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        decode_delta(pack_lines(lines))


def test_a_delta_leads_forwards_and_keeps_its_promise() -> None:
    with pytest.raises(ValueError, match="forwards"):
        DeltaHead(community=COMMUNITY, base_seq=2, seq=1, cards=0, gone=0)
    with pytest.raises(ValueError, match="promises other cards"):
        encode_delta(CardsDelta(DeltaHead(community=COMMUNITY, base_seq=0, seq=1, cards=2, gone=0), (card(1),), ()))
