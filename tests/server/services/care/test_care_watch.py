"""Who is watched, and when they are away."""

from datetime import date

import pytest
from sqlalchemy import Engine

from card_protocol.words.moment import DAY_MS
from card_protocol.words.point import PointKind
from server.services.access import access
from server.services.access.access import PointIn
from server.services.care import care_watch
from server.services.care.care_watch import Absence, WatchIn
from server.services.problems import Code, Problem
from tests.server.build import ADMIN, COMMUNITY, Community, make_community


@pytest.fixture
def community(sqlite_engine: Engine) -> Community:
    return make_community(sqlite_engine)


def home(community: Community) -> None:
    point = PointIn(
        id="home-1", kind=PointKind.HOME_VISIT, name_zh="王家", name_en="Home 1", area="home", gateway_id="g-1"
    )
    with community.transactions.work(ADMIN) as work:
        access.set_point(work, COMMUNITY, point)


def test_a_door_is_somebodys_and_a_home(community: Community) -> None:
    home(community)
    wang, li = community.holder(), community.holder("李建国")
    with community.transactions.work(ADMIN) as work:
        care_watch.put(work, wang.id, WatchIn(home_point="home-1"))
        care_watch.put(work, wang.id, WatchIn(home_point="home-1", contact_name="小王"))
        for holder, point, code in ((li.id, "home-1", Code.IN_USE), (li.id, "clinic", Code.INVALID)):
            with pytest.raises(Problem) as told:
                care_watch.put(work, holder, WatchIn(home_point=point))
            assert told.value.code is code


def test_away_ends_by_itself_or_when_somebody_says_so(community: Community) -> None:
    person = community.holder()
    with community.transactions.work(ADMIN) as work:
        with pytest.raises(Problem) as told:
            care_watch.leave(work, person.id, Absence.AWAY, None)
        assert told.value.code is Code.NOT_FOUND
        care_watch.put(work, person.id, WatchIn())
        care_watch.leave(work, person.id, Absence.AWAY, date(2026, 3, 5))
        for until in (date(2026, 2, 1), date(2028, 1, 1)):
            with pytest.raises(Problem) as told:
                care_watch.leave(work, person.id, Absence.AWAY, until)
            assert told.value.code is Code.INVALID
        now = work.now_ms
        assert care_watch.absence_of(work.session, person.id, now) is not None
        assert care_watch.absence_of(work.session, person.id, now + 5 * DAY_MS) is None
        care_watch.leave(work, person.id, Absence.HOSPITAL, None)
        found = care_watch.absence_of(work.session, person.id, now + 50 * DAY_MS)
        assert found is not None
        assert found.kind == Absence.HOSPITAL
        care_watch.back(work, person.id)
        assert care_watch.absence_of(work.session, person.id, now + 50 * DAY_MS) is None
