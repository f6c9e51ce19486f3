"""Who has no card yet."""

from card_protocol.words.card import CardState
from server.services.cards import cards
from server.services.people.cardless import without_card
from tests.server.build import ADMIN, Community


def names(community: Community, house: str = "", limit: int = 10) -> list[str]:
    with community.transactions.read() as session:
        return [row.name for row in without_card(session, house=house, limit=limit)]


def test_residents_of_a_house_who_hold_nothing_that_opens_in_the_order_of_their_houses(community: Community) -> None:
    for name, house in (("乙", "3-1-502"), ("甲", "3-1-501"), ("丙", "4-1-101"), ("无房", ""), ("百分", "3%")):
        community.holder(name, house=house)
    held, lost = community.active_card("04010203040506"), community.active_card("04010203040507")
    assert names(community, "3-1-5") == names(community, "3幢1单元5") == ["甲", "乙"]
    assert names(community, "3%") == ["百分"], "a sign that a data base gives a meaning has none here"
    assert "无房" not in names(community)
    assert len(names(community, limit=2)) == 2
    with community.transactions.work(ADMIN) as work:
        cards.change_state(work, lost.id, CardState.LOST, why="bus")
    with community.transactions.read() as session:
        waiting = {row.id for row in without_card(session, limit=50)}
    assert held.holder_id not in waiting
    assert lost.holder_id in waiting, "a lost card opens nothing any more"
