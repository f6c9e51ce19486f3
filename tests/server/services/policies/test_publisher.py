"""The publisher: what goes down, when, and again to whoever lacks it."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from sqlmodel import Session

from card_protocol.wire.command import Action, Command, CommandAck, Outcome
from card_protocol.wire.manifest import Manifest
from card_protocol.wire.revocations import MESSAGE_MAX_REVOCATIONS, Revocations
from card_protocol.wire.sealed import unseal
from card_protocol.wire.topics import Channel
from card_protocol.words.card import CardState
from server.services.cards import cards, revocations
from server.services.gateways import commands, gateways
from server.services.gateways.commands import CommandIn
from server.services.policies import policy, publisher
from server.services.policies.publisher import Publisher
from server.services.signals import Wish
from server.services.work import SYSTEM
from server.tables import CardRow
from server.tables.engine import is_sqlite
from tests.server.build import ADMIN, Box, Community

WAIT_S = 20.0


@dataclass
class FakeDownlink:
    """Everything that went down; `up` False loses it."""

    sent: list[tuple[str, Channel, bytes, bool]] = field(default_factory=list)
    up: bool = True
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def send(self, gateway: str, channel: Channel, message: bytes, *, retain: bool = False) -> bool:
        with self.arrived:
            if self.up:
                self.sent.append((gateway, channel, message, retain))
            self.arrived.notify_all()
        return self.up

    def wait_for(self, what: Callable[[], bool]) -> None:
        with self.arrived:
            assert self.arrived.wait_for(what, WAIT_S)


@pytest.fixture
def downlink() -> FakeDownlink:
    return FakeDownlink()


@pytest.fixture
def made(community: Community, downlink: FakeDownlink) -> Publisher:
    community.box("g-1")
    return Publisher(community.transactions, community.house.keystore, downlink)


def manifests(community: Community, downlink: FakeDownlink) -> list[Manifest]:
    verify = community.house.keystore.server.verifier.verify
    found = [(message, retain) for _, channel, message, retain in downlink.sent if channel is Channel.POLICY]
    assert all(retain for _, retain in found)
    return [unseal("manifest", message, Manifest, verify) for message, _ in found]


def streams(community: Community, downlink: FakeDownlink) -> list[Revocations]:
    verify = community.house.keystore.server.verifier.verify
    found = [message for _, channel, message, _ in downlink.sent if channel is Channel.REVOCATIONS]
    return [unseal("revocations", message, Revocations, verify) for message in found]


def lose_a_card(community: Community, uid: str = "04010203040506") -> str:
    card = community.active_card(uid)
    with community.transactions.work(ADMIN) as work:
        cards.change_state(work, card.id, CardState.LOST)
    return card.id


def test_every_enrolled_gateway_gets_its_manifest_once(
    community: Community, downlink: FakeDownlink, made: Publisher
) -> None:
    community.box("g-2")
    assert made.publish_all() == 2
    assert made.publish_all() == 0
    assert [manifest.gateway for manifest in manifests(community, downlink)] == ["g-1", "g-2"]


def test_a_revocation_goes_to_whoever_has_not_said_to_have_it(
    community: Community, downlink: FakeDownlink, made: Publisher
) -> None:
    card_id = lose_a_card(community)
    made.revoke_all()
    (stream,) = streams(community, downlink)
    assert (stream.after, stream.upto) == (0, 1)
    assert [(entry.card_id, entry.state) for entry in stream.entries] == [(card_id, CardState.LOST)]
    with community.transactions.work(SYSTEM) as work:
        gateways.note_state(work, Box("g-1").state(rev_seq=1))
    made.gateways_said(["g-1"])
    assert len(streams(community, downlink)) == 1


def test_a_gateway_that_was_away_long_is_served_in_pieces(
    community: Community, downlink: FakeDownlink, made: Publisher
) -> None:
    card = community.active_card()
    with community.transactions.work(SYSTEM) as work:
        row = work.session.get_one(CardRow, card.id)
        for _ in range(MESSAGE_MAX_REVOCATIONS + 3):
            revocations.add(work, row, CardState.LOST)
    made.gateways_said(["g-1"])
    (first,) = streams(community, downlink)
    assert (first.after, first.upto) == (0, MESSAGE_MAX_REVOCATIONS)
    with community.transactions.work(SYSTEM) as work:
        gateways.note_state(work, Box("g-1").state(rev_seq=first.upto))
    made.gateways_said(["g-1"])
    assert streams(community, downlink)[-1].upto == MESSAGE_MAX_REVOCATIONS + 3


def test_a_broker_that_has_forgotten_everything_is_told_again(
    community: Community, downlink: FakeDownlink, made: Publisher
) -> None:
    lose_a_card(community)
    downlink.up = False
    made.publish_all()
    made.revoke_all()
    downlink.up = True
    made.broker_back()
    assert len(manifests(community, downlink)) == 1
    assert len(streams(community, downlink)) == 1


def test_a_gateway_that_missed_its_policy_is_told_again(
    community: Community, downlink: FakeDownlink, made: Publisher
) -> None:
    made.publish_all()
    downlink.sent.clear()
    made.gateways_said(["g-1"])
    assert manifests(community, downlink) == [], "it may be on its way"
    community.now[0] += policy.TAKEN_WITHIN_MS
    made.gateways_said(["g-1"])
    (again,) = manifests(community, downlink)
    with community.transactions.work(SYSTEM) as work:
        gateways.note_state(work, Box("g-1").state(policy_version=again.version))
    made.gateways_said(["g-1"])
    assert len(manifests(community, downlink)) == 1


@pytest.fixture
def running(made: Publisher, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    monkeypatch.setattr(publisher, "DEBOUNCE_S", 0.01)
    made.start()
    yield made
    made.stop()


@pytest.mark.usefixtures("running")
def test_started_it_publishes_and_goes_on_doing_so(community: Community, downlink: FakeDownlink) -> None:
    downlink.wait_for(lambda: len(downlink.sent) >= 1)
    lose_a_card(community)
    downlink.wait_for(lambda: any(channel is Channel.REVOCATIONS for _, channel, _, _ in downlink.sent))
    downlink.wait_for(lambda: manifests(community, downlink)[-1].rev_seq == 1)


@pytest.mark.usefixtures("running")
def test_a_failure_is_tried_again(
    community: Community, downlink: FakeDownlink, monkeypatch: pytest.MonkeyPatch
) -> None:
    downlink.wait_for(lambda: len(downlink.sent) >= 1)
    failures = iter([RuntimeError("the data base is away")])
    real = publisher.policy.publish

    def publish(*arguments: object) -> object:
        for failure in failures:
            raise failure
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(publisher.policy, "publish", publish)
    before = len(downlink.sent)
    community.active_card()
    community.transactions.signals.wish(Wish.PUBLISH)
    downlink.wait_for(lambda: len(downlink.sent) > before)


@pytest.mark.usefixtures("running")
def test_a_revocation_does_not_wait_for_policies(
    community: Community, downlink: FakeDownlink, monkeypatch: pytest.MonkeyPatch
) -> None:
    downlink.wait_for(lambda: len(downlink.sent) >= 1)
    busy, ready = threading.Event(), threading.Event()

    def publish(*_: object) -> list[object]:
        busy.set()
        ready.wait(WAIT_S)
        return []

    monkeypatch.setattr(publisher.policy, "publish", publish)
    community.transactions.signals.wish(Wish.PUBLISH)
    assert busy.wait(WAIT_S)
    lose_a_card(community)
    downlink.wait_for(lambda: any(channel is Channel.REVOCATIONS for _, channel, _, _ in downlink.sent))
    ready.set()


def test_both_threads_are_watched(made: Publisher) -> None:
    assert not made.running
    made.start()
    assert made.running
    made.stop()
    assert not made.running


def test_two_programs_that_publish_at_once_make_one_version(
    community: Community, downlink: FakeDownlink, made: Publisher
) -> None:
    if is_sqlite(community.transactions.engine):
        pytest.skip("on SQLite one program publishes")
    with community.transactions.alone(publisher.PUBLISHING):
        other = Publisher(community.transactions, community.house.keystore, downlink)
        threads = [threading.Thread(target=one.publish_all) for one in (made, other)]
        for thread in threads:
            thread.start()
        assert manifests(community, downlink) == []
    for thread in threads:
        thread.join(WAIT_S)
    assert [manifest.version for manifest in manifests(community, downlink)] == [1]


def orders(community: Community, downlink: FakeDownlink) -> list[int]:
    verify = community.house.keystore.server.verifier.verify
    found = [message for _, channel, message, _ in downlink.sent if channel is Channel.COMMAND]
    return [unseal("command", message, Command, verify).number for message in found]


def test_a_command_goes_to_who_is_there_until_it_is_answered(
    community: Community, downlink: FakeDownlink, made: Publisher
) -> None:
    box = Box("g-1")
    with community.transactions.work(ADMIN) as work:
        asked = CommandIn(action=Action.HOLD_OPEN, point="south-gate-in", why="a parcel")
        number = commands.give(work, "g-1", asked).number
    made.command_all()
    assert orders(community, downlink) == [], "nobody is there"
    with community.transactions.work(SYSTEM) as work:
        gateways.note_state(work, box.state())
    made.gateways_said(["g-1"])
    made.command_all()
    assert orders(community, downlink) == [number, number], "said until it is answered"
    with community.transactions.work(SYSTEM) as work:
        ack = CommandAck(gateway="g-1", number=number, outcome=Outcome.TAKEN, newest=number, at_ms=1)
        commands.answered(work, ack)
    made.command_all()
    assert orders(community, downlink) == [number, number]


def test_policies_let_a_revocation_go_first_but_not_for_ever(
    community: Community, downlink: FakeDownlink, made: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "REVOKE_FIRST_S", 0.05)
    monkeypatch.setattr(publisher, "REVOKE_LOOK_S", 0.01)
    box = Box("g-1")
    with community.transactions.work(SYSTEM) as work:
        gateways.note_state(work, box.state())
    lose_a_card(community)
    looks: list[bool] = []
    look = gateways.any_behind

    def any_behind(session: Session, rev_seq: int) -> bool:
        looks.append(True)
        return look(session, rev_seq)

    monkeypatch.setattr(publisher.gateways, "any_behind", any_behind)
    made.start()
    try:
        downlink.wait_for(lambda: any(channel is Channel.POLICY for _, channel, *_ in downlink.sent))
    finally:
        made.stop()
    channels = [channel for _, channel, *_ in downlink.sent]
    assert channels.index(Channel.REVOCATIONS) < channels.index(Channel.POLICY)
    assert len(looks) > 1
