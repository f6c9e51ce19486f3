"""The station: what the gateway's daemon does, as one machine without I/O.

It opens what comes down (acks, manifests, revocations, commands), refuses and notes what is not genuine or not for
this box, drives the sync machine, and reports its state: on connecting, after everything it applied, and now and then.
The shell performs the effects and feeds the results back.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from card_protocol.wire.ack import Ack
from card_protocol.wire.command import Command
from card_protocol.wire.manifest import Manifest
from card_protocol.wire.passages import Passages
from card_protocol.wire.revocations import Revocations
from card_protocol.wire.sealed import Sign, UnsealError, Verify, seal, unseal
from card_protocol.wire.state import Past, State
from card_protocol.wire.topics import Channel
from card_protocol.words.base import Word
from card_protocol.words.event import Event, EventKind, note_event
from card_protocol.words.moment import Moment
from gateway.core import station_words as words
from gateway.core import sync_words as sync
from gateway.core.backoff import Backoff
from gateway.core.commander import Commander
from gateway.core.journals import Journals, Outcome, Seen
from gateway.core.notes import Notes
from gateway.core.policy_intake import Course, judge_manifest
from gateway.core.revocation_intake import take
from gateway.core.round_trips import RoundTrips
from gateway.core.station_words import Chore, Effect, HeldKeys, Input
from gateway.core.urgent import Lookout, notices
from gateway.ports.book import Standing
from gateway.ports.journal import Head
from gateway.ports.orders import NO_ORDERS, Orders

REPORT_EVERY_MS = 15_000
REPORT_SOON_MS = 500
FETCH_AGAIN = Backoff(first_ms=1000, longest_ms=60_000)

W = TypeVar("W", bound=Word)


class Place(NamedTuple):
    """Who the box is, whom it believes, how it signs, and which card keys it holds at the moment."""

    gateway: str
    sign: Sign
    verify: Verify
    keys: Callable[[], HeldKeys] = HeldKeys


class Station:
    """`dice` is uniform in [0, 1). `acked` is what the server was known to hold, if anything was known.

    `run` is the number of this start of the daemon, `orders` what was ordered before it.
    """

    def __init__(
        self,
        place: Place,
        standing: Standing,
        journal: words.JournalSeen,
        acked: Head | None,
        dice: Callable[[], float],
        orders: Orders = NO_ORDERS,
        run: int = 0,
    ) -> None:
        self._place, self._dice = place, dice
        self._commander = Commander(place.gateway, place.sign, orders)
        self._run, self._turn = run, 0
        self.standing = standing
        self.online = False
        self._notes = Notes()
        self._lookout = Lookout()
        self._trips = RoundTrips(journal.head.seq)
        self.journals = Journals(place.gateway, place.sign, dice, Seen(*journal), acked)
        self._wanted: Manifest | None = None
        self._fetching = False
        self._fetch_tries = 0
        self._held_back: words.Fetched | None = None
        self._delta = ""
        self.keys = place.keys()

    def step(self, given: Input, moment: Moment) -> list[Effect]:
        """What one input changes, and what is to be done about it. Total."""
        match given:
            case words.Received():
                return self._received(given, moment)
            case words.JournalSeen():
                return self._seen(given, moment)
            case words.OfJournal():
                effects = self._outward(self.journals.of(given.epoch, given.given), moment)
                return [*effects, *self._server_time(given, moment)]
            case words.Scanned():
                return self._tell_alarms(given)
            case words.OldSeen():
                return self._outward(self.journals.old(Seen(given.head, given.floor), given.acked), moment)
            case words.PastSeen():
                self.journals.finished_before(given.upto)
                return []
            case words.Reopened():
                left = Seen(given.head, given.floor) if given.head is not None and given.floor is not None else None
                return self._outward(self.journals.reopen(given.ack, left), moment)
            case sync.LinkUp() | sync.LinkDown():
                return self._link(given, moment)
            case words.Fetched():
                return self._fetched(given, moment)
            case words.Flipped():
                return self._flipped(given.standing, moment)
            case words.Revoked():
                return self._revoked(given, moment)
            case words.OrdersKept():
                return [*self._commander.kept(given, moment), *self._reported(moment)]
            case words.LogRead():
                return self._commander.log_read(given, moment)
            case words.ChoreDue():
                return self._chore(given.chore, moment)

    @property
    def orders(self) -> Orders:
        """What the server has ordered, as it is kept."""
        return self._commander.orders

    def state_message(self, moment: Moment, *, online: bool) -> bytes:
        """The sealed State; with `online` false it is the last will that the broker keeps for us."""
        self._turn += online
        state = State(
            gateway=self._place.gateway,
            online=online,
            boot=moment.boot,
            at_ms=moment.wall_ms,
            epoch=self.journals.head.epoch,
            head_seq=self.journals.head.seq,
            acked_seq=self.journals.current.acked.seq,
            policy_version=self.standing.version,
            rev_seq=self.standing.rev_seq,
            run=self._run,
            turn=self._turn,
            held=self.orders.held,
            lockdowns=self.orders.locked_down,
            keys_oldest=self.keys.oldest,
            keys_newest=self.keys.newest,
            keys_until_ms=self.keys.until_ms,
            past=tuple(Past(epoch=epoch, acked_seq=upto) for epoch, upto in self.journals.past.items()),
        )
        return seal("state", state, self._place.sign)

    def _link(self, given: sync.LinkUp | sync.LinkDown, moment: Moment) -> list[Effect]:
        self.online = isinstance(given, sync.LinkUp)
        effects = self._reported(moment)
        for outcome in self.journals.link(given):
            effects += self._outward(outcome, moment)
        self._lookout.forget()
        return [*self._look_out(), *effects]

    def _seen(self, given: words.JournalSeen, moment: Moment) -> list[Effect]:
        replaced = given.head.epoch != self.journals.head.epoch
        grown = given.head != self.journals.head
        effects = self._outward(self.journals.seen(Seen(*given)), moment)
        if replaced:
            self._lookout.forget()
            # All of it is younger than this run: the epoch was drawn in it.
            self._trips = RoundTrips(0)
            return [*self._reported(moment), *effects]
        return [*self._look_out(), *effects] if grown else effects

    def _server_time(self, given: words.OfJournal, moment: Moment) -> list[Effect]:
        """An ack that fitted our chain says what time it was at the server between two of our moments."""
        if not isinstance(given.given, sync.Acked) or given.epoch != self.journals.head.epoch:
            return []
        ack = given.given.ack
        if self.journals.current.acked.seq != ack.upto:
            return []
        sent_ns = self._trips.acked(ack.upto)
        return [] if sent_ns is None else [words.ServerTime(ack.server_ms, sent_ns, moment.mono_ns)]

    def _look_out(self) -> list[Effect]:
        """Before the backlog: what is said first is heard first."""
        journals = self.journals
        found = self._lookout.next_scan(journals.current.acked.seq, journals.head.seq) if self.online else None
        return [words.Scan(*found)] if found else []

    def _tell_alarms(self, given: words.Scanned) -> list[Effect]:
        told = notices(self._place.gateway, given.epoch, given.entries)
        return [words.Publish(Channel.ALARM, seal("alarm", notice, self._place.sign)) for notice in told]

    def _outward(self, outcome: Outcome, moment: Moment) -> list[Effect]:
        effects = [
            outward for effect in outcome.effects for outward in self._outward_one(outcome.epoch, effect, moment)
        ]
        return [*effects, words.Finished(outcome.epoch, *outcome.done)] if outcome.done is not None else effects

    def _outward_one(self, epoch: str, effect: sync.Effect, moment: Moment) -> list[Effect]:
        match effect:
            case sync.Send():
                if epoch == self.journals.head.epoch:
                    self._trips.sent(effect.last_seq, moment.mono_ns)
                return [words.Publish(Channel.EVENTS, effect.message)]
            case sync.Refuse():
                return self._refuse(Channel.ACK, effect.why, moment)
            case sync.Parted():
                return [words.SetAside(effect.why)]
            case sync.Missing():
                count = effect.to_seq - effect.from_seq + 1
                span = {"from_seq": effect.from_seq, "to_seq": effect.to_seq, "count": count}
                return [words.Write(note_event(EventKind.GAP, moment, None, epoch=epoch, **span))]
            case sync.SaveAcked():
                return [effect]
            case sync.Pull() | sync.StartTimer():
                return [words.ToJournal(epoch, effect)]

    def _received(self, given: words.Received, moment: Moment) -> list[Effect]:
        openers = {
            Channel.ACK: self._ack,
            Channel.POLICY: self._manifest,
            Channel.REVOCATIONS: self._revocations,
            Channel.COMMAND: self._command,
            Channel.PASSAGES: self._passages,
        }
        opener = openers.get(given.channel)
        if opener is None:
            return []
        try:
            return opener(given.message, moment)
        except UnsealError as error:
            return self._refuse(given.channel, str(error), moment)

    def _ack(self, message: bytes, moment: Moment) -> list[Effect]:
        ack = unseal("ack", message, Ack, self._place.verify)
        if ack.gateway != self._place.gateway:
            return self._refuse(Channel.ACK, f"an ack for the gateway {ack.gateway}", moment)
        wanted = self.journals.is_wanted_again(ack)
        if self.journals.knows(ack.epoch):
            return [words.CheckAck(ack)]
        if self.journals.is_finished(ack.epoch):
            return [words.Reopen(ack)] if wanted else []
        return self._refuse(Channel.ACK, f"an ack for epoch {ack.epoch}, which is no journal of this box", moment)

    def _manifest(self, message: bytes, moment: Moment) -> list[Effect]:
        manifest = unseal("manifest", message, Manifest, self._place.verify)
        judgement = judge_manifest(manifest, self._place.gateway, self.standing, moment)
        if judgement.course is Course.REFUSE:
            return self._refuse(Channel.POLICY, judgement.why, moment)
        effects: list[Effect] = []
        if manifest.version > self.standing.highest:
            self.standing = self.standing._replace(highest=manifest.version)
            effects.append(words.Saw(manifest.version))
        if manifest.delta and manifest.delta != self._delta:
            self._delta = manifest.delta
            effects.append(words.KeepDelta(bytes.fromhex(manifest.delta)))
        if manifest.rev_seq > self.standing.rev_seq:
            effects.append(words.Wait(Chore.REPORT, REPORT_SOON_MS))
        if judgement.course is Course.FETCH and self._wanted != manifest:
            self._wanted, self._fetch_tries = manifest, 0
            effects += self._fetch()
        return effects

    def _revocations(self, message: bytes, moment: Moment) -> list[Effect]:
        revocations = unseal("revocations", message, Revocations, self._place.verify)
        if revocations.gateway != self._place.gateway:
            why = f"revocations for the gateway {revocations.gateway}"
            return self._refuse(Channel.REVOCATIONS, why, moment)
        intake = take(revocations, self.standing.rev_seq)
        effects: list[Effect] = []
        if intake.entries or intake.upto > self.standing.rev_seq:
            effects.append(words.Revoke(intake.entries, intake.upto))
        if intake.gap:
            effects.append(words.Wait(Chore.REPORT, REPORT_SOON_MS))
        return effects

    def _command(self, message: bytes, moment: Moment) -> list[Effect]:
        command = unseal("command", message, Command, self._place.verify)
        if command.gateway != self._place.gateway:
            return self._refuse(Channel.COMMAND, f"a command for the gateway {command.gateway}", moment)
        return self._commander.heard(command, moment)

    def _passages(self, message: bytes, moment: Moment) -> list[Effect]:
        passages = unseal("passages", message, Passages, self._place.verify)
        if passages.gateway != self._place.gateway:
            return self._refuse(Channel.PASSAGES, f"passages for the gateway {passages.gateway}", moment)
        return [words.KeepPassages(passages)]

    def _fetch(self) -> list[Effect]:
        if self._wanted is None or self._fetching:
            return []
        self._fetching = True
        return [words.Fetch(self._wanted)]

    def _fetched(self, given: words.Fetched, moment: Moment) -> list[Effect]:
        self._fetching = False
        if given.manifest != self._wanted:
            return self._fetch()
        if given.staged is not None:
            self._held_back = given
            return self._flip()
        if given.again:
            wait_ms = FETCH_AGAIN.wait_ms(self._fetch_tries, self._dice())
            self._fetch_tries += 1
            return [words.Wait(Chore.FETCH, wait_ms)]
        self._wanted = None
        return self._refuse(Channel.POLICY, given.why, moment)

    def _flip(self) -> list[Effect]:
        """Put a staged policy in force; in a book that took a lost one's place, not before the revocations are back
        that it may not contain: until then everybody is refused."""
        given, standing = self._held_back, self.standing
        if given is None or given.staged is None or given.manifest != self._wanted:
            return []
        if max(given.manifest.rev_seq, standing.rev_seq) < standing.rev_floor:
            return []
        self._held_back = None
        return [words.Flip(given.manifest, given.staged)]

    def _flipped(self, standing: Standing, moment: Moment) -> list[Effect]:
        self.standing = standing
        if self._wanted is not None and self._wanted.version <= standing.version:
            self._wanted = None
        event = note_event(EventKind.POLICY_APPLIED, moment, digest=standing.digest, rev_seq=standing.rev_seq)
        applied = event.model_copy(update={"policy_version": standing.version})
        return [words.Write(applied), *self._reported(moment)]

    def _revoked(self, given: words.Revoked, moment: Moment) -> list[Effect]:
        self.standing = given.standing
        effects: list[Effect] = []
        for entry in given.fresh:
            detail: dict[str, str | int] = {"rev_seq": entry.rev_seq, "state": entry.state.value}
            event = Event(
                kind=EventKind.REVOCATION_APPLIED, **moment.model_dump(), card_id=entry.card_id, detail=detail
            )
            effects.append(words.Write(event))
        return [*effects, *self._flip(), *self._reported(moment)]

    def _chore(self, chore: Chore, moment: Moment) -> list[Effect]:
        if chore is Chore.FETCH:
            return self._fetch()
        return [*self._new_keys(moment), *self._reported(moment)]

    def _new_keys(self, moment: Moment) -> list[Effect]:
        """Whether the key keeper has got newer card keys since the last report."""
        before, self.keys = self.keys, self._place.keys()
        if self.keys == before:
            return []
        oldest, newest, until_ms = self.keys
        event = note_event(EventKind.KEYS_APPLIED, moment, oldest=oldest, newest=newest, lease_until_ms=until_ms)
        return [words.Write(event)]

    def _reported(self, moment: Moment) -> list[Effect]:
        """The State and the wait for the next one; nothing while nobody hears it: connecting reports anyway."""
        if not self.online:
            return []
        message = self.state_message(moment, online=True)
        return [words.Publish(Channel.STATE, message, retain=True), words.Wait(Chore.REPORT, REPORT_EVERY_MS)]

    def _refuse(self, channel: Channel, why: str, moment: Moment) -> list[Effect]:
        kind = EventKind.POLICY_REFUSED if channel is Channel.POLICY else EventKind.MESSAGE_REFUSED
        event = self._notes.refusal(kind, why, moment, channel=channel.value)
        return [] if event is None else [words.Write(event)]
