"""The life of a ticket, and who reads which message."""

from hypothesis import given
from hypothesis import strategies as st

from server.services.property.ticket_life import (
    STEPS_OF,
    TABLE,
    Party,
    TicketState,
    TicketStep,
    after,
    open_steps,
    party_of,
    readers,
)
from server.services.roles import Role

S, T, P = TicketState, TicketStep, Party


def test_the_company_says_that_it_is_done_and_the_community_confirms_it() -> None:
    assert after(S.OPEN, T.ASSIGN, P.COMMUNITY) is S.ASSIGNED
    assert after(S.ASSIGNED, T.DONE, P.PROPERTY) is S.DONE
    assert after(S.ASSIGNED, T.DONE, P.COMMUNITY) is None
    assert after(S.DONE, T.CONFIRM, P.PROPERTY) is None, "nobody confirms their own work"
    assert after(S.DONE, T.CONFIRM, P.COMMUNITY) is S.CLOSED
    assert after(S.CLOSED, T.REOPEN, P.COMMUNITY) is S.OPEN
    assert party_of(Role.PROPERTY) is P.PROPERTY
    assert party_of(Role.GUARD) is P.COMMUNITY


@given(st.lists(st.tuples(st.sampled_from(T), st.sampled_from(P)), max_size=20))
def test_whatever_is_done_it_can_go_on(steps: list[tuple[TicketStep, Party]]) -> None:
    state = S.OPEN
    for step, party in steps:
        assert (step in open_steps(state, party)) == (after(state, step, party) is not None)
        state = after(state, step, party) or state
        assert len(open_steps(state, P.COMMUNITY)) > 1, "there is always more than to talk"
    assert {step for _, step in TABLE} == set(T) == STEPS_OF[P.COMMUNITY] | STEPS_OF[P.PROPERTY]


@given(st.sampled_from(P), st.sampled_from(P), st.frozensets(st.sampled_from(P)))
def test_who_writes_and_who_speaks_reads_it(writer: Party, speaker: Party, audience: frozenset[Party]) -> None:
    assert readers(writer, speaker, audience) == audience | {writer, speaker}
