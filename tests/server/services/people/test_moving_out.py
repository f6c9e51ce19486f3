"""Moving out."""

import pytest

from card_protocol.words.card import CardState
from server.services.cards import cards
from server.services.people import holders, merging, moving_out
from server.services.people.holders import HolderIn, HolderKind
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


def test_who_moved_out_is_known_to_have_until_they_live_here_again(community: Community) -> None:
    person, other = community.holder("王秀英"), community.holder("单建国")
    with community.transactions.work(ADMIN) as work:
        assert person.moved_ms is None
        for one in (person, other):
            moving_out.move_out(work, one.id, why="moved to Ningbo")
            assert holders.get(work.session, one.id).moved_ms == work.now_ms
        assert holders.change(work, person.id, HolderIn(name="王秀瑛")).moved_ms == work.now_ms
        assert holders.change(work, person.id, HolderIn(name="王秀瑛", house="3-1-502")).moved_ms is None
        assert holders.change(work, other.id, HolderIn(name="单建国", kind=HolderKind.WORKER)).moved_ms is None


@pytest.mark.parametrize("both", [True, False])
def test_one_person_of_two_entries_has_moved_out_when_both_have(community: Community, both: bool) -> None:
    kept, other = community.holder("王秀英"), community.holder("王秀英", house="")
    with community.transactions.work(ADMIN) as work:
        for one in (kept, other)[: 1 + both]:
            moving_out.move_out(work, one.id, why="moved to Ningbo")
        assert (merging.merge(work, kept.id, other.id, why="twice").moved_ms is not None) is both
