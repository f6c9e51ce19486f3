"""The transactions of a card: what is missing is told once, after everybody who might know was heard."""

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from card_protocol.words.event import Event, EventKind
from card_protocol.words.moment import ClockQuality
from server.services.cards import card_log, cards
from server.services.cards.card_log import GAP_PATIENCE_MS, REPORTED_MAX
from server.services.events.alarms import AlarmKind
from server.services.work import SYSTEM
from server.tables import AlarmRow, CardLogRow, CardRow, GatewayRow
from tests.server.build import NOW_MS, Community

POINT = "south-gate-in"


def event(card_id: str | None, kind: EventKind = EventKind.CARD_WRITTEN, **detail: int | str) -> Event:
    return Event(
        kind=kind,
        wall_ms=NOW_MS,
        mono_ns=1,
        boot="b1",
        clock=ClockQuality.NTP,
        point=POINT,
        card_id=card_id,
        detail=detail,
    )


def hear(community: Community, card_id: str, *counters: int) -> None:
    for counter in counters:
        with community.transactions.work(SYSTEM) as work:
            card_log.hear(work, event(card_id, counter=counter))


def tear(community: Community, card_id: str) -> None:
    with community.transactions.work(SYSTEM) as work:
        card_log.hear(work, event(card_id, EventKind.CARD_UNWRITTEN, cause="pulled_away"))


def alarms(community: Community) -> list[tuple[str, dict[str, int]]]:
    with community.transactions.read() as session:
        return [(row.kind, row.detail) for row in session.exec(select(AlarmRow).order_by(AlarmRow.id))]


def wait(community: Community) -> None:
    community.now[0] += GAP_PATIENCE_MS


def test_numbers_that_follow_each_other_are_nothing_to_tell(community: Community) -> None:
    card = community.active_card()
    hear(community, card.id, 2, 3, 4, 6, 5, 7)
    wait(community)
    hear(community, card.id, 8)
    assert alarms(community) == []


def test_a_report_that_was_overtaken_by_the_first_one_is_no_second_use(community: Community) -> None:
    card = community.active_card()
    hear(community, card.id, 3, 2, 4)
    assert alarms(community) == []
    hear(community, card.id, 2)
    assert alarms(community) == [(AlarmKind.COUNTER_BACK, {"counter": 2, "seen": 4})]


def test_a_gap_is_told_once_after_some_patience(community: Community) -> None:
    card = community.active_card()
    hear(community, card.id, 2, 5)
    assert alarms(community) == []
    wait(community)
    hear(community, card.id, 6, 7)
    assert alarms(community) == [(AlarmKind.CARD_GAP, {"first": 3, "last": 4, "count": 2})]
    # Its gateway turns up after all; that is no second use of a number, but the next one would be.
    hear(community, card.id, 4, 3)
    assert len(alarms(community)) == 1
    hear(community, card.id, 3)
    assert (AlarmKind.COUNTER_BACK, {"counter": 3, "seen": 7}) in alarms(community)


def test_a_gateway_that_is_away_may_still_bring_what_is_missing(community: Community) -> None:
    card, box = community.active_card(), community.box()
    hear(community, card.id, 2, 5)
    wait(community)
    hear(community, card.id, 6)
    assert alarms(community) == [], f"{box.name} has never been heard"
    with community.transactions.work(SYSTEM) as work:
        row = work.session.get_one(GatewayRow, box.name)
        row.online, row.head_seq, row.acked_seq = True, 9, 9
        work.session.add(row)
    hear(community, card.id, 7)
    assert [kind for kind, _ in alarms(community)] == [AlarmKind.CARD_GAP]


def test_a_write_that_was_torn_explains_one_number_and_no_more(community: Community) -> None:
    card = community.active_card()
    hear(community, card.id, 2)
    tear(community, card.id)
    hear(community, card.id, 4)
    wait(community)
    hear(community, card.id, 5)
    assert alarms(community) == []
    tear(community, card.id)
    hear(community, card.id, 6, 8)
    wait(community)
    hear(community, card.id, 9)
    assert alarms(community) == [(AlarmKind.CARD_GAP, {"first": 7, "last": 7, "count": 1})]


def test_a_number_that_comes_twice_is_a_card_put_back_or_two_cards(community: Community) -> None:
    card = community.active_card()
    hear(community, card.id, 2, 3, 3)
    assert alarms(community) == [(AlarmKind.COUNTER_BACK, {"counter": 3, "seen": 3})]


def test_what_is_remembered_has_a_bound_whoever_is_away(community: Community) -> None:
    card = community.active_card()
    community.box()
    hear(community, card.id, 2, *range(4, 4 + REPORTED_MAX + 1))
    assert [kind for kind, _ in alarms(community)] == [AlarmKind.CARD_GAP]


def test_a_card_that_is_issued_again_counts_anew(community: Community) -> None:
    card = community.active_card()
    hear(community, card.id, 40, 41)
    with community.transactions.work(SYSTEM) as work:
        row = cards.row_of(work.session, card.id)
        row.issued_ms = community.now[0] + 1
        work.session.add(row)
    hear(community, card.id, 1, 2)
    assert alarms(community) == []


def test_other_events_and_unknown_cards_say_nothing(community: Community) -> None:
    card = community.active_card()
    with community.transactions.work(SYSTEM) as work:
        for said in (
            event(None, counter=5),
            event("01JD0000000000000000000009", counter=5),
            event("01JD0000000000000000000009", EventKind.CARD_UNWRITTEN),
            event(card.id, EventKind.READER_LOST, counter=5),
            event(card.id, counter="5"),
            event(card.id, counter=-1),
        ):
            card_log.hear(work, said)
        assert work.session.exec(select(CardLogRow)).all() == []
        assert work.session.exec(select(CardRow)).one().id == card.id


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(2, 9)), st.sets(st.integers(2, 8), max_size=3))
def test_whatever_the_order_nothing_reported_is_told(order: list[int], lost: set[int]) -> None:
    from sqlmodel import create_engine

    from tests.server.build import make_community

    community = make_community(create_engine("sqlite://"))
    card = community.active_card()
    hear(community, card.id, 1, *[n for n in order if n not in lost])
    wait(community)
    hear(community, card.id, 9)
    wait(community)
    hear(community, card.id, 10)
    told = [detail for kind, detail in alarms(community) if kind == AlarmKind.CARD_GAP]
    assert sum(detail["count"] for detail in told) == len(lost)
    assert not [kind for kind, _ in alarms(community) if kind == AlarmKind.COUNTER_BACK]
