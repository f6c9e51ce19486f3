"""A day in the waiting room: every number once, nobody lost, in the order of the table."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from server.services.clinic.clinic_queue import ENDED, MOVES, Move, Place, Ticket, arrived, move, next_of


def test_the_usual_way():
    ticket = arrived(0, 1000)
    for what, place in ((Move.CALL, Place.CALLED), (Move.ENTER, Place.INSIDE), (Move.FINISH, Place.DONE)):
        after = move(ticket, what, 2000)
        assert after is not None
        ticket = after
        assert ticket.place is place
    assert (ticket.called_ms, ticket.inside_ms, ticket.ended_ms) == (2000, 2000, 2000)


def test_who_missed_the_call_goes_behind_those_who_wait():
    one, two = arrived(0, 1), arrived(1, 2)
    for what, at in ((Move.CALL, 3), (Move.MISS, 4), (Move.RETURN, 5)):
        after = move(one, what, at)
        assert after is not None
        one = after
    assert next_of([one, two]) == two


def test_what_has_ended_stays_so_and_every_place_can_be_left():
    assert not [key for key in MOVES if key[0] in ENDED]
    assert {at for at, _ in MOVES} == set(Place) - ENDED
    assert move(Ticket(1, Place.DONE, 0, 0), Move.CALL, 1) is None
    assert next_of([]) is None


class WaitingRoom(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now, self.tickets = 0, {}  # type: ignore[var-annotated]

    @rule()
    def somebody_comes(self) -> None:
        self.now += 1
        ticket = arrived(len(self.tickets), self.now)
        self.tickets[ticket.number] = ticket

    @precondition(lambda self: self.tickets)
    @rule(what=st.sampled_from(Move), data=st.data())
    def something_happens(self, what: Move, data: st.DataObject) -> None:
        self.now += 1
        number = data.draw(st.sampled_from(sorted(self.tickets)))
        before = self.tickets[number]
        after = move(before, what, self.now)
        assert (after is None) == ((before.place, what) not in MOVES)
        self.tickets[number] = after or before

    @precondition(lambda self: next_of(list(self.tickets.values())))
    @rule()
    def the_next_is_called(self) -> None:
        turn = next_of(list(self.tickets.values()))
        assert turn is not None
        waiting = [t for t in self.tickets.values() if t.place is Place.WAITING]
        assert all(turn.since_ms <= other.since_ms for other in waiting)
        after = move(turn, Move.CALL, self.now)
        assert after is not None
        self.tickets[turn.number] = after

    @invariant()
    def numbers_are_gapless_and_times_tell_the_place(self) -> None:
        assert sorted(self.tickets) == list(range(1, len(self.tickets) + 1))
        for ticket in self.tickets.values():
            assert (ticket.ended_ms is not None) == (ticket.place in ENDED)
            assert ticket.place is not Place.INSIDE or ticket.inside_ms is not None


TestWaitingRoom = WaitingRoom.TestCase
