"""The intake worker: one thread between the link and the data base.

Messages wait in a bounded queue (the link's thread waits when it is full: that is the back-pressure) and are
taken in groups, one transaction each. Only after the commit go the signed acks down, and only after these is the
broker told. When the data base is away the group waits and is tried again; a message that fails by itself is set
aside, so that none stops the others.
"""

import itertools
import queue
import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection

from card_protocol.wire.topics import Channel
from server.intake.link import Link
from server.intake.processor import Message, Processor

QUEUE_MAX_MESSAGES = 500
GROUP_MAX_MESSAGES = 100
GROUP_MAX_BATCH_BYTES = 32 * 1024
"""Of event batches in one transaction, as they came, packed: some hundred events to two thousand. An alarm waits for
the commit that is under way; a thousand reports of gateways are short, and share it."""
BUSY_MESSAGES = 200
CREDIT_WHEN_BUSY = 2
POLL_S = 0.2
RETRY_MIN_S = 0.2
RETRY_MAX_S = 5.0
STOP_TIMEOUT_S = 10.0

_log = structlog.get_logger()


class _Waiting(NamedTuple):
    """A message in the queue; it sorts by what stands before the message."""

    patient: bool
    """False for an alarm."""
    arrival: int
    message: Message


def has_room(group: Sequence[Message]) -> bool:
    """Whether one more message may share the transaction."""
    batches_bytes = sum(len(message.payload) for message in group if message.topic.endswith(f"/{Channel.EVENTS}"))
    return len(group) < GROUP_MAX_MESSAGES and batches_bytes < GROUP_MAX_BATCH_BYTES


class Intake:
    """Start it once per program; `stop` ends it after the transaction that is under way."""

    def __init__(
        self,
        processor: Processor,
        link: Link,
        *,
        on_state: Callable[[Sequence[str]], None],
        on_broker: Callable[[], None],
    ) -> None:
        """`on_state`: gateways said how they are. `on_broker`: the broker is back. Both on the worker's thread."""
        self._processor = processor
        self._link = link
        self._on_state = on_state
        self._on_broker = on_broker
        self._queue: queue.PriorityQueue[_Waiting] = queue.PriorityQueue(QUEUE_MAX_MESSAGES)
        self._arrivals = itertools.count()
        self._greet = threading.Event()
        self._broker_back = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="intake", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()
        self._link.start(self._put, self._connected)

    def stop(self) -> None:
        """End the link, then the thread. What waits in the queue was not acknowledged and comes again."""
        self._stopping.set()
        self._link.stop()
        self._thread.join(STOP_TIMEOUT_S)

    @property
    def running(self) -> bool:
        """Whether the thread is alive: the server ends without it (`server.app`)."""
        return self._thread.is_alive()

    def greet(self) -> None:
        """Tell our gateways soon where we stand with them: some may have become ours. Any thread."""
        self._greet.set()

    def _put(self, message: Message) -> None:
        waiting = _Waiting(not message.topic.endswith(f"/{Channel.ALARM}"), next(self._arrivals), message)
        while not self._stopping.is_set():
            try:
                self._queue.put(waiting, timeout=0.5)
            except queue.Full:
                continue
            return

    def _connected(self) -> None:
        self._broker_back.set()
        self._greet.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            if self._greet.is_set():
                self._greet.clear()
                self._say_hello()
            if group := self._next_group():
                self._take(group)

    def _next_group(self) -> list[Message]:
        """What waits, alarms first and by themselves: they need not wait for the commit of thousands of events."""
        group: list[Message] = []
        try:
            first = self._queue.get(timeout=POLL_S)
            group.append(first.message)
            while has_room(group) and self._next_is(patient=first.patient):
                group.append(self._queue.get_nowait().message)
        except queue.Empty:
            pass
        return group

    def _next_is(self, *, patient: bool) -> bool:
        with self._queue.mutex:
            return bool(self._queue.queue) and self._queue.queue[0].patient is patient

    def _take(self, group: Sequence[Message]) -> None:
        try:
            self._commit(group)
        except Exception as error:
            if len(group) > 1:
                for message in group:
                    self._take([message])
                return
            # A bug of ours, or a message that the data base will never take: neither may stop the others.
            _log.exception("intake_failed", topic=group[0].topic)
            try:
                self._processor.set_aside(group[0], f"{type(error).__name__} while it was taken in")
            except SQLAlchemyError:
                _log.exception("intake_note_lost", topic=group[0].topic)
            self._link.acknowledge(group[0])

    def _commit(self, group: Sequence[Message]) -> None:
        """Process and answer, waiting for a data base that is away."""
        wait_s = RETRY_MIN_S
        while not self._stopping.is_set():
            try:
                outcome = self._processor.process(group, self._credit())
            except (OperationalError, InterfaceError, NoConnection) as error:
                problem = str(error.orig if isinstance(error, DBAPIError) else error)
                _log.error("intake_waits_for_database", problem=problem, retry_s=wait_s)
                self._stopping.wait(wait_s)
                wait_s = min(2 * wait_s, RETRY_MAX_S)
                continue
            for reply in outcome.replies:
                self._link.send(reply.gateway, reply.channel, reply.message)
            for message in group:
                self._link.acknowledge(message)
            if outcome.stated:
                self._on_state(outcome.stated)
            return

    def _credit(self) -> int | None:
        """Less for everybody while more waits than we can take in a few transactions."""
        return CREDIT_WHEN_BUSY if self._queue.qsize() > BUSY_MESSAGES else None

    def _say_hello(self) -> None:
        try:
            for reply in self._processor.greetings():
                self._link.send(reply.gateway, reply.channel, reply.message)
            if self._broker_back.is_set():
                self._broker_back.clear()
                self._on_broker()
        except Exception:
            # Not needed for correctness: every gateway asks again by itself.
            _log.exception("greeting_failed")
