"""One line of time per person, as far as the reader's role sees."""

from card_protocol.wire.topics import Channel, topic
from card_protocol.words.card import CardState
from server.intake.processor import Message, Processor
from server.services.cards import cards
from server.services.people import timeline
from server.services.people.timeline import SHOWN
from server.services.people.timeline_kinds import Kind
from server.services.roles import Role
from server.services.work import Actor
from tests.server.build import ADMIN, Community, tap


def test_what_happened_comes_newest_first_and_goes_on(community: Community) -> None:
    card = community.active_card()
    for number in range(SHOWN):
        community.now[0] += 1000
        with community.transactions.work(ADMIN) as work:
            state = CardState.SUSPENDED if number % 2 == 0 else CardState.ACTIVE
            cards.change_state(work, card.id, state, why="bus")
    with community.transactions.read() as session:
        first = timeline.of_person(session, ADMIN, card.holder_id or "")
        assert len(first) == SHOWN
        assert (first[0].card_number, first[0].why, first[0].actor) == (card.number, "bus", "user:test")
        times = [moment.at_ms for moment in first]
        assert times == sorted(times, reverse=True)
        rest = timeline.of_person(session, ADMIN, card.holder_id or "", before_ms=times[-1])
        assert rest[-1].action == "holder.add"


def test_one_kind_alone(community: Community) -> None:
    card = community.active_card()
    with community.transactions.read() as session:
        found = timeline.of_person(session, ADMIN, card.holder_id or "", only=Kind.CARD)
        assert {moment.kind for moment in found} == {Kind.CARD}
        assert [moment.card_number for moment in found] == [card.number] * len(found)


def test_what_a_card_did_in_the_hands_of_another_is_not_theirs(community: Community) -> None:
    """A card that was given back and made blank goes to somebody else, under its old number."""
    card, box = community.active_card(), community.box()
    box.append(tap(1, card.id))
    message = Message(topic("g-1", Channel.EVENTS), box.sealed("batch", box.batch(1, 1)))
    Processor(community.transactions, community.house.keystore).process([message])
    with community.transactions.read() as session:
        theirs = timeline.of_person(session, ADMIN, card.holder_id or "")
    assert [moment for moment in theirs if moment.tap is not None], "they came through a gate"
    community.now[0] += 60_000
    with community.transactions.work(ADMIN) as work:
        for state in (CardState.RETURNED, CardState.STOCK):
            cards.change_state(work, card.id, state, why="wiped")
    community.now[0] += 60_000
    new = community.active_card()
    assert new.id == card.id
    with community.transactions.read() as session:
        found = timeline.of_person(session, ADMIN, new.holder_id or "")
    assert not [moment for moment in found if moment.tap is not None]
    assert {moment.action for moment in found if moment.kind is Kind.CARD} == {"card.reserve", "card.active"}


def test_who_may_not_read_cards_sees_nothing_of_them(community: Community) -> None:
    card = community.active_card()
    nurse = Actor("user:nurse", Role.NURSE.value)
    with community.transactions.read() as session:
        assert {moment.action for moment in timeline.of_person(session, nurse, card.holder_id or "")} == {"holder.add"}
