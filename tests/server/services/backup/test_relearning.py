"""A revocation that the server lost with its data base is believed to a gateway that applied it; nothing else is."""

from collections.abc import Iterator

import pytest

from card_protocol.words.card import CardState
from card_protocol.words.event import EventKind
from server.services import audit
from server.services.backup import relearning
from server.services.cards import cards, revocations
from server.services.cards.cards import CardView
from server.services.signals import Wish
from server.services.work import Work
from server.tables import CounterRow
from tests.server.build import ADMIN, Community
from tests.server.services.backup.backup_drill import applied

LOST_FROM = 5


@pytest.fixture
def card(community: Community) -> CardView:
    return community.active_card()


@pytest.fixture
def work(community: Community, card: CardView) -> Iterator[Work]:
    """After a restore that leapt over the numbers from 5 on."""
    with community.transactions.work(ADMIN) as work:
        work.session.add(CounterRow(name=relearning.LOST_FROM, value=LOST_FROM))
        work.session.add(CounterRow(name=relearning.LOST_UPTO, value=LOST_FROM + relearning.LEAP - 1))
        work.session.add(CounterRow(name=revocations.COUNTER, value=LOST_FROM + relearning.LEAP))
        work.session.flush()
        work.wishes.clear()
        yield work


def state_of(work: Work, card: CardView) -> CardState:
    return cards.get(work.session, card.id).state


def test_what_was_lost_comes_back_and_goes_out_to_everybody(work: Work, card: CardView) -> None:
    relearning.hear(work, applied(card.id, 7, CardState.LOST))
    assert state_of(work, card) is CardState.LOST
    (entry,) = revocations.after(work.session, 6, 10)
    assert (entry.rev_seq, entry.card_id, entry.state) == (7, card.id, CardState.LOST)
    assert entry.expires_ms > work.now_ms
    assert work.wishes == {Wish.PUBLISH, Wish.REVOKE}
    line = audit.trail(work.session).items[0]
    assert (line.action, line.why) == ("card.lost", "learned back from a gateway: revocation 7")


def test_the_newest_word_on_a_card_counts_whatever_comes_first(work: Work, card: CardView) -> None:
    relearning.hear(work, applied(card.id, 9, CardState.REVOKED))
    relearning.hear(work, applied(card.id, 8, CardState.SUSPENDED))
    relearning.hear(work, applied(card.id, 9, CardState.LOST))
    assert state_of(work, card) is CardState.REVOKED
    assert [one.rev_seq for one in revocations.after(work.session, 0, 10)] == [8, 9]


@pytest.mark.parametrize("number", [0, LOST_FROM - 1, LOST_FROM + relearning.LEAP])
def test_numbers_that_were_not_lost_teach_nothing(number: int, work: Work, card: CardView) -> None:
    relearning.hear(work, applied(card.id, number, CardState.LOST))
    assert state_of(work, card) is CardState.ACTIVE


def test_other_events_and_unknown_cards_teach_nothing(work: Work, card: CardView) -> None:
    good = applied(card.id, 7, CardState.LOST)
    for event in (
        good.model_copy(update={"kind": EventKind.CARD_WRITTEN}),
        good.model_copy(update={"card_id": None}),
        good.model_copy(update={"card_id": "01JD0000000000000000000000"}),
        good.model_copy(update={"detail": {}}),
        good.model_copy(update={"detail": {"rev_seq": "7", "state": "lost"}}),
        good.model_copy(update={"detail": {"rev_seq": 7, "state": "eaten"}}),
    ):
        relearning.hear(work, event)
    assert state_of(work, card) is CardState.ACTIVE
    assert revocations.after(work.session, 0, 10) == []


def test_without_a_restore_nothing_is_learned(community: Community, card: CardView) -> None:
    with community.transactions.work(ADMIN) as work:
        relearning.hear(work, applied(card.id, 1, CardState.LOST))
        assert state_of(work, card) is CardState.ACTIVE
