"""Cards as gateways know them, and which of them have changed."""

from card_protocol.words.card import CardState
from card_protocol.words.moment import DAY_MS
from server.services.cards import cards
from server.services.cards.cards import CardView
from server.services.policies import card_entries
from tests.server.build import ADMIN, COMMUNITY, Community


def some(community: Community, count: int) -> list[CardView]:
    return [community.active_card(f"04{n:012X}") for n in range(count)]


def state(community: Community) -> int:
    with community.transactions.read() as session:
        return card_entries.newest(session)


def since(community: Community, seq: int) -> tuple[list[str], list[str]]:
    with community.transactions.read() as session:
        changed, gone = card_entries.changed_since(session, COMMUNITY, seq)
        assert card_entries.count_since(session, COMMUNITY, seq, 100) == len(changed) + len(gone)
    return [entry.card_id for entry in changed], gone


def test_all_of_them_are_read_in_order_with_their_levels(community: Community) -> None:
    made = some(community, 3)
    with community.transactions.read() as session:
        entries = list(card_entries.all_of(session, COMMUNITY))
        assert [entry.card_id for entry in entries] == [card.id for card in made]
        assert entries[0].levels == ("residents",)
        assert card_entries.one(session, made[1].id) == entries[1]
        assert list(card_entries.all_of(session, "330105008002")) == []


def test_only_what_changed_behind_a_state_is_told(community: Community) -> None:
    first, second, third = some(community, 3)
    before = state(community)
    assert since(community, before) == ([], [])
    with community.transactions.work(ADMIN) as work:
        cards.change_state(work, second.id, CardState.SUSPENDED)
        cards.set_rights(work, third.id, [], valid_to_ms=work.now_ms + DAY_MS)
    assert since(community, before) == ([second.id, third.id], [])
    assert since(community, 0)[0] == [first.id, second.id, third.id]
    assert state(community) > before


def test_what_gateways_need_not_know_any_more_is_gone(community: Community) -> None:
    (card,) = some(community, 1)
    person = community.holder()
    with community.transactions.work(ADMIN) as work:
        reserved = cards.reserve(work, person.id, "04AAAAAAAAAAAA", ["residents"], valid_to_ms=work.now_ms + DAY_MS)
    before = state(community)
    with community.transactions.work(ADMIN) as work:
        for step in (CardState.RETURNED, CardState.STOCK):
            cards.change_state(work, card.id, step)
        cards.forget(work, reserved.id)
        assert card_entries.one(work.session, card.id) is None
    assert since(community, before) == ([], sorted([card.id, reserved.id]))


def test_counting_ends_at_its_limit(community: Community) -> None:
    some(community, 3)
    with community.transactions.read() as session:
        assert card_entries.count_since(session, COMMUNITY, 0, 2) == 2
