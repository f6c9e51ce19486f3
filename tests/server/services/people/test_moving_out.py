"""Moving out."""

from card_protocol.words.card import CardState
from server.services.cards import cards
from server.services.people import holders, moving_out
from tests.server.build import ADMIN, Community


def test_every_card_ends_and_the_house_is_left(community: Community) -> None:
    card = community.active_card()
    with community.transactions.work(ADMIN) as work:
        ended = moving_out.move_out(work, card.holder_id or "", why="moved to Ningbo")
        assert [one.id for one in ended] == [card.id]
        assert cards.get(work.session, card.id).state is CardState.REVOKED
        assert holders.get(work.session, card.holder_id or "").house == ""
        assert holders.search(work.session, "3-1-502").items == []
        assert moving_out.move_out(work, card.holder_id or "", why="again") == []
