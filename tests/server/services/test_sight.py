"""Whose whereabouts a role may see: at full sight, veiled, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.wire.topics import Channel, topic
from card_protocol.words.point import PointKind
from card_protocol.words.reason import Reason
from server.intake.processor import Message, Processor
from server.services import sight
from server.services.events import alarms, events
from server.services.events.alarms import AlarmKind
from server.services.events.events import EventFilter
from server.services.people import holders
from server.services.problems import Code, Problem
from server.services.roles import PEOPLE_ROLES, Permission, Role, may
from server.services.sight import EVERYTHING, GATES, NOTHING, SENSITIVE, SIGHTS, Sight, is_veiled
from server.services.work import SYSTEM, Actor
from tests.server.build import Community, tap

FIELDS = ({PointKind.CLINIC}, {PointKind.CARE, PointKind.HOME_VISIT}, {PointKind.ACTIVITY})
KINDS = {"gate": PointKind.GATE, "clinic": PointKind.CLINIC}


def test_no_role_of_a_person_sees_who_is_at_the_gates_and_who_is_at_the_clinic() -> None:
    for role in PEOPLE_ROLES:
        full = SIGHTS.get(role, NOTHING).full
        assert not (full & GATES and full & SENSITIVE), role
        assert sum(bool(full & field) for field in FIELDS) <= 1, "and nobody sees two of the sensitive fields"


def test_every_sensitive_kind_belongs_to_one_field() -> None:
    assert sorted(kind for field in FIELDS for kind in field) == sorted(SENSITIVE)


def test_the_words_of_the_requirement() -> None:
    assert PointKind.CLINIC not in SIGHTS[Role.GUARD].full | SIGHTS[Role.GUARD].veiled
    assert not SIGHTS[Role.NURSE].full & GATES
    assert not SIGHTS[Role.NURSE].veiled


def test_who_reads_events_or_the_live_page_has_a_sight_and_nobody_else() -> None:
    for role in PEOPLE_ROLES:
        reads = may(Actor("x", role.value), Permission.EVENTS_READ) or may(Actor("x", role.value), Permission.LIVE_READ)
        assert reads == (role in SIGHTS), role
    assert sight.of(Actor("x", "nonsense")) == NOTHING
    assert sight.of(Actor("x", Role.DESK.value)) == NOTHING
    assert sight.of(SYSTEM) == EVERYTHING


KINDS_OF_POINTS = st.frozensets(st.sampled_from(PointKind))


@given(KINDS_OF_POINTS, KINDS_OF_POINTS)
def test_a_point_that_is_gone_is_seen_in_full_by_the_server_alone(
    full: frozenset[PointKind], veiled: frozenset[PointKind]
) -> None:
    seen = Sight(full, veiled)
    assert (is_veiled(seen, "gone", KINDS) is False) == (seen == EVERYTHING)
    assert is_veiled(seen, None, KINDS) is False


@pytest.fixture
def visited(community: Community) -> Community:
    """The same person at the gate and at the clinic, and a note of the gateway itself."""
    card = community.active_card()
    with community.transactions.read() as session:
        pseudonym = holders.get(session, card.holder_id or "").pseudonym
    box = community.box()
    box.append(tap(1, card.id, holder=pseudonym))
    box.append(tap(2, card.id, holder=pseudonym).replace(b"south-gate-in", b"clinic"))
    box.append(tap(3, None, Reason.UNKNOWN, uid="04AABBCCDDEEFF").replace(b"south-gate-in", b"clinic"))
    message = Message(topic("g-1", Channel.EVENTS), box.sealed("batch", box.batch(1, 3)))
    Processor(community.transactions, community.house.keystore).process([message])
    return community


@pytest.mark.parametrize(
    ("role", "rows"),
    [
        (Role.GUARD, [("south-gate-in", "王秀英", False)]),
        (Role.NURSE, [("clinic", None, False), ("clinic", "王秀英", False)]),
        (
            Role.ADMIN,
            [("clinic", None, True), ("clinic", None, True), ("south-gate-in", "王秀英", False)],
        ),
        (Role.AUDITOR, [("clinic", None, True), ("clinic", None, True), ("south-gate-in", None, True)]),
        (Role.CARE, []),
        (Role.OFFICIAL, []),
    ],
)
def test_events_are_seen_by_role(visited: Community, role: Role, rows: list[tuple[str, str | None, bool]]) -> None:
    seen = SIGHTS.get(role, NOTHING)
    with visited.transactions.read() as session:
        found = events.query(session, EventFilter(), sight=seen).items
        everything = events.query(session, EventFilter(), sight=EVERYTHING).items
        assert [(view.point, view.name, view.veiled) for view in found] == rows
        for view in found:
            assert events.get(session, view.id, sight=seen) == view
        for view in everything:
            if view.id not in {shown.id for shown in found}:
                with pytest.raises(Problem) as told:
                    events.get(session, view.id, sight=seen)
                assert told.value.code is Code.NOT_FOUND
    veiled = [view for view in found if view.veiled]
    assert all(v.card_id is v.card_number is v.uid is v.holder_id is v.house is None for v in veiled)
    assert all(v.detail == {} for v in veiled)


def test_nobody_is_followed_by_asking_for_one_card(visited: Community) -> None:
    with visited.transactions.read() as session:
        card_id = events.query(session, EventFilter(), sight=EVERYTHING).items[-1].card_id
        found = events.query(session, EventFilter(card_id=card_id), sight=SIGHTS[Role.ADMIN]).items
        assert [view.point for view in found] == ["south-gate-in"]
        assert events.query(session, EventFilter(card_id=card_id), sight=SIGHTS[Role.AUDITOR]).items == []


def test_alarms_that_name_a_card_are_seen_by_role(community: Community) -> None:
    card = community.active_card()
    with community.transactions.work(SYSTEM) as work:
        for point in ("south-gate-in", "clinic"):
            alarms.sound(work, AlarmKind.REVOKED_TAP, gateway_id="g-1", point=point, card_id=card.id)
        alarms.sound(work, AlarmKind.GATEWAY, gateway_id="g-1", point="clinic", detail={"event": "reader_lost"})
    with community.transactions.read() as session:
        seen = {
            role: {(a.point, a.card_id is None) for a in alarms.listing(session, sight=SIGHTS[role]).items}
            for role in (Role.GUARD, Role.NURSE, Role.ADMIN)
        }
    assert seen[Role.GUARD] == {("south-gate-in", False), ("clinic", True)}
    assert seen[Role.NURSE] == {("clinic", False), ("clinic", True)}
    assert seen[Role.ADMIN] == {("south-gate-in", False), ("clinic", True)}
