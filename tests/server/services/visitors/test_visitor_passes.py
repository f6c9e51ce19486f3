"""Visitors' passes: from the desk's word to what a gate decides."""

import pytest
from sqlmodel import select

from card_protocol.policy.book import MemoryBook
from card_protocol.policy.decider import decide
from card_protocol.wire.pass_code import decode_code
from card_protocol.words.card import CardState
from card_protocol.words.moment import DAY_MS, ClockQuality, Moment
from card_protocol.words.point import Assurance
from card_protocol.words.reason import Reason
from card_protocol.words.schedule import always
from card_protocol.words.situation import Situation
from card_protocol.words.verdict import Presentation
from server.services.access import access
from server.services.access.access import LevelIn
from server.services.cards import cards
from server.services.people import holders
from server.services.policies import card_entries
from server.services.problems import Code, Problem
from server.services.visitors import visitor_passes
from server.services.visitors.visitor_passes import CODE_LIFE_MS, VisitorIn
from server.tables import CardRow
from tests.server.build import ADMIN, COMMUNITY, NOW_MS, Community, gate

HOUR_MS = 3_600_000


def given(**changes: object) -> VisitorIn:
    plain = {"name": "李客", "host": "3-1-502", "points": ["south-gate-in"], "uses": 2}
    hours = {"from_ms": NOW_MS, "to_ms": NOW_MS + 4 * HOUR_MS}
    return VisitorIn.model_validate(plain | hours | changes)


def make(community: Community, **changes: object):
    with community.transactions.work(ADMIN) as work:
        return visitor_passes.make(work, COMMUNITY, given(**changes))[0]


def code_of(community: Community, number: int, now_ms: int, *, printed: bool = False):
    grants = community.house.keystore.grants
    with community.transactions.read() as session:
        text = visitor_passes.code_of(session, number, grants.sign, now_ms, printed=printed)
    return decode_code(text, grants.verifier.verify)


def test_a_pass_is_a_person_a_card_without_a_chip_and_a_level_that_its_doors_share(community: Community) -> None:
    made, again = make(community), make(community, name="赵客")
    assert made.valid
    assert (made.used, made.uses) == (0, 2)
    assert made.level_id == again.level_id
    with community.transactions.read() as session:
        entry = card_entries.one(session, made.card_id)
        assert entry is not None
        assert (entry.uid, entry.levels, entry.traits and entry.traits.uses) == (None, (made.level_id,), 2)
        assert access.level_of(session, made.level_id).points == {"south-gate-in"}
        assert holders.get(session, made.holder_id).kind == "visitor"
        assert [one.number for one in visitor_passes.listing(session, NOW_MS)] == [again.number, made.number]


def test_level_and_hours_are_called_as_the_points_are_called(community: Community) -> None:
    made = make(community)
    with community.transactions.read() as session:
        level = access.level_of(session, made.level_id)
        hours = access.schedule_of(session, level.schedule)
    assert (level.name_zh, level.name_en) == ("访客：南门进", "Visitors: South gate, in")
    assert (hours.name_zh, hours.name_en) == ("访客时段", "Visitors' hours")


def test_names_of_many_points_are_cut(community: Community) -> None:
    many = [f"gate-{number:02}" for number in range(30)]
    with community.transactions.work(ADMIN) as work:
        for name in many:
            access.set_point(work, COMMUNITY, gate().model_copy(update={"id": name}))
    made = make(community, points=many)
    with community.transactions.read() as session:
        level = access.level_of(session, made.level_id)
    assert level.name_zh.endswith("…")
    assert level.name_en.startswith("Visitors: South gate, in, South gate, in")


def test_names_that_an_earlier_version_made_of_ids_are_mended_and_those_of_people_are_not(community: Community) -> None:
    made = make(community)
    old = {"points": ["south-gate-in"], "schedule": "visitors", "id": made.level_id}
    for names, mended in (
        (("访客 south-gate-in", "Visitors south-gate-in"), ("访客：南门进", "Visitors: South gate, in")),
        (("亲友", "Family"), ("亲友", "Family")),
    ):
        with community.transactions.work(ADMIN) as work:
            access.set_schedule(work, always("visitors"))
            access.set_level(work, LevelIn.model_validate(old | dict(zip(("name_zh", "name_en"), names, strict=True))))
        make(community)
        with community.transactions.read() as session:
            level = access.level_of(session, made.level_id)
            assert (level.name_zh, level.name_en) == mended
            assert access.schedule_of(session, "visitors").name_zh == "访客时段"


def test_a_level_of_visitors_that_somebody_changed_is_mended_by_the_next_pass(community: Community) -> None:
    made = make(community)
    with community.transactions.work(ADMIN) as work:
        access.set_schedule(work, always("day"))
        access.set_point(work, COMMUNITY, gate().model_copy(update={"id": "north-gate-in"}))
        wide = {"points": ["south-gate-in", "north-gate-in"], "schedule": "day", "name_zh": "x", "name_en": "x"}
        access.set_level(work, LevelIn.model_validate({"id": made.level_id} | wide))
    assert make(community).level_id == made.level_id
    with community.transactions.read() as session:
        level = access.level_of(session, made.level_id)
    assert (level.points, level.schedule) == ({"south-gate-in"}, "day"), "its hours are the community's to say"


def test_the_one_decider_lets_it_in_so_often_and_so_long(community: Community) -> None:
    made = make(community)
    code = code_of(community, made.number, NOW_MS)
    shown = Presentation(uid="00" * 10, assurance=Assurance.READER, card_id=code.card_id)
    with community.transactions.work(ADMIN) as work:
        point = gate().model_copy(update={"minimum_assurance": Assurance.READER})
        access.set_point(work, COMMUNITY, point)
    with community.transactions.read() as session:
        book = _book(session, made.card_id)

    def verdict(at_ms: int, uses: int = 0) -> Reason:
        moment = Moment(wall_ms=at_ms, mono_ns=0, boot="b", clock=ClockQuality.NTP)
        return decide(shown, "south-gate-in", book, moment, Situation(uses=uses)).reason

    assert verdict(NOW_MS) is Reason.GRANTED
    assert verdict(NOW_MS, uses=2) is Reason.USED_UP
    assert verdict(made.to_ms) is Reason.EXPIRED
    assert verdict(NOW_MS - 1) is Reason.NOT_YET_VALID


def _book(session, card_id: str) -> MemoryBook:
    from card_protocol.policy.rules import PolicyHead

    head = PolicyHead(
        version=1,
        community=COMMUNITY,
        issued_ms=NOW_MS,
        expires_ms=NOW_MS + 7 * DAY_MS,
        rev_seq=0,
        points=tuple(access.point_words(session)),
        levels=tuple(access.levels(session)),
        schedules=tuple(access.schedules(session)),
    )
    return MemoryBook(head, [card_entries.one(session, card_id)])


def test_a_code_lives_a_quarter_of_an_hour_and_on_paper_as_long_as_the_visit(community: Community) -> None:
    made = make(community)
    short = code_of(community, made.number, NOW_MS + HOUR_MS)
    assert (short.from_ms, short.to_ms) == (NOW_MS + HOUR_MS, NOW_MS + HOUR_MS + CODE_LIFE_MS)
    late = code_of(community, made.number, made.to_ms - 1000)
    assert late.to_ms == made.to_ms
    paper = code_of(community, made.number, NOW_MS + HOUR_MS, printed=True)
    assert (paper.from_ms, paper.to_ms) == (made.from_ms, made.to_ms)


def test_a_pass_that_is_ended_is_revoked_and_shows_no_code(community: Community) -> None:
    made = make(community)
    with community.transactions.work(ADMIN) as work:
        assert visitor_passes.end(work, made.number, "left early").ended_why == "left early"
    with community.transactions.read() as session:
        assert cards.get(session, made.card_id).state is CardState.REVOKED
        assert visitor_passes.listing(session, NOW_MS) == []
        assert [one.number for one in visitor_passes.listing(session, NOW_MS, over=True)] == [made.number]
    with pytest.raises(Problem) as told:
        code_of(community, made.number, NOW_MS)
    assert told.value.code is Code.WRONG_STATE
    with community.transactions.work(ADMIN) as work, pytest.raises(Problem):
        visitor_passes.end(work, made.number)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"to_ms": NOW_MS}, "to_ms"),
        ({"from_ms": NOW_MS - HOUR_MS, "to_ms": NOW_MS - 1}, "to_ms"),
        ({"to_ms": NOW_MS + 8 * DAY_MS}, "to_ms"),
        ({"points": ["clinic"]}, "points"),
        ({"points": ["nowhere"]}, "points"),
    ],
)
def test_what_cannot_be_leaves_nothing_behind(community: Community, changes: dict, field: str) -> None:
    with pytest.raises(Problem) as told:
        make(community, **changes)
    assert list(told.value.fields) == [field]
    with community.transactions.read() as session:
        assert len(session.exec(select(CardRow)).all()) == 0
        assert visitor_passes.listing(session, NOW_MS) == []
