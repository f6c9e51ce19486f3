"""Messages in, one transaction, answers out. What is answered here is committed."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import structlog
from sqlmodel import Session, col, select

from card_protocol.crypto.signing import Verifier
from card_protocol.wire.ack import Ack
from card_protocol.wire.alarm import AlarmNotice, is_urgent
from card_protocol.wire.command import CommandAck
from card_protocol.wire.passages import Passages
from card_protocol.wire.sealed import pack, seal, signed
from card_protocol.wire.state import State
from card_protocol.wire.topics import Channel, parse_topic
from card_protocol.words.event import Event, EventKind
from server.intake import core, messages, store
from server.intake.messages import Refused, SignedBatch
from server.services.access import passages
from server.services.activities import attendance
from server.services.backup import relearning
from server.services.cards import card_log
from server.services.clinic import clinic
from server.services.events import alarms, events
from server.services.events.alarms import AlarmKind
from server.services.gateways import commands, gateways
from server.services.keys.keystore import Keystore
from server.services.purses import purses
from server.services.work import Actor, Transactions, Work
from server.tables import EventRow

INTAKE = Actor("intake")

Fence = Callable[[Session, Collection[str]], Collection[str]]
"""Gateways -> those whose events this worker may take in, and nobody else until the transaction ends."""

QUIET = frozenset({EventKind.CARD_WRITTEN.value, EventKind.CARD_UNWRITTEN.value})
"""They follow nearly every tap and ask nothing of a guard; the list of events has them."""

GONE = -1
"""No run of a gateway."""

RETOLD_MS = 60_000
"""So long after it was told last, a gateway that is there hears once more what came since: a broker whose queue for it
was full has dropped a message and told nobody. Twice is harmless, only the younger word counts."""

LIVE_MAX_EVENTS = 50
"""So many events of one transaction are shown live; a backlog is history and is read from the table."""

_log = structlog.get_logger()


class _There(NamedTuple):
    """A gateway that was told what it had missed."""

    run: int
    told_ms: int


@dataclass(frozen=True)
class Message:
    """What came from the broker. `tag` is the link's own handle for acknowledging it."""

    topic: str
    payload: bytes
    tag: object = None


@dataclass(frozen=True)
class Reply:
    """What goes down after the commit."""

    gateway: str
    channel: Channel
    message: bytes


@dataclass(frozen=True)
class Outcome:
    """What a group of messages came to."""

    replies: tuple[Reply, ...]
    stated: tuple[str, ...]
    """Gateways that said how they are: they may lack something."""
    new_events: int
    refused: int


class Processor:
    """One thread at a time. It remembers which gateways are there, to tell those that come back what they missed."""

    def __init__(self, transactions: Transactions, keystore: Keystore, fence: Fence | None = None) -> None:
        """Without a fence every gateway is ours: there is one worker."""
        self._transactions = transactions
        self._keystore = keystore
        self._fence = fence
        self._there: dict[str, _There] = {}

    def process(self, group: Sequence[Message], credit: int | None = None) -> Outcome:
        """Take a group of messages in one transaction. Raises only what the data base raises: then nothing is done.

        What another worker owns is passed over: its gateway sends it again, and the other one hears it.
        `credit`: how many batches a gateway may have under way; None as agreed.
        """
        with self._transactions.work(INTAKE) as work:
            group = self._ours(work, group)
            pass_ = _Pass(work, group, self._keystore)
            for message in group:
                pass_.take(message)
            acks = [self._ack(work, *key, taken, credit) for key, taken in pass_.answers()]
            due = self._due(pass_)
            passed = [*pass_.passages, *pass_.missed_by(due)]
            _show(work, pass_.fresh)
        for name, run in pass_.heard_of.items():
            told_ms = work.now_ms if name in due or name not in self._there else self._there[name].told_ms
            self._there[name] = _There(run, told_ms)
        return Outcome((*acks, *map(self._tell, passed)), tuple(sorted(pass_.stated)), len(pass_.fresh), pass_.refused)

    def _due(self, pass_: "_Pass") -> dict[str, int]:
        """Gateways that are told what they missed -> what arrived since then [ms]; 0 for those that are there again, or
        for the first time since we or they began."""
        due = {}
        for name, run in pass_.heard_of.items():
            known = self._there.get(name)
            if run == GONE:
                continue
            if known is None or known.run != run:
                due[name] = 0
            elif pass_.work.now_ms - known.told_ms >= RETOLD_MS:
                due[name] = known.told_ms
        return due

    def _tell(self, told: Passages) -> Reply:
        return Reply(told.gateway, Channel.PASSAGES, seal("passages", told, self._keystore.server.sign))

    def _ours(self, work: Work, group: Sequence[Message]) -> Sequence[Message]:
        if self._fence is None:
            return group
        named = [_gateway_of(message) for message in group]
        ours = self._fence(work.session, {name for name in named if name is not None})
        return [message for message, name in zip(group, named, strict=True) if name in ours]

    def set_aside(self, message: Message, problem: str) -> None:
        """Record a message that cannot be taken in."""
        with self._transactions.work(INTAKE) as work:
            refused = Refused(message.topic, message.payload, _gateway_of(message), problem, False)
            store.note_refused(work.session, refused, work.now_ms)

    def greetings(self) -> list[Reply]:
        """Where we stand with each gateway's present journal: after an outage nobody waits for a time-out."""
        self._there.clear()
        with self._transactions.work(INTAKE) as work:
            rows = [row for row in gateways.listing(work.session) if row.enrolled and not row.revoked and row.epoch]
            if self._fence is not None:
                ours = self._fence(work.session, [row.id for row in rows])
                rows = [row for row in rows if row.id in ours]
            stands = {(row.id, row.epoch): core.Taken(store.position(work.session, row.id, row.epoch)) for row in rows}
            return [self._ack(work, *key, taken) for key, taken in stands.items()]

    def _ack(self, work: Work, gateway: str, epoch: str, taken: core.Taken, credit: int | None = None) -> Reply:
        ack = Ack(
            gateway=gateway,
            epoch=epoch,
            upto=taken.position.watermark,
            head_hash=taken.position.head.hex(),
            need_from=taken.need_from,
            same_upto=taken.same.watermark if taken.same else None,
            same_hash=taken.same.head.hex() if taken.same else None,
            forked=taken.forked or None,
            server_ms=work.now_ms,
            credit=credit,
        )
        sealed = signed("ack", ack, self._keystore.server.sign)
        if ack.upto:
            store.keep_ack_seal(work.session, ack, sealed)
        return Reply(gateway, Channel.ACK, pack("ack", sealed))


def _gateway_of(message: Message) -> str | None:
    parsed = parse_topic(message.topic)
    return parsed[0] if parsed else None


class _Pass:
    """One transaction's way through its messages."""

    def __init__(self, work: Work, group: Sequence[Message], keystore: Keystore) -> None:
        self.work, self._keystore = work, keystore
        named = {name for message in group if (name := _gateway_of(message)) is not None}
        self._rows = gateways.load(work.session, named)
        self.stands: dict[tuple[str, str], core.Taken] = {}
        self.stated: set[str] = set()
        self.fresh: list[tuple[str, str, int]] = []
        self.refused = 0
        self._believed: dict[tuple[str, str], int] = {}
        """How far a gateway thinks that we are: too far when we were put back from a backup."""
        self._verifiers: dict[str, Verifier | None] = {}
        self.passages: list[Passages] = []
        """For the neighbours of who told us."""
        self.heard_of: dict[str, int] = {}
        """Gateways that said how they are, and in which run they are; GONE for those that went."""

    def take(self, message: Message) -> None:
        """Take one message, whatever it is."""
        word = messages.read(message.topic, message.payload, self._verifier)
        match word:
            case SignedBatch():
                self._batch(message, word)
            case AlarmNotice():
                self._notice(message, word)
            case State():
                self._state(word)
            case CommandAck():
                commands.answered(self.work, word)
            case Refused():
                self._refuse(word)

    def answers(self) -> Iterator[tuple[tuple[str, str], core.Taken]]:
        """Where we stand with every journal that was spoken of, if its gateway should hear it."""
        yield from self.stands.items()
        for key, acked_seq in self._believed.items():
            held = store.position(self.work.session, *key)
            if key not in self.stands and acked_seq > held.watermark:
                yield key, core.Taken(held, need_from=held.watermark + 1)

    def missed_by(self, due: Mapping[str, int]) -> list[Passages]:
        """What other gateways saw and these may not know: gateway -> since when it arrived here [ms]."""
        session, now = self.work.session, self.work.now_ms
        return [
            told for name, since in due.items() for told in passages.missed(session, self._ground, name, now, since)
        ]

    @cached_property
    def _clinics(self) -> frozenset[str]:
        return clinic.points(self.work.session)

    @cached_property
    def _rooms(self) -> frozenset[str]:
        return attendance.points(self.work.session)

    @cached_property
    def _ground(self) -> passages.Ground:
        return passages.ground(self.work.session)

    def _state(self, state: State) -> None:
        known = self._rows[state.gateway]
        news = (state.epoch, state.acked_seq) != (known.epoch, known.acked_seq)
        gateways.note_state(self.work, state)
        self.stated.add(state.gateway)
        self.heard_of[state.gateway] = state.run if state.online else GONE
        if state.online and news:
            self._believed[state.gateway, state.epoch] = state.acked_seq
        if state.online and state.past:
            held = store.watermarks(self.work.session, state.gateway)
            lacking = (one for one in state.past if one.acked_seq > held.get(one.epoch, 0))
            self._believed.update({(state.gateway, one.epoch): one.acked_seq for one in lacking})

    def _verifier(self, gateway: str) -> Verifier | None:
        if gateway not in self._verifiers:
            row = self._rows.get(gateway)
            self._verifiers[gateway] = gateways.verifier_in(row) if row is not None else None
        return self._verifiers[gateway]

    def _batch(self, message: Message, signed_batch: SignedBatch) -> None:
        batch = signed_batch.batch
        links = core.links_of(batch)
        if links is None:
            problem = "the hashes do not lead to the batch's head"
            self._refuse(Refused(message.topic, message.payload, batch.gateway, problem, trust=False))
            return
        session, key = self.work.session, (batch.gateway, batch.epoch)
        earlier = self.stands.get(key) or core.Taken(store.position(session, *key))
        before = earlier.position
        known = store.known_hashes(session, *key, core.overlap(before, links, batch.gap_from))
        gap_hash = bytes.fromhex(batch.gap_hash) if batch.gap_hash is not None else None
        taken = core.take(before, bytes.fromhex(batch.prev_hash), links, known, batch.gap_from, gap_hash)
        self._write(key, taken)
        if taken.position != before:
            store.keep_batch_seal(session, signed_batch)
            store.move(session, *key, taken.position, self.work.now_ms)
        self.stands[key] = core.still_lacking(earlier, taken)

    def _write(self, key: tuple[str, str], taken: core.Taken) -> None:
        session, now = self.work.session, self.work.now_ms
        if taken.hole is not None:
            _log.error("journal_hole", gateway=key[0], epoch=key[1], first=taken.hole.start, last=taken.hole.stop - 1)
            store.keep_hole(session, *key, taken.hole, now)
        store.insert_events(session, [store.event_row(*key, link, event, now) for link, event in taken.events])
        store.insert_dead(session, [store.dead_row(*key, link, problem, now) for link, problem in taken.dead])
        self.fresh += [(*key, link.seq) for link, _ in taken.events]
        if told := [event for _, event in taken.events if event.kind in passages.KINDS]:
            self.passages += passages.told_on(self._ground, key[0], told, now)
        for link, event in taken.events:
            self._sound(key, link.seq, event)
            card_log.hear(self.work, event)
            purses.hear(self.work, self._keystore, key[0], event)
            if event.granted:
                clinic.hear(self.work, event, self._clinics)
            attendance.hear(self.work, event, self._rooms)
            relearning.hear(self.work, event)
            commands.reported(self.work, key[0], event)
        for link, problem in taken.dead:
            _log.warning("event_dead_lettered", gateway=key[0], epoch=key[1], seq=link.seq, problem=problem)
            alarms.sound(self.work, AlarmKind.DEAD_LETTER, gateway_id=key[0], detail={"epoch": key[1], "seq": link.seq})
        if store.insert_forks(session, [store.fork_row(*key, fork, now) for fork in taken.forks]):
            first = taken.forks[0].link.seq
            _log.error("journal_forked", gateway=key[0], epoch=key[1], seq=first, events=len(taken.forks))
            alarms.sound(self.work, AlarmKind.FORK, gateway_id=key[0], detail={"epoch": key[1], "seq": first})

    def _notice(self, message: Message, notice: AlarmNotice) -> None:
        """An urgent event out of its turn: the guard hears of it now, and not again when it comes. So does who gave an
        order."""
        try:
            event = Event.from_bytes(notice.event.encode())
        except ValueError as error:
            self._refuse(Refused(message.topic, message.payload, notice.gateway, str(error), trust=False))
            return
        self._sound((notice.gateway, notice.epoch), notice.seq, event)
        commands.reported(self.work, notice.gateway, event)

    def _sound(self, key: tuple[str, str], seq: int, event: Event) -> None:
        alarming = is_urgent(event) and event.kind is not EventKind.COMMAND_DONE
        if not alarming or store.told_before(self.work.session, *key, seq):
            return
        kind = AlarmKind.REVOKED_TAP if event.kind is EventKind.TAP else AlarmKind.GATEWAY
        kind = AlarmKind.DURESS if event.tells_of_duress else kind
        reason = {"reason": event.reason.value} if event.reason else {}
        detail = {"event": event.kind.value, "epoch": key[1], "seq": seq, **reason}
        alarms.sound(self.work, kind, gateway_id=key[0], point=event.point, card_id=event.card_id, detail=detail)

    def _refuse(self, refused: Refused) -> None:
        _log.warning("message_refused", topic=refused.topic, problem=refused.problem, trust=refused.trust)
        store.note_refused(self.work.session, refused, self.work.now_ms)
        if refused.trust and refused.gateway is not None:
            known = refused.gateway if refused.gateway in self._rows else None
            detail = {"problem": refused.problem} if known else {"problem": refused.problem, "topic": refused.topic}
            alarms.sound_once(self.work, AlarmKind.FORGED, gateway_id=known, detail=detail)
        self.refused += 1


def _show(work: Work, fresh: list[tuple[str, str, int]]) -> None:
    """Hand the newest events to the live feed, once this is committed."""
    numbers: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for gateway, epoch, seq in fresh[-LIVE_MAX_EVENTS:]:
        numbers[gateway, epoch].append(seq)
    for view in (view for key, seqs in numbers.items() for view in _views(work.session, key, seqs)):
        work.tell("event", view.model_dump(mode="json"))


def _views(session: Session, key: tuple[str, str], seqs: list[int]) -> list[events.EventView]:
    statement = select(EventRow).where(EventRow.gateway_id == key[0], EventRow.epoch == key[1])
    loud = statement.where(col(EventRow.seq).in_(seqs), col(EventRow.kind).not_in(QUIET))
    rows = session.exec(loud.order_by(col(EventRow.id)))
    return events.views_of(session, list(rows))
