"""One point's care: gossip between points over a card, forged lists noted with a bound, nothing lost on the way."""

from collections.abc import Callable
from pathlib import Path

import pytest

from card_protocol.channel.converse import converse
from card_protocol.crypto.keys import SecretKey
from card_protocol.policy.book import MemoryBook
from card_protocol.profiles.key_bundle import KeyBundle
from card_protocol.profiles.tap import CardReading, read_card
from card_protocol.words.event import Event, EventKind
from edge.ports.renewer import Left, Renewed, stays
from edge.shell.card_care import LOOK_AGAIN_NS, SERVER_AWAY_NS, CardCare
from firmware_sim.card.card import Card
from firmware_sim.card.entropy import seeded
from gateway.drivers.carried_file import DELTA_NAME, CarriedFile
from tests.edge.carried import (
    DAY_MS,
    LOST_CARD_ID,
    NOW_MS,
    STRANGER,
    delta,
    grant,
    log_of,
    revocation,
    revocations_on,
)
from tests.edge.issued import COMMUNITY, KEY_VERSION, LEASE_UNTIL_MS, SIGNER, bundle, issued_card
from tests.edge.policy import book
from tests.edge.words import CARD_ID, UID, moment, verdict


class Post:
    """A door of its own box."""

    def __init__(self, folder: Path, policy: MemoryBook, rev_seq: int = 0) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.carried = CarriedFile(folder)
        verify = SIGNER.verifier.verify
        self.care = CardCare("gw-1", bundle, verify, self.carried, lambda: policy, lambda: rev_seq, moment)

    def passed(self, card: Card) -> tuple[Event, ...]:
        card.power_on()
        reading = converse(read_card(bytes.fromhex(UID), bundle(), seeded("tap")), card.transmit)
        assert isinstance(reading, CardReading)
        return self.care(reading, verdict(), 9, card.transmit)


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return Post(tmp_path / "online", book())


def kinds(events: tuple[Event, ...]) -> list[EventKind]:
    return [event.kind for event in events]


def test_a_revocation_rides_from_an_online_door_to_one_that_the_server_cannot_reach(tmp_path: Path, post: Post) -> None:
    news = delta(4, revocation(4))
    (post.folder / DELTA_NAME).write_bytes(news)
    card = issued_card()
    assert kinds(post.passed(card)) == [EventKind.CARD_WRITTEN]
    offline = Post(tmp_path / "offline", book())
    assert offline.carried.about(LOST_CARD_ID) is None
    assert kinds(offline.passed(card)) == [EventKind.CARD_WRITTEN, EventKind.REVOCATION_APPLIED]
    learnt = offline.carried.about(LOST_CARD_ID)
    assert learnt is not None
    assert (learnt.rev_seq, learnt.state) == (4, revocation(4).state)
    # And on to the next card, which has never been near an online door.
    other = issued_card()
    offline.passed(other)
    assert revocations_on(other) == news
    assert kinds(offline.passed(card)) == [EventKind.CARD_WRITTEN], "told once"
    assert len(log_of(card)) == 3


def test_a_list_that_was_rolled_back_takes_nothing_back(tmp_path: Path) -> None:
    post = Post(tmp_path / "door", book(), rev_seq=5)
    (post.folder / DELTA_NAME).write_bytes(delta(5, revocation(5)))
    card = issued_card(revocations=delta(3, revocation(3)))
    assert kinds(post.passed(card)) == [EventKind.CARD_WRITTEN]
    assert post.carried.about(LOST_CARD_ID) is None
    assert revocations_on(card) == delta(5, revocation(5))


def test_a_forged_list_is_noted_once_and_the_card_is_served(post: Post) -> None:
    forged = delta(9, revocation(9), signer=STRANGER)
    card = issued_card(revocations=forged)
    first = post.passed(card)
    assert kinds(first) == [EventKind.CARD_WRITTEN, EventKind.CARD_FILE_REFUSED]
    assert (first[1].detail["cause"], first[1].point) == ("revocations_forged", "south-gate-in")
    assert kinds(post.passed(card)) == [EventKind.CARD_WRITTEN]
    assert post.carried.about(LOST_CARD_ID) is None


def test_without_a_policy_nothing_is_written(tmp_path: Path) -> None:
    post, card = Post(tmp_path / "new", MemoryBook(None)), issued_card()
    assert post.passed(card) == ()
    assert log_of(card) == []


class Server:
    """A renewer that answers what it is told."""

    def __init__(self, outcome: Renewed = Renewed.DONE) -> None:
        self.outcome = outcome
        self.asked: list[str] = []

    def renew(
        self, point: str, card_id: str, uid: str, transmit: Callable[[bytes], bytes], left: Left = stays
    ) -> Renewed:
        self.asked.append(card_id)
        return self.outcome


def online(folder: Path, server: Server) -> tuple[Post, list[int]]:
    """A door with a server, and its clock [ns]."""
    post, clock_ns = Post(folder, book()), [10**18]
    verify = SIGNER.verifier.verify
    post.care = CardCare(
        "gw-1", bundle, verify, post.carried, book, lambda: 0, lambda: moment(clock_ns[0]), renewer=server
    )
    return post, clock_ns


@pytest.mark.parametrize(
    ("carried", "asked"),
    [(grant(), 1), (b"", 1), (grant(STRANGER), 1), (grant(valid_to_ms=NOW_MS + 4 * DAY_MS), 0)],
    ids=["past half its life", "none", "forged", "fresh"],
)
def test_a_grant_is_renewed_when_it_is_time_and_looked_at_once_a_day(
    tmp_path: Path, carried: bytes, asked: int
) -> None:
    server, card = Server(), issued_card(grant=carried)
    post, clock_ns = online(tmp_path, server)
    for _ in range(2):
        post.passed(card)
    assert len(server.asked) == asked
    clock_ns[0] += LOOK_AGAIN_NS
    post.passed(card)
    assert len(server.asked) == 2 * asked
    assert len(log_of(card)) == 3
    assert post.carried.newest_serial(CARD_ID) == (7 if carried and carried != grant(STRANGER) else 0)


def test_a_server_that_is_away_is_left_alone_for_a_while_and_a_card_that_left_is_not(tmp_path: Path) -> None:
    server, card = Server(Renewed.AWAY), issued_card(grant=grant())
    post, clock_ns = online(tmp_path, server)
    for _ in range(2):
        post.passed(card)
    assert len(server.asked) == 1
    clock_ns[0] += SERVER_AWAY_NS
    server.outcome = Renewed.CARD_GONE
    for _ in range(2):
        post.passed(card)
    assert len(server.asked) == 3


def test_what_was_looked_at_is_remembered_with_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.shell.card_care.LOOKED_AT_MAX_CARDS", 0)
    server, card = Server(Renewed.REFUSED), issued_card(grant=grant())
    post, _ = online(tmp_path, server)
    for _ in range(2):
        post.passed(card)
    assert len(server.asked) == 2


def test_a_card_whose_keys_are_older_than_the_box_holds_is_brought_to_the_server(tmp_path: Path) -> None:
    server, card = Server(), issued_card(grant=grant(valid_to_ms=NOW_MS + 4 * DAY_MS))
    post, clock_ns = online(tmp_path, server)
    post.passed(card)
    assert server.asked == []
    leaves = {purpose: (*keys, SecretKey(bytes(16), KEY_VERSION + 1)) for purpose, keys in bundle().leaves.items()}
    newer = KeyBundle(COMMUNITY, LEASE_UNTIL_MS, leaves)
    post.care = CardCare(
        "gw-1",
        lambda: newer,
        SIGNER.verifier.verify,
        post.carried,
        book,
        lambda: 0,
        lambda: moment(clock_ns[0]),
        renewer=server,
    )
    post.passed(card)
    assert server.asked == [CARD_ID]
