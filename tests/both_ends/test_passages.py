"""Anti-passback over two gateways: what one saw reaches the other's decision, from batch to tap, and is forgiven."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from card_protocol.policy.rules import Passback
from card_protocol.wire.topics import Channel, topic
from card_protocol.words.event import Event, EventKind, note_event
from card_protocol.words.moment import ClockQuality, Moment
from card_protocol.words.point import Direction
from card_protocol.words.situation import Situation
from edge.shell.surroundings import BoxSurroundings
from gateway.core.station import Place as Standpoint
from gateway.core.station import Station
from gateway.core.station_words import JournalSeen, KeepPassages, Received
from gateway.drivers.passage_file import PassageReader, PassageWriter
from gateway.ports.book import Standing
from server.intake.processor import RETOLD_MS, Message, Outcome, Processor
from server.services.access import access, areas
from server.services.access.areas import AreaIn
from server.tables.engine import make_engine
from tests.edge.shell.test_surroundings import with_area
from tests.edge.words import GATE, HOLDER, presentation
from tests.gateway.world import HandClock, MemoryJournal
from tests.server.build import ADMIN, COMMUNITY, NOW_MS, Community, make_community, tap
from tests.server.inside import point


class Two:
    """The server with two gateways of one area; the second with its file and its points."""

    def __init__(self, community: Community, folder: Path) -> None:
        self.now_ms, self.turn = community.now, 0
        self.first, self.second = community.box("g-1"), community.box("g-2")
        with community.transactions.work(ADMIN) as work:
            areas.set_area(work, AreaIn(id="community", name_zh="院", name_en="Yard", passback=Passback.HARD))
            access.set_point(work, COMMUNITY, point("west", "community", Direction.IN, "g-1"))
            access.set_point(work, COMMUNITY, point(GATE, "community", Direction.IN, "g-2"))
        keystore = community.house.keystore
        self.processor = Processor(community.transactions, keystore)
        self.believes = keystore.server.verifier.verify
        self.clock, journal = HandClock(), MemoryJournal()
        place = Standpoint("g-2", self.second.signer.sign, self.believes)
        self.station = Station(place, Standing(), JournalSeen(journal.head(), journal.floor()), None, lambda: 0.0)
        self.writer = PassageWriter(folder)
        book = with_area()
        now = Moment(wall_ms=NOW_MS + 1000, mono_ns=1, boot="b2", clock=ClockQuality.NTP)
        self.points = BoxSurroundings(lambda: book, lambda _: 0, lambda: now, PassageReader(folder).fresh)
        self.now = now

    def sees(self, *bodies: bytes) -> Outcome:
        """The first gateway journals and tells; what goes down is carried to the second."""
        first = len(self.first.bodies) + 1
        self.first.append(*bodies)
        sealed = self.first.sealed("batch", self.first.batch(first, len(self.first.bodies)))
        return self.carry([Message(topic("g-1", Channel.EVENTS), sealed)])

    def says(self, *, run: int) -> Outcome:
        """The second gateway reports, as it does every few seconds."""
        self.turn += 1
        state = self.second.state(run=run, turn=self.turn)
        return self.carry([Message(topic("g-2", Channel.STATE), self.second.sealed("state", state))])

    def carry(self, messages: list[Message]) -> Outcome:
        outcome = self.processor.process(messages)
        for reply in outcome.replies:
            if (reply.gateway, reply.channel) == ("g-2", Channel.PASSAGES):
                for effect in self.station.step(Received(reply.channel, reply.message), self.clock.now()):
                    assert isinstance(effect, KeepPassages)
                    self.writer.keep(effect.passages)
        return outcome

    @property
    def situation(self) -> Situation:
        return self.points.situation(GATE, presentation(), self.now, None)


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    engine = make_engine(f"sqlite:///{tmp_path / 'server.db'}")
    yield Two(make_community(engine), tmp_path)
    engine.dispose()


def went_in() -> bytes:
    return Event.from_bytes(tap(1, holder=HOLDER)).model_copy(update={"point": "west"}).to_bytes()


def told(outcome: Outcome) -> int:
    return sum(reply.channel is Channel.PASSAGES for reply in outcome.replies)


def test_the_second_gateway_knows_who_went_in_at_the_first(two: Two) -> None:
    two.sees(went_in())
    last = two.situation.last
    assert last is not None
    assert (last.direction, last.ago_ms) == (Direction.IN, 1000)


def test_forgiveness_at_the_first_is_forgiveness_at_the_second(two: Two) -> None:
    two.sees(went_in())
    assert two.situation.last is not None
    at = Moment(wall_ms=NOW_MS + 500, mono_ns=2, boot="b1", clock=ClockQuality.NTP)
    two.sees(note_event(EventKind.COMMAND_DONE, at, "west", number=1, action="forgive").to_bytes())
    assert two.situation.last is None


def test_who_comes_back_hears_what_it_missed_once(two: Two) -> None:
    two.processor.process([])
    two.first.append(went_in())
    sealed = two.first.sealed("batch", two.first.batch(1, 1))
    two.processor.process([Message(topic("g-1", Channel.EVENTS), sealed)])
    assert two.situation.last is None
    assert told(two.says(run=1)) == 1
    assert two.situation.last is not None
    assert told(two.says(run=1)) == 0
    assert told(two.says(run=2)) == 1
    two.processor.greetings()
    assert told(two.says(run=2)) == 1


def test_what_was_lost_on_the_way_is_told_once_more_after_a_while(two: Two) -> None:
    two.says(run=1)
    two.first.append(went_in())
    sealed = two.first.sealed("batch", two.first.batch(1, 1))
    lost = two.processor.process([Message(topic("g-1", Channel.EVENTS), sealed)])
    assert told(lost) == 1
    assert two.situation.last is None
    assert told(two.says(run=1)) == 0
    two.now_ms[0] += RETOLD_MS
    assert told(two.says(run=1)) == 1
    assert two.situation.last is not None
    two.now_ms[0] += RETOLD_MS
    assert told(two.says(run=1)) == 0, "what came before was told twice already"


def test_what_somebody_else_signed_or_what_is_for_somebody_else_is_refused(two: Two) -> None:
    outcome = two.sees(went_in())
    [reply] = [one for one in outcome.replies if one.channel is Channel.PASSAGES]
    stranger = Station(
        Standpoint("g-3", two.second.signer.sign, two.believes),
        Standing(), JournalSeen(MemoryJournal().head(), MemoryJournal().floor()), None, lambda: 0.0,
    )  # fmt: skip
    assert not any(
        isinstance(effect, KeepPassages)
        for effect in stranger.step(Received(reply.channel, reply.message), two.clock.now())
    )
    forged = two.first.sealed("passages", two.first.state())
    assert not any(
        isinstance(effect, KeepPassages)
        for effect in two.station.step(Received(Channel.PASSAGES, forged), two.clock.now())
    )
