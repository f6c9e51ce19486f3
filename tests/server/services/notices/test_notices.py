"""Notices on a data base."""

import pytest
from pydantic import ValidationError
from sqlalchemy import Engine

from card_protocol.words.moment import DAY_MS
from server.services.notices import mails, notices
from server.services.notices.mails import ReaderIn
from server.services.notices.notices import AT_ONCE_MAX, LIFE_MAX_MS, NoticeIn, NoticeState
from server.services.problems import Code, Problem
from server.services.signals import Wish
from tests.server.build import ADMIN, NOW_MS, Community, make_community

GATE = "south-gate-in"


@pytest.fixture
def community(sqlite_engine: Engine) -> Community:
    return make_community(sqlite_engine)


def notice(**more: object) -> NoticeIn:
    given = {"zh": "明日9时至11时停水", "en": "No water tomorrow from 9 to 11", "points": [GATE]}
    return NoticeIn.model_validate(given | {"from_ms": NOW_MS, "to_ms": NOW_MS + DAY_MS} | more)


def written(community: Community, **more: object) -> int:
    with community.transactions.work(ADMIN) as work:
        return notices.write(work, notice(**more)).number


def state(community: Community, number: int) -> NoticeState:
    with community.transactions.read() as session:
        return notices.get(session, number, community.now[0]).state


def test_to_come_shown_and_over(community: Community) -> None:
    number = written(community, from_ms=NOW_MS + 1000)
    seen = []
    for now in (NOW_MS, NOW_MS + 1000, NOW_MS + DAY_MS):
        community.now[0] = now
        seen.append(state(community, number))
    assert seen == [NoticeState.TO_COME, NoticeState.SHOWN, NoticeState.OVER]
    with community.transactions.work(ADMIN) as work, pytest.raises(Problem) as told:
        notices.withdraw(work, number, "falsch")
    assert told.value.code is Code.WRONG_STATE


def test_withdrawn_once_with_a_reason_and_the_points_are_told(community: Community) -> None:
    community.heard.clear()
    number = written(community)
    with community.transactions.work(ADMIN) as work:
        for why, code in ((" ", Code.INVALID), ("改期", None), ("改期", Code.WRONG_STATE)):
            if code is None:
                assert notices.withdraw(work, number, why).state is NoticeState.WITHDRAWN
                assert Wish.PUBLISH in work.wishes
                continue
            with pytest.raises(Problem) as told:
                notices.withdraw(work, number, why)
            assert told.value.code is code
        with pytest.raises(Problem) as told:
            notices.withdraw(work, 99, "改期")
        assert told.value.code is Code.NOT_FOUND
        assert notices.hanging(work.session, NOW_MS) == []


def test_what_cannot_be_hung_up(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        for wrong in ({"points": ["nowhere"]}, {"from_ms": NOW_MS - DAY_MS, "to_ms": NOW_MS}):
            with pytest.raises(Problem) as told:
                notices.write(work, notice(**wrong))
            assert told.value.code is Code.INVALID
    for wrong in ({"zh": " "}, {"zh": "停" * 61}, {"to_ms": NOW_MS}, {"to_ms": NOW_MS + LIFE_MAX_MS + 1}):
        with pytest.raises(ValidationError):
            notice(**wrong)


def test_there_is_an_end_of_what_hangs_at_once(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        for _ in range(AT_ONCE_MAX):
            last = notices.write(work, notice()).number
        with pytest.raises(Problem) as told:
            notices.write(work, notice())
        assert told.value.code is Code.TOO_MANY
        notices.withdraw(work, last, "太多")
        notices.write(work, notice())


def test_the_list_is_newest_first_in_pages(community: Community) -> None:
    numbers = [written(community) for _ in range(3)]
    with community.transactions.read() as session:
        first = notices.listing(session, NOW_MS, limit=2)
        second = notices.listing(session, NOW_MS, after=first.next)
    assert [one.number for one in (*first.items, *second.items)] == numbers[::-1]


def test_readers_get_a_mail_each_and_hear_of_a_withdrawal_if_they_had_it(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        for name in ("wang", "li"):
            mails.add_reader(work, ReaderIn(address=f"{name}@example.org"))
        number = notices.write(work, notice(by_mail=True)).number
        assert Wish.MAIL in work.wishes
        (first, _), _ = mails.due(work.session, work.real_ms, 9)
        mails.sent(work, first.id)
        notices.withdraw(work, number, "改期")
        ((mail, row),) = mails.due(work.session, work.real_ms, 9)
    assert (mail.address, mail.withdrawal, row.number) == (first.address, True, number)
