"""One point's care: gossip between points over a card, forged lists noted with a bound, nothing lost on the way."""

from pathlib import Path

import pytest

from card_protocol.channel.converse import converse
from card_protocol.policy.book import MemoryBook
from card_protocol.profiles.tap import CardReading, read_card
from card_protocol.words.event import Event, EventKind
from edge.shell.card_care import CardCare
from firmware_sim.card.card import Card
from firmware_sim.card.entropy import seeded
from gateway.drivers.carried_file import DELTA_NAME, CarriedFile
from tests.edge.carried import LOST_CARD_ID, STRANGER, delta, log_of, revocation, revocations_on
from tests.edge.issued import SIGNER, bundle, issued_card
from tests.edge.policy import book
from tests.edge.words import UID, moment, verdict


class Post:
    """A door of its own box."""

    def __init__(self, folder: Path, policy: MemoryBook, rev_seq: int = 0) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.carried = CarriedFile(folder)
        verify = SIGNER.verifier.verify
        self.care = CardCare("gw-1", bundle(), verify, self.carried, lambda: policy, lambda: rev_seq, moment)

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
