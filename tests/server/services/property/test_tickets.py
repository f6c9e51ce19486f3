"""Tickets and their threads: every message by every party."""

from itertools import chain, combinations
from pathlib import Path

import pytest

from server.services.problems import Code, Problem
from server.services.property import tickets
from server.services.property.ticket_life import Party, TicketState, TicketStep
from server.services.property.tickets import MessageIn, TicketIn
from server.services.roles import Role
from server.services.work import Actor
from tests.server.build import Community

CLERK, COMPANY = Actor("user:clerk", Role.CLERK.value), Actor("user:wu", Role.PROPERTY.value)
P, T = Party, TicketStep
TAP = TicketIn(title="水龙头漏水", house="3-1-502", message=MessageIn(text="滴水三天了", speaker=P.RESIDENT))


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'server.db'}"


def opened(community: Community) -> int:
    with community.transactions.work(CLERK) as work:
        return tickets.open_ticket(work, TAP).number


def say(community: Community, actor: Actor, number: int, text: str, **more: object) -> None:
    with community.transactions.work(actor) as work:
        tickets.say(work, number, MessageIn.model_validate({"text": text} | more))


def read(community: Community, actor: Actor, number: int, reader: Party | None = None) -> list[str]:
    with community.transactions.read() as session:
        return [one.text for one in tickets.get(session, actor, number, reader=reader).messages]


def test_from_the_tap_to_the_resident_s_word(community: Community) -> None:
    number = opened(community)
    say(community, CLERK, number, "please look", step=T.ASSIGN, assignee="Wu")
    say(community, COMPANY, number, "new washer", step=T.DONE)
    with pytest.raises(Problem) as told:
        say(community, COMPANY, number, "fine", step=T.CONFIRM)
    assert told.value.code is Code.WRONG_STATE
    say(community, CLERK, number, "it is dry", step=T.CONFIRM, speaker=P.RESIDENT)
    with community.transactions.read() as session:
        file = tickets.get(session, CLERK, number)
        assert (file.ticket.state, file.ticket.assignee) == (TicketState.CLOSED, "Wu")
        assert [(one.party, one.step) for one in file.messages] == [
            (P.RESIDENT, T.SAY),
            (P.COMMUNITY, T.ASSIGN),
            (P.PROPERTY, T.DONE),
            (P.RESIDENT, T.CONFIRM),
        ]
        assert tickets.listing(session).items == []
        assert [one.number for one in tickets.listing(session, over=True, house="3-1-502").items] == [number]
        assert tickets.listing(session, over=True, house="3-1-503").items == []


AUDIENCES = [frozenset(some) for some in chain.from_iterable(combinations(P, n) for n in range(4))]


def test_every_message_is_read_by_those_named_and_by_nobody_else(community: Community) -> None:
    number = opened(community)
    for index, audience in enumerate(AUDIENCES):
        for actor, name in ((CLERK, "c"), (COMPANY, "p")):
            say(community, actor, number, f"{name}{index}", audience=audience)
    seen = {
        P.COMMUNITY: read(community, CLERK, number),
        P.PROPERTY: read(community, COMPANY, number),
        P.RESIDENT: read(community, CLERK, number, P.RESIDENT),
    }
    for index, audience in enumerate(AUDIENCES):
        for party, found in seen.items():
            assert (f"c{index}" in found) == (party in audience or party is P.COMMUNITY)
            assert (f"p{index}" in found) == (party in audience or party is P.PROPERTY)
    with pytest.raises(Problem) as told:
        read(community, COMPANY, number, P.COMMUNITY)
    assert told.value.code is Code.FORBIDDEN


@pytest.mark.parametrize(
    ("actor", "more", "code"),
    [
        (COMPANY, {"speaker": P.COMMUNITY}, Code.INVALID),
        (COMPANY, {"speaker": P.RESIDENT}, Code.INVALID),
        (CLERK, {"speaker": P.PROPERTY}, Code.INVALID),
        (CLERK, {"step": T.ASSIGN}, Code.INVALID),
        (CLERK, {"step": T.DONE}, Code.WRONG_STATE),
    ],
)
def test_nobody_speaks_for_another(community: Community, actor: Actor, more: dict[str, object], code: Code) -> None:
    number = opened(community)
    with pytest.raises(Problem) as told:
        say(community, actor, number, "x", **more)
    assert told.value.code is code
    assert len(read(community, CLERK, number)) == 1
    for missing in (lambda: say(community, actor, 99, "x"), lambda: read(community, actor, 99)):
        with pytest.raises(Problem) as told:
            missing()
        assert told.value.code is Code.NOT_FOUND


def test_a_thread_has_an_end(community: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tickets, "MESSAGES_MAX", 2)
    number = opened(community)
    say(community, CLERK, number, "two")
    with pytest.raises(Problem) as told:
        say(community, CLERK, number, "three")
    assert told.value.code is Code.TOO_MANY
