"""Answers that are worked out ahead: in large towns alone, as old as they say, and the same as if asked for."""

import pytest
from sqlmodel import select

from card_protocol.words.moment import DAY_MS
from card_protocol.words.reason import Reason
from server.services.roles import Role
from server.services.statistics import kept
from server.services.statistics.answers import answer
from server.services.statistics.asking import ask
from server.services.statistics.kept import EVERY_MS, STALE_AFTER, AnswerKeeper, look
from server.services.statistics.questions import Question
from server.tables import CardRow, KeptAnswerRow
from tests.server.build import ADMIN, NOW_MS, Community
from tests.server.services.statistics.test_gate_answers import put
from tests.support.patience import eventually


@pytest.fixture
def town(community: Community, monkeypatch: pytest.MonkeyPatch) -> Community:
    """A large one: of two taps and a card in a drawer."""
    monkeypatch.setattr(kept, "MANY_EVENTS", 1)
    card = community.active_card()
    with community.transactions.work(ADMIN) as work:
        work.session.get_one(CardRow, card.id).issued_ms = NOW_MS - 200 * DAY_MS
    put(community, 1)
    put(community, 2, reason=Reason.REVOKED.value)
    return community


def test_what_is_kept_is_what_would_be_found(town: Community) -> None:
    now = town.transactions.clock()
    assert look(town.transactions) == 7
    put(town, 3, reason=Reason.REVOKED.value)
    with town.transactions.read() as session:
        for question in EVERY_MS:
            assert answer(session, Role.ADMIN, question, 30, now).at_ms == now
        (line,) = answer(session, Role.ADMIN, Question.REFUSED, 7, now).lines
        assert (line.key, line.values) == ("revoked", (1,)), "as it was"
        assert answer(session, Role.ADMIN, Question.PEAKS, 90, now).lines == tuple(
            ask(session, Question.PEAKS, 90, now)
        )
        assert answer(session, Role.ADMIN, Question.FAILING, 30, now).at_ms is None
        found, at_ms = kept.unused_cards(session, now)
    assert (at_ms, [(one.name, one.last_ms) for one in found]) == (now, [("王秀英", None)])


def test_each_is_worked_out_anew_when_it_has_become_old(town: Community) -> None:
    assert (look(town.transactions), look(town.transactions)) == (7, 0)
    put(town, 3, reason=Reason.REVOKED.value)
    town.now[0] += EVERY_MS[Question.REFUSED]
    assert look(town.transactions) == 6, "cards are counted once a day"
    with town.transactions.read() as session:
        (line,) = answer(session, Role.ADMIN, Question.REFUSED, 7, town.now[0]).lines
    assert line.values == (2,)


def test_what_nobody_looks_after_does_not_count(town: Community) -> None:
    look(town.transactions)
    put(town, 3, reason=Reason.REVOKED.value)
    later = town.transactions.clock() + STALE_AFTER * EVERY_MS[Question.REFUSED]
    with town.transactions.read() as session:
        found = answer(session, Role.ADMIN, Question.REFUSED, 7, later)
    assert (found.at_ms, found.lines[0].values) == (None, (2,))


def test_a_card_that_was_given_back_since_is_no_longer_in_a_drawer(town: Community) -> None:
    look(town.transactions)
    with town.transactions.work(ADMIN) as work:
        for row in work.session.exec(select(CardRow)):
            row.state = "returned"
    with town.transactions.read() as session:
        assert kept.unused_cards(session, town.transactions.clock())[0] == []


def test_a_small_community_is_asked_each_time(community: Community) -> None:
    put(community, 1)
    assert look(community.transactions) == 0
    with community.transactions.read() as session:
        assert len(session.exec(select(KeptAnswerRow)).all()) == 0
        assert answer(session, Role.ADMIN, Question.PEAKS, 30, NOW_MS).at_ms is None
        assert kept.unused_cards(session, NOW_MS)[1] is None


def test_many_cards_make_a_town_large_too(community: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    community.active_card()
    monkeypatch.setattr(kept, "MANY_CARDS", 0)
    assert look(community.transactions) == 7


def kept_rows(town: Community) -> int:
    with town.transactions.read() as session:
        return len(session.exec(select(KeptAnswerRow)).all())


def test_the_thread_looks(town: Community) -> None:
    keeper = AnswerKeeper(town.transactions, every_s=0.01, first_s=0.0)
    keeper.start()
    try:
        eventually(lambda: kept_rows(town) == 8)
    finally:
        keeper.stop()
