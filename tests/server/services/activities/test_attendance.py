"""Lists on a data base: invited by tag, signed in by card and by name, struck out."""

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from card_protocol.profiles.membership import Standing
from card_protocol.words.event import Event, EventKind
from card_protocol.words.moment import DAY_MS, ClockQuality
from card_protocol.words.point import PointKind
from card_protocol.words.service import Service
from server.services.access import access
from server.services.access.access import PointIn
from server.services.activities import activities, attendance
from server.services.activities.activity_life import ActivityKind, ActivityState, ActivityStep
from server.services.activities.asked import ActivityFile, ActivityIn, InviteIn, PersonView
from server.services.activities.quorum import Mark, Rule
from server.services.activities.sign_in import EARLY_MS, Way
from server.services.cards import cards
from server.services.party import members
from server.services.party.members import MemberIn
from server.services.people import consents
from server.services.people.consents import Purpose
from server.services.problems import Code, Problem
from server.services.roles import Role
from server.services.work import SYSTEM, Actor
from server.tables import AttendanceRow
from tests.server.build import COMMUNITY, NOW_MS, Community, make_community

ROOM = "activity-room"
PARTY = Actor("user:wu", Role.PARTY.value)
ORGANISER = Actor("user:lin", Role.ORGANISER.value)
HOUR = 3_600_000
BRANCH = "第一支部"


@pytest.fixture
def community(sqlite_engine: Engine) -> Community:
    made = make_community(sqlite_engine)
    open_room(made)
    return made


def open_room(community: Community) -> None:
    point = PointIn(id=ROOM, kind=PointKind.ACTIVITY, name_zh="活动室", name_en="Activity room", area="compound")
    with community.transactions.work(SYSTEM) as work:
        access.set_point(work, COMMUNITY, point)


def meeting(**more: object) -> ActivityIn:
    """In an hour, for two hours, at the room."""
    begins = NOW_MS + HOUR
    given = {"kind": ActivityKind.ASSEMBLY, "title": "居民代表会议", "point": ROOM, "rule": Rule.MORE_THAN_HALF}
    return ActivityIn.model_validate(given | {"from_ms": begins, "to_ms": begins + 2 * HOUR} | more)


def called(community: Community, *holders: str, actor: Actor = ORGANISER, **more: object) -> int:
    with community.transactions.work(actor) as work:
        number = activities.plan(work, meeting(**more)).number
        attendance.invite(work, number, InviteIn(holders=list(holders)))
    return number


def carrier(community: Community, uid: str, *, consent: bool = True) -> tuple[str, str]:
    """(person, card) of somebody."""
    card = community.active_card(uid)
    assert card.holder_id is not None
    with community.transactions.work(SYSTEM) as work:
        consents.say(work, card.holder_id, Purpose.ACTIVITY, consent)
    return card.holder_id, card.id


def signs(card_id: str, at_ms: int, **more: object) -> Event:
    """What a point says when it has signed somebody in."""
    detail = {"service": Service.ATTENDED.value, "tap_seq": 1}
    known = {"kind": EventKind.SERVED, "point": ROOM, "card_id": card_id, "detail": detail, "wall_ms": at_ms}
    return Event.model_validate({"mono_ns": 1, "boot": "b1", "clock": ClockQuality.NTP} | known | more, strict=False)


def hear(community: Community, event: Event) -> None:
    with community.transactions.work(SYSTEM) as work:
        attendance.hear(work, event, attendance.points(work.session))


def file_of(community: Community, number: int, actor: Actor = PARTY) -> ActivityFile:
    with community.transactions.read() as session:
        return activities.get(session, actor, number)


def person(community: Community, number: int, holder: str) -> PersonView:
    return next(one for one in file_of(community, number).people if one.holder_id == holder)


def test_invited_by_tag_by_branch_and_by_name(community: Community) -> None:
    tagged = community.holder("王秀英", tags=["志愿者", "独居"]).id  # type: ignore[arg-type]
    community.holder("李建国", tags=["志愿者队长"])  # type: ignore[arg-type]
    named = community.holder("张桂兰").id
    member = community.holder("刘志明").id
    with community.transactions.work(PARTY) as work:
        since = {"branch": BRANCH, "since": "2001-07-01"}
        members.put(work, member, MemberIn.model_validate(since | {"standing": "full"}))
        number = activities.plan(work, meeting(kind=ActivityKind.PARTY_DAY)).number
        wanted = InviteIn(tags=["志愿者"], holders=[named], branch=BRANCH)
        assert attendance.invite(work, number, wanted) == 3
        assert attendance.invite(work, number, wanted) == 0, "nobody is on a list twice"
    assert {one.holder_id for one in file_of(community, number).people} == {tagged, named, member}
    number = called(community)
    with community.transactions.work(ORGANISER) as work, pytest.raises(Problem) as told:
        attendance.invite(work, number, InviteIn(tags=["志愿"]))
    assert (told.value.code, list(told.value.fields)) == (Code.INVALID, ["tags"]), "nobody has it"
    for actor, code in ((ORGANISER, Code.FORBIDDEN), (PARTY, Code.INVALID)):
        with community.transactions.work(actor) as work, pytest.raises(Problem) as told:
            attendance.invite(work, number, InviteIn(branch=BRANCH))
        assert told.value.code is code, "the list would tell those who hold activities who is a member"
    assert file_of(community, number, ORGANISER).people == []


def test_cards_and_names_until_the_quorum_is_there(community: Community) -> None:
    (wang, card), li = carrier(community, "04010203040506"), community.holder("李建国").id
    number = called(community, wang, li, community.holder("张桂兰").id)
    hear(community, signs(card, NOW_MS + HOUR - EARLY_MS))
    hear(community, signs(card, NOW_MS + HOUR))
    stands = file_of(community, number).activity
    assert (stands.state, stands.base, stands.needed, stands.there) == (ActivityState.SIGN_IN, 3, 2, 1)
    with community.transactions.work(ORGANISER) as work, pytest.raises(Problem) as told:
        activities.step(work, number, ActivityStep.BEGIN)
    assert told.value.code is Code.WRONG_STATE
    with community.transactions.work(ORGANISER) as work, pytest.raises(attendance.NoConsent):
        attendance.sign_by_name(work, number, li)
    with community.transactions.work(ORGANISER) as work:
        assert attendance.sign_by_name(work, number, li, consents_now=True).quorate
        activities.step(work, number, ActivityStep.BEGIN)
        assert activities.step(work, number, ActivityStep.END).state is ActivityState.HELD
    assert person(community, number, li).way is Way.NAME
    assert person(community, number, li).actor == ORGANISER.name
    with community.transactions.read() as session:
        assert consents.is_given(session, li, Purpose.ACTIVITY)


def test_another_persons_card_is_struck_out_and_stays_so_until_somebody_sees_the_person(community: Community) -> None:
    wang, card = carrier(community, "04010203040506")
    number = called(community, wang)
    hear(community, signs(card, NOW_MS + HOUR))
    with community.transactions.work(ORGANISER) as work:
        for why, code in (("", Code.INVALID), ("李建国持卡，吴书记看见", None)):
            if code is None:
                assert not attendance.strike(work, number, wang, why).quorate
                continue
            with pytest.raises(Problem) as told:
                attendance.strike(work, number, wang, why)
            assert told.value.code is code
    hear(community, signs(card, NOW_MS + HOUR + 60_000))
    found = person(community, number, wang)
    assert (found.mark, found.why, found.actor) == (Mark.STRUCK, "李建国持卡，吴书记看见", ORGANISER.name)
    with community.transactions.work(ORGANISER) as work:
        assert attendance.sign_by_name(work, number, wang).quorate
        with pytest.raises(Problem) as told:
            attendance.strike(work, number, wang, "again")
    assert told.value.code is Code.WRONG_STATE, "who was seen at the table was seen"


def test_two_cards_out_of_one_hand_are_marked(community: Community) -> None:
    (wang, first), (li, second) = carrier(community, "04010203040506"), carrier(community, "04FFFFFFFFFFFF")
    number = called(community, wang, li)
    hear(community, signs(first, NOW_MS + HOUR))
    hear(community, signs(second, NOW_MS + HOUR + 900))
    assert [person(community, number, one).hasty for one in (wang, li)] == [False, True]


def test_who_has_not_consented_is_counted_and_not_known(community: Community) -> None:
    wang, card = carrier(community, "04010203040506", consent=False)
    number = called(community, wang)
    for _ in range(2):
        hear(community, signs(card, NOW_MS + HOUR))
    stands = file_of(community, number).activity
    assert (stands.present, stands.unnamed, stands.quorate) == (0, 1, False)
    with community.transactions.work(ORGANISER) as work:
        activities.step(work, number, ActivityStep.ADJOURN, "无人到场")
        unnamed = select(AttendanceRow.card_id).where(col(AttendanceRow.holder_id).is_(None))
        assert work.session.exec(unnamed).all() == [None], "nothing of them is left when it is over"
    hear(community, signs(card, NOW_MS + HOUR))
    assert file_of(community, number).activity.unnamed == 1


def test_a_sign_in_that_comes_in_late_counts_by_its_own_time(community: Community) -> None:
    wang, card = carrier(community, "04010203040506")
    number = called(community, wang, rule=Rule.NONE)
    with community.transactions.work(ORGANISER) as work:
        for step in (ActivityStep.OPEN, ActivityStep.BEGIN, ActivityStep.END):
            activities.step(work, number, step)
    community.now[0] += DAY_MS
    hear(community, signs(card, NOW_MS + HOUR))
    assert person(community, number, wang).mark is Mark.PRESENT
    with community.transactions.work(ORGANISER) as work, pytest.raises(Problem) as told:
        attendance.sign_by_name(work, number, wang)
    assert told.value.code is Code.WRONG_STATE, "by hand nothing is added to what is over"


def test_what_is_no_sign_in(community: Community) -> None:
    wang, card = carrier(community, "04010203040506")
    number = called(community, wang)
    for event in (
        signs(card, NOW_MS + HOUR, kind=EventKind.UNSERVED),
        signs(card, NOW_MS + HOUR, detail={"service": "checked_in"}),
        signs(card, NOW_MS + HOUR, point="clinic"),
        signs(card, NOW_MS + 4 * HOUR),
        signs("01ARZ3NDEKTSV4RRFFQ69G5FAV", NOW_MS + HOUR),
    ):
        hear(community, event)
    stands = file_of(community, number).activity
    assert (stands.present, stands.unnamed) == (0, 1), "a card that nobody holds is a head and no more"
    with community.transactions.work(ORGANISER) as work:
        activities.step(work, number, ActivityStep.CALL_OFF, "下雨")
    hear(community, signs(card, NOW_MS + HOUR))
    assert person(community, number, wang).mark is Mark.INVITED


def test_a_guest_counts_for_nothing_until_they_are_invited(community: Community) -> None:
    wang, card = carrier(community, "04010203040506")
    number = called(community, community.holder("李建国").id)
    hear(community, signs(card, NOW_MS + HOUR))
    stands = file_of(community, number).activity
    assert (stands.invited, stands.guests, stands.base, stands.there) == (1, 1, 1, 0)
    with community.transactions.work(ORGANISER) as work:
        assert attendance.invite(work, number, InviteIn(holders=[wang])) == 1
    stands = file_of(community, number).activity
    assert (stands.invited, stands.guests, stands.base, stands.there) == (2, 0, 2, 1)


def test_excused_exempt_and_back(community: Community) -> None:
    wang, _ = carrier(community, "04010203040506")
    number = called(community, wang, community.holder("李建国").id)
    with community.transactions.work(ORGANISER) as work:
        assert attendance.excuse(work, number, wang, Mark.EXCUSED, "出差").base == 2
        assert attendance.excuse(work, number, wang, Mark.EXEMPT, "住院").base == 1
        assert attendance.excuse(work, number, wang, Mark.INVITED, "").base == 2
        attendance.sign_by_name(work, number, wang)
        for mark, why, code in (
            (Mark.EXCUSED, "出差", Code.WRONG_STATE),
            (Mark.EXCUSED, " ", Code.INVALID),
            (Mark.PRESENT, "出差", Code.INVALID),
        ):
            with pytest.raises(Problem) as told:
                attendance.excuse(work, number, wang, mark, why)
            assert told.value.code is code
        with pytest.raises(Problem) as told:
            attendance.excuse(work, number, "01ARZ3NDEKTSV4RRFFQ69G5FAV", Mark.EXCUSED, "出差")
        assert told.value.code is Code.NOT_FOUND


def test_in_a_party_meeting_full_members_vote(community: Community) -> None:
    full, new = community.holder("王秀英").id, community.holder("李建国").id
    with community.transactions.work(PARTY) as work:
        for holder, standing in ((full, Standing.FULL), (new, Standing.PROBATIONARY)):
            members.put(
                work, holder, MemberIn.model_validate({"standing": standing, "branch": BRANCH, "since": "2020-07-01"})
            )
        number = activities.plan(work, meeting(kind=ActivityKind.PARTY_MEETING)).number
        attendance.invite(work, number, InviteIn(branch=BRANCH))
    assert file_of(community, number).activity.base == 1
    assert [one.votes for one in sorted(file_of(community, number).people, key=lambda one: one.name)] == [False, True]


def test_a_card_whose_holder_has_gone(community: Community) -> None:
    wang, card = carrier(community, "04010203040506")
    number = called(community, wang)
    with community.transactions.work(SYSTEM) as work:
        cards.row_of(work.session, card).holder_id = None
    hear(community, signs(card, NOW_MS + HOUR))
    assert file_of(community, number).activity.unnamed == 1
