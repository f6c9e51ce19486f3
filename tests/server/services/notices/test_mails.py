"""Mails on their way, and who gets them."""

import pytest
from pydantic import ValidationError
from sqlalchemy import Engine
from sqlmodel import select

from server.services.notices import mails, notices
from server.services.notices.mails import KEPT_MS, RETRY_AFTER_S, MailCount, MailState, ReaderIn
from server.services.problems import Code, Problem
from server.tables import AuditRow, NoticeMailRow
from tests.server.build import ADMIN, Community, make_community
from tests.server.services.notices.test_notices import notice


@pytest.fixture
def community(sqlite_engine: Engine) -> Community:
    return make_community(sqlite_engine)


def mailed(community: Community, *names: str) -> int:
    with community.transactions.work(ADMIN) as work:
        for name in names:
            mails.add_reader(work, ReaderIn(address=f"{name}@example.org"))
        return notices.write(work, notice(by_mail=True)).number


def all_of(community: Community) -> list[NoticeMailRow]:
    with community.transactions.read() as session:
        return list(session.exec(select(NoticeMailRow).order_by(NoticeMailRow.id)))


def test_tried_at_growing_intervals_and_given_up_at_last(community: Community) -> None:
    mailed(community, "wang")
    (mail,) = all_of(community)
    for wait_s in RETRY_AFTER_S:
        with community.transactions.work(ADMIN) as work:
            mails.failed(work, mail.id, "nobody answers", for_good=False)
            assert mails.due(work.session, work.real_ms + wait_s * 1000 - 1, 9) == []
            assert len(mails.due(work.session, work.real_ms + wait_s * 1000, 9)) == 1
    with community.transactions.work(ADMIN) as work:
        mails.failed(work, mail.id, "nobody answers", for_good=False)
        mails.sent(work, mail.id)
    (mail,) = all_of(community)
    assert (mail.state, mail.tries, mail.problem) == (MailState.DEAD, len(RETRY_AFTER_S) + 1, "nobody answers")


def test_refused_for_good_is_not_tried_again(community: Community) -> None:
    number = mailed(community, "wang", "li", "zhang")
    one, two, _ = all_of(community)
    with community.transactions.work(ADMIN) as work:
        mails.failed(work, one.id, "answered 550", for_good=True)
        mails.sent(work, two.id)
        mails.sent(work, two.id)
        assert mails.count(work.session, number) == MailCount(waiting=1, sent=1, dead=1)
        assert mails.given_up(work.session, number) == [(one.address, "answered 550")]


def test_a_mail_that_was_on_its_way_when_the_notice_was_withdrawn_is_followed_by_the_word(community: Community) -> None:
    number = mailed(community, "wang", "li")
    under_way, _ = all_of(community)
    with community.transactions.work(ADMIN) as work:
        notices.withdraw(work, number, "wrong day")
        assert not mails.waits(work.session, under_way.id)
        mails.sent(work, under_way.id)
        mails.sent(work, under_way.id)
        told = [(mail.address, mail.withdrawal) for mail, _ in mails.due(work.session, work.real_ms, 9)]
    assert told == [(under_way.address, True)]


def test_who_has_a_notice_that_still_hangs_can_be_told_that_it_is_withdrawn(community: Community) -> None:
    number = mailed(community, "wang", "li")
    one, two = all_of(community)
    with community.transactions.work(ADMIN) as work:
        mails.sent(work, one.id)
        mails.failed(work, two.id, "answered 550", for_good=True)
    community.real[0] += KEPT_MS + 1
    with community.transactions.work(ADMIN) as work:
        mails.prune(work)
        assert [mail.id for mail in work.session.exec(select(NoticeMailRow))] == [one.id]
        notices.withdraw(work, number, "wrong day")
        assert mails.count(work.session, number) == MailCount(sent=1)
        mails.prune(work)
        assert [mail.withdrawal for mail in work.session.exec(select(NoticeMailRow))] == [True]


def test_who_wants_no_more_gets_no_more_and_is_forgotten(community: Community) -> None:
    mailed(community, "wang", "li")
    with community.transactions.work(ADMIN) as work:
        mails.remove_reader(work, "wang@example.org")
        assert [mail.address for mail, _ in mails.due(work.session, work.real_ms, 9)] == ["li@example.org"]
        assert [one.address for one in mails.readers(work.session)] == ["li@example.org"]
        with pytest.raises(Problem) as told:
            mails.remove_reader(work, "wang@example.org")
        assert told.value.code is Code.NOT_FOUND
        trail = str([row.model_dump() for row in work.session.exec(select(AuditRow))])
    assert "wang@example.org" not in trail
    community.real[0] += KEPT_MS + 1
    with community.transactions.work(ADMIN) as work:
        mails.prune(work)
    assert [mail.address for mail in all_of(community)] == ["li@example.org"]


def test_an_address_is_one_and_there_once(community: Community) -> None:
    mailed(community, "wang")
    with community.transactions.work(ADMIN) as work, pytest.raises(Problem) as told:
        mails.add_reader(work, ReaderIn(address=" wang@example.org "))
    assert told.value.code is Code.EXISTS
    for wrong in ("wang", "wang@", "a@b", "a b@example.org", "a@example.org\nBcc: x@example.org", "a,b@example.org"):
        with pytest.raises(ValidationError):
            ReaderIn(address=wrong)
