"""The floor of `onecard bench ingest`: a bare paho subscriber on the same broker and data base that writes down what
comes, in batches, and looks at nothing.
"""

import queue
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection

from sqlalchemy import Column, Integer, LargeBinary, MetaData, String, Table, func, select

from onecard.bench.bare_mqtt import MQTTMessage, bare_client
from server.tables.engine import WRITES, make_engine

BARE_TOPIC = "bench/bare"
BARE_GROUP_EVENTS = 4000
"""As many as the intake takes at most in one transaction."""
BARE_WINDOW_MESSAGES = 100


@dataclass(frozen=True)
class BareReport:
    """Events and seconds between the first commit and the last; processor time of the subscriber [s] for all."""

    events: int
    seconds: float
    cpu_s: float


def run_bare(database_url: str, broker_port: int, events: int, pipe: Connection) -> None:
    """In a process of its own: the floor. Sends back a BareReport."""
    engine = make_engine(database_url)
    metadata = MetaData()
    table = Table(
        f"bare_{time.time_ns()}",
        metadata,
        Column("gateway", String(63), primary_key=True),
        Column("seq", Integer, primary_key=True, autoincrement=False),
        Column("body", LargeBinary, nullable=False),
    )
    metadata.create_all(engine)
    waiting: queue.Queue[MQTTMessage] = queue.Queue()
    ready = threading.Event()
    client = bare_client("bare", manual_ack=True)

    def subscribe(*_: object) -> None:
        client.subscribe(BARE_TOPIC, 1)

    client.on_connect = subscribe
    client.on_subscribe = lambda *_: ready.set()
    client.on_message = lambda _client, _data, message: waiting.put(message)
    client.connect("127.0.0.1", broker_port)
    client.loop_start()
    ready.wait(30)
    pipe.send("ready")
    writing = engine.execution_options(**{WRITES: True})
    done, first, start = 0, 0, 0.0
    cpu = time.process_time()
    while done < events:
        group = [waiting.get(timeout=60)]
        while len(group) < BARE_GROUP_EVENTS and not waiting.empty():
            group.append(waiting.get_nowait())
        with writing.begin() as connection:
            connection.execute(table.insert(), _rows(group, done))
        for message in group:
            client.ack(message.mid, message.qos)
        done += len(group)
        if not start:
            start, first = time.monotonic(), done
    seconds, cpu_s = time.monotonic() - start, time.process_time() - cpu
    client.disconnect()
    client.loop_stop()
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(table)).scalar_one() == events
    engine.dispose()
    pipe.send(BareReport(done - first, seconds, cpu_s))


def _rows(group: Sequence[MQTTMessage], done: int) -> list[dict[str, object]]:
    return [{"gateway": "g", "seq": done + n, "body": message.payload} for n, message in enumerate(group, 1)]


def publish_bare(broker_port: int, bodies: Sequence[bytes]) -> None:
    """In a process of its own: one message an event, QoS 1."""
    client = bare_client("bare-box")
    client.max_inflight_messages_set(BARE_WINDOW_MESSAGES)
    client.connect("127.0.0.1", broker_port)
    client.loop_start()
    info = None
    for body in bodies:
        info = client.publish(BARE_TOPIC, body, qos=1)
    if info is not None:
        info.wait_for_publish(600)
    client.disconnect()
    client.loop_stop()
