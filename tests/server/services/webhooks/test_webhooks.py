"""Addresses and the life of their messages."""

import json
from collections.abc import Callable

import pytest
from pydantic import ValidationError
from sqlmodel import select

from card_protocol.words.card import CardState
from server.services.cards import cards
from server.services.problems import Code, Problem
from server.services.signals import Wish
from server.services.webhooks import webhooks
from server.services.webhooks.cloud_event import Topic
from server.services.webhooks.webhooks import DeliveryState, WebhookIn, WebhookView
from server.services.work import Work
from server.tables import DeliveryRow
from tests.server.build import ADMIN, COMMUNITY, Community

URL = "https://example.com/hook"


@pytest.fixture
def community(community: Community) -> Community:
    community.transactions.outbox = lambda work: webhooks.enqueue(work, COMMUNITY)
    return community


def add(community: Community, url: str = URL, topics: tuple[Topic, ...] = (Topic.CARD,)) -> WebhookView:
    with community.transactions.work(ADMIN) as work:
        return webhooks.add(work, WebhookIn(url=url, topics=list(topics)))


def messages(community: Community) -> list[DeliveryRow]:
    with community.transactions.read() as session:
        return list(session.exec(select(DeliveryRow).order_by(DeliveryRow.id)))


def do(community: Community, act: Callable[[Work], object]) -> None:
    community.now[0] += 1  # ids of one millisecond stand in no order
    with community.transactions.work(ADMIN) as work:
        act(work)


def test_a_change_is_told_in_its_own_transaction(community: Community) -> None:
    hook, card = add(community), community.active_card()
    before = len(messages(community))
    do(community, lambda work: cards.change_state(work, card.id, CardState.LOST))
    told = messages(community)[before:]
    assert [(row.webhook_id, row.topic, row.state) for row in told] == [(hook.id, "onecard.card", "waiting")]
    assert json.loads(told[0].body)["data"] == {"id": card.id, "number": card.number, "state": "lost"}
    assert json.loads(told[0].body)["id"] == told[0].id
    assert Wish.DELIVER in community.transactions.signals.wait(0)

    def undone(work: Work) -> None:
        cards.change_state(work, card.id, CardState.REVOKED)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        do(community, undone)
    assert len(messages(community)) == before + 1


def test_an_address_hears_what_it_asked_for(community: Community) -> None:
    add(community, topics=(Topic.ALARM,))
    gone = add(community)
    do(community, lambda work: webhooks.end(work, gone.id))
    community.active_card()
    assert messages(community) == []


@pytest.mark.parametrize(
    "url",
    ["http://example.com/", "https://user:secret@example.com/", "https:///nowhere", "http://10.0.0.1/", "https://[x]/"],
)
def test_addresses_that_are_not_told(url: str, community: Community) -> None:
    with pytest.raises(Problem) as caught:
        add(community, url)
    assert caught.value.code is Code.INVALID


@pytest.mark.parametrize("url", ["ftp://example.com/", "https://exa mple.com", "", "https://" + "x" * 500])
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(ValidationError):
        WebhookIn(url=url, topics=[Topic.TAP])


def test_this_machine_may_be_told_without_a_certificate(community: Community) -> None:
    assert add(community, "http://127.0.0.1:9/x").url == "http://127.0.0.1:9/x"


def test_there_are_not_too_many_addresses(community: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "ADDRESSES_MAX", 1)
    first = add(community)
    with pytest.raises(Problem) as caught:
        add(community)
    assert caught.value.code is Code.TOO_MANY
    do(community, lambda work: webhooks.end(work, first.id))
    add(community)


def test_a_message_is_tried_by_the_schedule_and_then_given_up(community: Community) -> None:
    hook = add(community)
    do(community, lambda work: webhooks.try_out(work, COMMUNITY, hook.id))
    (message,) = messages(community)
    for wait_s in webhooks.RETRY_AFTER_S:
        do(community, lambda work: webhooks.failed(work, message.id, "answered 503"))
        (row,) = messages(community)
        assert (row.state, row.due_ms, row.problem) == ("waiting", community.real[0] + wait_s * 1000, "answered 503")
        with community.transactions.read() as session:
            assert webhooks.due(session, row.due_ms - 1, 9) == []
            assert [found.id for found, _ in webhooks.due(session, row.due_ms, 9)] == [message.id]
        community.real[0] = row.due_ms
    do(community, lambda work: webhooks.failed(work, message.id, "answered 503"))
    with community.transactions.read() as session:
        (dead,) = webhooks.deliveries(session, hook.id, DeliveryState.DEAD)
        assert webhooks.listing(session)[0].dead == 1
    assert dead.tries == len(webhooks.RETRY_AFTER_S) + 1
    do(community, lambda work: webhooks.again(work, message.id))
    do(community, lambda work: webhooks.delivered(work, message.id))
    (row,) = messages(community)
    assert (row.state, row.tries, row.problem) == ("delivered", 1, "")


def test_while_an_address_is_paused_its_messages_wait(community: Community) -> None:
    hook = add(community)
    do(community, lambda work: webhooks.try_out(work, COMMUNITY, hook.id))
    (message,) = messages(community)
    do(community, lambda work: webhooks.failed(work, message.id, "answered 503"))
    do(community, lambda work: webhooks.pause(work, hook.id))
    community.real[0] += webhooks.RETRY_AFTER_S[0] * 1000
    with community.transactions.read() as session:
        assert webhooks.due(session, community.real[0], 9) == []
        view = webhooks.get(session, hook.id)
        assert (view.waiting, view.problem, view.paused_ms is None) == (1, "answered 503", False)
    community.active_card()
    assert len(messages(community)) > 1
    do(community, lambda work: webhooks.resume(work, hook.id))
    with community.transactions.read() as session:
        assert len(webhooks.due(session, community.real[0], 9)) == len(messages(community))
        assert webhooks.get(session, hook.id).paused_ms is None
    do(community, lambda work: webhooks.end(work, hook.id))
    for act in (webhooks.pause, webhooks.resume, webhooks.again_all):
        with pytest.raises(Problem) as caught:
            do(community, lambda work, act=act: act(work, hook.id))  # type: ignore[misc]
        assert caught.value.code is Code.WRONG_STATE


def test_what_was_given_up_is_sent_again_together(community: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "RETRY_AFTER_S", ())
    hook = add(community)
    for _ in range(3):
        do(community, lambda work: webhooks.try_out(work, COMMUNITY, hook.id))
    for message in messages(community):
        do(community, lambda work, number=message.id: webhooks.failed(work, number, "answered 503"))  # type: ignore[misc]
    monkeypatch.setattr(webhooks, "WAITING_MAX", 2)
    counts: list[int] = []
    do(community, lambda work: counts.append(webhooks.again_all(work, hook.id)))
    do(community, lambda work: counts.append(webhooks.again_all(work, hook.id)))
    assert counts == [2, 0]
    assert [row.state for row in messages(community)] == ["waiting", "waiting", "dead"]
    first, *_ = messages(community)
    do(community, lambda work: webhooks.delivered(work, first.id))
    with community.transactions.read() as session:
        assert webhooks.get(session, hook.id).delivered_ms == community.real[0]


def test_an_address_is_forgotten_with_its_last_messages(community: Community) -> None:
    hook = add(community)
    do(community, lambda work: webhooks.try_out(work, COMMUNITY, hook.id))
    do(community, lambda work: webhooks.end(work, hook.id))
    community.real[0] += webhooks.ENDED_KEPT_MS
    do(community, webhooks.prune)
    with community.transactions.read() as session:
        assert [view.id for view in webhooks.listing(session)] == [hook.id]
    community.real[0] += 1
    do(community, webhooks.prune)
    with community.transactions.read() as session:
        assert webhooks.listing(session) == []
    assert messages(community) == []


def test_an_address_that_is_gone_is_told_no_more(community: Community) -> None:
    hook = add(community)
    do(community, lambda work: webhooks.try_out(work, COMMUNITY, hook.id))
    do(community, lambda work: webhooks.try_out(work, COMMUNITY, hook.id))
    first = messages(community)[0]
    do(community, lambda work: webhooks.failed(work, first.id, "answered 410", gone=True))
    with community.transactions.read() as session:
        view = webhooks.listing(session)[0]
    assert (view.waiting, view.dead, view.ended_why) == (0, 2, "the address answered 410 Gone")
    for act in (
        lambda work: webhooks.try_out(work, COMMUNITY, hook.id),
        lambda work: webhooks.again(work, first.id),
    ):
        with pytest.raises(Problem) as caught:
            do(community, act)
        assert caught.value.code is Code.WRONG_STATE
    do(community, lambda work: webhooks.failed(work, first.id, "come late"))
    assert messages(community)[0].problem == "answered 410"


def test_what_is_not_there(community: Community) -> None:
    for act in (
        lambda work: webhooks.end(work, "x"),
        lambda work: webhooks.again(work, "x"),
        lambda work: webhooks.deliveries(work.session, "x"),
    ):
        with pytest.raises(Problem) as caught:
            do(community, act)
        assert caught.value.code is Code.NOT_FOUND
    do(community, lambda work: (webhooks.delivered(work, "x"), webhooks.failed(work, "x", "")))


def test_a_queue_has_an_end_and_old_messages_are_forgotten(
    community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "WAITING_MAX", 1)
    hook = add(community)
    for _ in range(2):
        do(community, lambda work: webhooks.try_out(work, COMMUNITY, hook.id))
    waiting, dead = messages(community)
    assert (waiting.state, dead.state, dead.problem) == ("waiting", "dead", "1 messages were waiting already")
    do(community, lambda work: webhooks.delivered(work, waiting.id))
    community.real[0] += webhooks.KEPT_MS[DeliveryState.DELIVERED] + 1
    do(community, webhooks.prune)
    assert [row.id for row in messages(community)] == [dead.id]
    community.real[0] += webhooks.KEPT_MS[DeliveryState.DEAD]
    do(community, webhooks.prune)
    assert messages(community) == []


def test_the_schedule_only_waits_longer() -> None:
    assert list(webhooks.RETRY_AFTER_S) == sorted(webhooks.RETRY_AFTER_S)
