"""The clinic's day on a data base."""

import pytest
from sqlalchemy import Engine

from card_protocol.words.event import Event, EventKind
from card_protocol.words.moment import DAY_MS, ClockQuality, local_day_and_minute
from card_protocol.words.reason import Reason
from server.services.clinic import clinic
from server.services.clinic.clinic_queue import Move, Place
from server.services.people import consents
from server.services.people.consents import Purpose
from server.services.problems import Code, Problem
from server.services.work import SYSTEM
from server.tables import ClinicTicketRow
from tests.server.build import ADMIN, NOW_MS, Community, make_community

TODAY = local_day_and_minute(NOW_MS)[0]


@pytest.fixture
def community(sqlite_engine: Engine) -> Community:
    return make_community(sqlite_engine)


def patient(community: Community, uid: str = "04010203040506", *, consent: bool = True) -> str:
    """The card of somebody."""
    card = community.active_card(uid)
    with community.transactions.work(ADMIN) as work:
        consents.say(work, card.holder_id or "", Purpose.CLINIC, consent)
    return card.id


def tap(community: Community, card_id: str, *, ms: int = 0, point: str = "clinic", reason=Reason.GRANTED) -> None:
    event = Event(
        kind=EventKind.TAP, wall_ms=community.now[0] + ms, mono_ns=1, boot="b1", clock=ClockQuality.NTP, point=point,
        card_id=card_id, reason=reason, policy_version=1,
    )  # fmt: skip
    with community.transactions.work(SYSTEM) as work:
        clinic.hear(work, event, clinic.points(work.session))


def today(community: Community) -> list[clinic.TicketView]:
    with community.transactions.read() as session:
        return clinic.queue(session, TODAY)


def moved(community: Community, number: int, *moves: Move) -> clinic.TicketView:
    ticket = next(one for one in today(community) if one.number == number)
    for what in moves:
        with community.transactions.work(ADMIN) as work:
            ticket = clinic.move(work, ticket.id, what)
    return ticket


def test_a_tap_is_an_arrival_and_a_second_tap_keeps_the_number(community: Community) -> None:
    wang, li = patient(community), patient(community, "04FFFFFFFFFFFF")
    for card in (wang, li, wang):
        tap(community, card)
    assert [(one.number, one.place) for one in today(community)] == [(1, Place.WAITING), (2, Place.WAITING)]
    moved(community, 1, Move.CALL, Move.ENTER, Move.FINISH)
    tap(community, wang)
    assert [one.number for one in today(community)] == [1, 2, 3], "who comes again in the afternoon has another visit"


def test_what_is_no_arrival(community: Community) -> None:
    card = patient(community)
    tap(community, card, point="south-gate-in")
    tap(community, card, reason=Reason.OUTSIDE_SCHEDULE)
    tap(community, card, ms=-DAY_MS)
    assert today(community) == [], "a gate, a refusal, and a tap of yesterday that was told late"


def test_without_consent_there_is_a_number_and_no_person(community: Community) -> None:
    card = patient(community, consent=False)
    tap(community, card)
    (ticket,) = today(community)
    assert (ticket.number, ticket.holder_id, ticket.name) == (1, None, "")
    tap(community, card)
    assert len(today(community)) == 1
    moved(community, 1, Move.ENTER, Move.FINISH)
    with community.transactions.read() as session:
        row = session.get(ClinicTicketRow, ticket.id)
        assert row is not None
        assert row.card_id is None, "nothing of them is left when the visit is over"
        assert clinic.arrivals(session, TODAY) == []


def test_the_export_is_of_those_who_consent_now(community: Community) -> None:
    card = patient(community)
    tap(community, card)
    with community.transactions.read() as session:
        assert [one.name for one in clinic.arrivals(session, TODAY)] == ["王秀英"]
    holder = today(community)[0].holder_id
    with community.transactions.work(ADMIN) as work:
        consents.say(work, holder or "", Purpose.CLINIC, False)
    with community.transactions.read() as session:
        assert clinic.arrivals(session, TODAY) == []


def test_calling_and_the_screen(community: Community) -> None:
    for uid in ("04010203040506", "04FFFFFFFFFFFF"):
        tap(community, patient(community, uid))
    with community.transactions.work(ADMIN) as work:
        called = clinic.call_next(work, TODAY)
        assert called is not None
        assert called.number == 1
        shown = clinic.screen(work.session, TODAY)
    assert [(one.number, one.name) for one in shown.called] == [(1, "王*英")]
    assert [one.number for one in shown.waiting] == [2]
    with community.transactions.work(ADMIN) as work:
        clinic.call_next(work, TODAY)
        assert clinic.call_next(work, TODAY) is None


def test_who_missed_the_call_taps_again_and_waits_behind_the_others(community: Community) -> None:
    wang, li = patient(community), patient(community, "04FFFFFFFFFFFF")
    tap(community, wang)
    tap(community, li)
    moved(community, 1, Move.CALL, Move.MISS)
    community.now[0] += 60_000
    tap(community, wang)
    with community.transactions.read() as session:
        assert [one.number for one in clinic.screen(session, TODAY).waiting] == [2, 1]


def test_two_nurses_at_once(community: Community) -> None:
    tap(community, patient(community))
    ticket = moved(community, 1, Move.CALL, Move.ENTER, Move.FINISH)
    for ticket_id, code in ((ticket.id, Code.WRONG_STATE), ("01ARZ3NDEKTSV4RRFFQ69G5FAV", Code.NOT_FOUND)):
        with community.transactions.work(ADMIN) as work, pytest.raises(Problem) as told:
            clinic.move(work, ticket_id, Move.FINISH)
        assert told.value.code is code
