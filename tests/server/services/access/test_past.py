"""What gateways knew at a time."""

from sqlmodel import select

from card_protocol.words.card import CardState
from card_protocol.words.moment import DAY_MS
from card_protocol.words.schedule import always
from server.services.access import access, past
from server.services.cards import cards
from server.services.policies import card_entries, policy
from server.tables import CardPastRow, PolicyPastRow
from tests.server.build import ADMIN, Community
from tests.server.services.policies.test_policy import publish, read


def seq(community: Community) -> int:
    with community.transactions.read() as session:
        return card_entries.newest(session)


def test_a_card_is_found_as_it_was_at_every_state(community: Community) -> None:
    card = community.active_card()
    marks = [seq(community)]
    for change in (CardState.SUSPENDED, CardState.ACTIVE, CardState.RETURNED, CardState.STOCK):
        with community.transactions.work(ADMIN) as work:
            cards.change_state(work, card.id, change)
        marks.append(seq(community))
    with community.transactions.work(ADMIN) as work:
        seen = [past.card_at(work.session, card.id, mark) for mark in marks]
        assert [entry.state if entry else None for entry in seen] == ["active", "suspended", "active", "returned", None]
        assert seen[0] is not None
        assert seen[0].levels == ("residents",)
        assert past.card_at(work.session, card.id, marks[0] - 2) is None
        past.forget(work.session, work.now_ms + past.KEPT_MS + 1)
        assert work.session.get(CardPastRow, (card.id, marks[0])) is None


def test_rights_before_a_change_are_kept(community: Community) -> None:
    card = community.active_card()
    before = seq(community)
    with community.transactions.work(ADMIN) as work:
        cards.set_rights(work, card.id, [], valid_to_ms=card.valid_to_ms + 1)
    with community.transactions.read() as session:
        then, now = past.card_at(session, card.id, before), past.card_at(session, card.id, before + 1)
    assert (then.levels, now.levels) == (("residents",), ())  # type: ignore[union-attr]
    assert then.valid_to_ms + 1 == now.valid_to_ms  # type: ignore[union-attr]


def test_every_published_policy_is_found_again_and_equal_rules_are_kept_once(community: Community) -> None:
    community.active_card()
    first = publish(community)
    community.active_card("04010203040507")
    second = publish(community)
    with community.transactions.work(ADMIN) as work:
        access.set_schedule(work, always("night"))
        access.set_level(work, access.LevelIn.model_validate(_residents_at_night()))
    third = publish(community)
    for published in (first, second, third):
        with community.transactions.read() as session:
            kept = past.head_of(session, "g-1", published.version)
        if published is third:
            assert kept is not None
            assert kept == read(community, published)[0].model_copy(update={"cards": 0})
    with community.transactions.work(ADMIN) as work:
        assert len(work.session.exec(select(PolicyPastRow)).all()) == 2
        assert past.head_of(work.session, "g-1", 99) is None
        assert past.cards_seq_of(work.session, "g-1", 99) is None
        past.forget(work.session, work.now_ms + policy.POLICY_LIFE_MS + past.KEPT_MS + DAY_MS)
        assert work.session.exec(select(PolicyPastRow)).all() == []


def _residents_at_night() -> dict[str, object]:
    plain: dict[str, object] = {"id": "residents", "name_zh": "居民", "name_en": "Residents"}
    return plain | {"points": frozenset({"south-gate-in"}), "schedule": "night"}
