"""One line of time per person, as far as the reader's role sees."""

from card_protocol.words.card import CardState
from server.services.cards import cards
from server.services.people import timeline
from server.services.people.timeline import SHOWN
from server.services.people.timeline_kinds import Kind
from server.services.roles import Role
from server.services.work import Actor
from tests.server.build import ADMIN, Community


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


def test_who_may_not_read_cards_sees_nothing_of_them(community: Community) -> None:
    card = community.active_card()
    nurse = Actor("user:nurse", Role.NURSE.value)
    with community.transactions.read() as session:
        assert {moment.action for moment in timeline.of_person(session, nurse, card.holder_id or "")} == {"holder.add"}
