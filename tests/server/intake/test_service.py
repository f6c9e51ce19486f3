"""The intake of one program, put together: alone on SQLite, one of several on PostgreSQL."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest
from sqlmodel import Session, select

from card_protocol.wire.topics import Channel, topic
from server.intake import keeper as keeper_module
from server.intake.processor import Message
from server.intake.service import IntakeService
from server.intake.shards import shard_of
from server.tables import EventRow
from tests.server.build import Box, Community, tap
from tests.support.patience import eventually

RESEND_S = 0.5


@dataclass
class Broker:
    """Who listens to which gateway, and what went down."""

    links: list["MemoryLink"] = field(default_factory=list)
    sent: list[tuple[str, Channel]] = field(default_factory=list)

    def up(self, box: Box, first: int, last: int) -> int:
        """A batch, to whoever listens; how many heard it."""
        message = Message(topic(box.name, Channel.EVENTS), box.sealed("batch", box.batch(first, last)))
        ears = [link for link in self.links if link.gateways is None or box.name in link.gateways]
        for link in ears:
            link.deliver(message)
        return len(ears)


@dataclass
class MemoryLink:
    """A link to the broker in memory."""

    broker: Broker
    gateways: frozenset[str] | None
    deliver: Callable[[Message], None] = lambda _message: None

    def start(self, on_message: Callable[[Message], None], on_connect: Callable[[], None]) -> None:
        self.deliver = on_message
        self.broker.links.append(self)
        on_connect()

    def listen_to(self, gateways: frozenset[str]) -> None:
        self.gateways = gateways

    def send(self, gateway: str, channel: Channel, message: bytes, *, retain: bool = False) -> bool:
        self.broker.sent.append((gateway, channel))
        return True

    def acknowledge(self, message: Message) -> None:
        pass

    def stop(self) -> None:
        self.broker.links.remove(self)


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[ExitStack]:
    monkeypatch.setattr(keeper_module, "BEAT_S", 0.02)
    with ExitStack() as held:
        yield held


def service(community: Community, broker: Broker, name: str, stack: ExitStack, *, here: bool = True) -> IntakeService:
    shared = community.transactions.engine.dialect.name != "sqlite"
    made = IntakeService(
        community.transactions,
        community.house.keystore,
        MemoryLink(broker, frozenset() if shared else None),
        me=name,
        here=here,
        on_state=lambda _names: None,
        on_broker=lambda: None,
    )
    made.start()
    stack.callback(made.stop)
    return made


def arrived(session: Session, gateway: str) -> list[int]:
    statement = select(EventRow.seq).where(EventRow.gateway_id == gateway)
    return list(session.exec(statement.order_by(EventRow.id)))  # type: ignore[arg-type]


def test_one_worker_takes_in_what_comes(community: Community, stack: ExitStack) -> None:
    broker, box = Broker(), community.box("g-1")
    made = service(community, broker, "one", stack)
    box.append(*(tap(n) for n in range(1, 5)))
    eventually(lambda: broker.up(box, 1, 4))
    eventually(lambda: ("g-1", Channel.ACK) in broker.sent)
    with community.transactions.read() as session:
        assert arrived(session, "g-1") == [1, 2, 3, 4]
    assert made.running
    assert (made.keeper is None) is (community.transactions.engine.dialect.name == "sqlite")


@pytest.mark.postgres
def test_gateways_go_over_to_who_comes_and_back_from_who_leaves(
    stack: ExitStack, request: pytest.FixtureRequest
) -> None:
    """Batches of many gateways keep coming; whoever listens takes them in, each gateway in its order."""
    from server.tables.engine import make_engine
    from tests.server.build import make_community

    engine = make_engine(request.getfixturevalue("postgres_url"))
    stack.callback(engine.dispose)
    community, broker = make_community(engine), Broker()
    boxes = [community.box(f"g-{n}") for n in range(1, 7)]
    for box in boxes:
        box.append(*(tap(n) for n in range(1, 13)))
    one = service(community, broker, "one", stack)
    pages_only = service(community, broker, "pages", stack, here=False)
    assert pages_only.keeper is None
    drive(community, broker, boxes, 4)
    two = service(community, broker, "two", stack)
    assert two.keeper is not None
    assert one.keeper is not None
    shards = {shard_of(box.name) for box in boxes}
    eventually(lambda: two.keeper is not None and two.keeper.shards & shards)
    drive(community, broker, boxes, 8)
    one.keeper.stop()
    drive(community, broker, boxes, 12)


def drive(community: Community, broker: Broker, boxes: list[Box], upto: int) -> None:
    """Send, and send again what is still lacking after a while, until all is there, once and in order."""
    sent: dict[str, float] = {}

    def there() -> bool:
        done = True
        with community.transactions.read() as session:
            for box in boxes:
                seqs = arrived(session, box.name)
                assert seqs == list(range(1, len(seqs) + 1))
                if len(seqs) < upto:
                    done = False
                    if time.monotonic() - sent.get(box.name, 0.0) > RESEND_S:
                        sent[box.name] = time.monotonic()
                        broker.up(box, len(seqs) + 1, upto)
        return done

    eventually(there)
