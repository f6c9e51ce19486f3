"""One gateway, one broker, one server, their disks and clocks in one process: a history is played on them."""

import random
from collections.abc import Callable
from itertools import count

from card_protocol.wire.ack import Ack
from card_protocol.wire.sealed import unseal
from card_protocol.wire.topics import Channel
from card_protocol.words.event import Event, EventKind, note_event
from gateway.config import WhenFull
from gateway.ports.journal import JournalUnavailable
from gateway.ports.uplink import Message
from tests.simulation import judge
from tests.simulation.box import PLENTY_EVENTS, Box, PowerCut
from tests.simulation.center import Center, Down, Key, ModelCenter, Up
from tests.simulation.judge import CLONE_NUMBERS
from tests.simulation.nature import BoxKernel, TrueTime, Watch
from tests.simulation.network import Network, Parcel, Weather
from tests.simulation.observed import Observed
from tests.simulation.script import History, Step

ROUND_MS = 50
SETTLE_ROUNDS = 1200
CALM_MS = 40_000
"""So long everybody has time to notice, by what the box reports now and then, that something is lacking."""

GROUP_MAX = 20
_POINT = "south-gate-in"


class Poison:
    """A body that this server cannot read: of a newer program, say."""

    def __init__(self, number: int) -> None:
        self._number = number

    def to_bytes(self) -> bytes:
        return b'{"kind":"from_the_future","number":%d}' % self._number


class Town(Observed):
    """Play a history with `play`; the judge looks at what it left."""

    def __init__(self, seed: int, make_center: Callable[[TrueTime], Center] = ModelCenter) -> None:
        self.true = TrueTime()
        self.center = make_center(self.true)
        self.network = Network(self.center.gateway)
        self.kernel = BoxKernel(self.true)
        self.watch = Watch(self.true)
        self.server_up, self.server_waits_ms = True, 0
        self.crash: str | None = None
        dice = random.Random(~seed)
        center = self.center
        place = (center.gateway, center.community, center.box, center.believes)
        when_full = WhenFull.DROP_OLDEST if seed % 2 else WhenFull.KEEP
        self.box = Box(place, self.kernel, self.watch, dice, when_full, self.network.publish_up, self._piece)
        self._numbers = count(1)
        self.promised: dict[int, set[Key]] = {}
        """Numbers of events for which `append` returned, and under which keys they ever were."""
        self.lost_by_disk: set[int] = set()
        self.declared: set[Key] = set()
        """Holes that were declared before the disk went back: it may forget that it told of them, and find again what
        was gone."""
        self.on_their_way: set[Key] = set()
        """What batches had declared as gone when the disk went back, though the server did not have them yet."""
        self.illegible: set[int] = set()
        self.rotten: set[str] = set()
        self.called_damaged: dict[Key, str] = {}
        self.restored = 0
        self.notes: dict[Key, set[Key]] = {}
        self.gap_events: dict[Key, set[Key]] = {}
        self.revoked: set[str] = set()
        self.denied: set[str] = set()
        """Revoked cards that the box has refused to know once: it may never let them in again."""
        self.forks = 0
        self.problems: list[str] = []
        self.policy_floor = 0
        self._start()

    def play(self, history: History) -> None:
        """Every step, and the calm after it."""
        try:
            for step in history:
                self._act(step)
                self.look()
                if self.problems:
                    return
            self.settle()
        finally:
            self.box.programs.close()

    def close(self) -> None:
        """Remove what was made."""
        self.box.disk.remove()
        self.center.close()

    # what happens

    def _act(self, step: Step) -> None:
        dice = random.Random(step.dice)
        try:
            getattr(self, f"_{step.what.value}")(step.size, dice)
        except PowerCut as cut:
            self._power_comes_back(cut, dice)

    def _power_comes_back(self, cut: PowerCut, dice: random.Random) -> None:
        self.network.drop_all(retained=False)
        self.box.power_cut(cut, dice)

    def _start(self) -> None:
        self.box.programs.start()
        for message in self.center.publish():
            self.network.publish_down(message)
        self.box.disk.remember()

    def _taps(self, size: int, dice: random.Random) -> None:
        for _ in range(1 + size % (60 if dice.random() < 0.3 else 12)):
            self.append(next(self._numbers))
        if dice.random() < 0.3:
            self.box.disk.remember()

    def _poison(self, size: int, dice: random.Random) -> None:
        self.append(next(self._numbers), poison=True)

    def append(self, number: int, *, poison: bool = False) -> None:
        """The edge journals one event."""
        programs = self.box.programs
        event = note_event(EventKind.READER_LOST, programs.seen_clock.now(), _POINT, number=number)
        try:
            head = self.box.wire.over(programs.edge.append)(Poison(number) if poison else event)
        except JournalUnavailable:
            return
        self.promised[number] = {(head.epoch, head.seq)}

    def _run(self, size: int, dice: random.Random) -> None:
        end_ns = self.true.mono_ns + (ROUND_MS + size * 15) * 1_000_000
        if dice.random() < 0.8:
            self._links(up=True)
        while self.true.mono_ns < end_ns:
            self.round(dice)
            self._skip(end_ns)

    def _pass_hours(self, size: int, dice: random.Random) -> None:
        for _ in range(3):
            self.true.pass_ms(1_000_000 + size * 7_000)
            self.round(dice)

    def round(self, dice: random.Random) -> None:
        """A moment for everybody."""
        self.true.pass_ms(ROUND_MS)
        self._serve(dice)
        if self.box.uplink.up:
            for parcel in self.network.take(self.network.down, dice):
                self._hear(parcel)
        self.box.programs.round()
        version = self.box.programs.station.standing.version
        if version and version < self.policy_floor:
            self.problems.append(f"policy {version} is in force after {self.policy_floor}")
        self.policy_floor = max(self.policy_floor, version)
        if self.revoked:
            self._look_at_cards()

    def _skip(self, end_ns: int) -> None:
        """Nothing is on its way: on to when something is due."""
        if not self.network.up and not self.network.down and not self.box.programs.fetched:
            due_ns = self.box.programs.shell.next_timer_ns()
            until_ns = min(end_ns, due_ns if due_ns is not None else end_ns)
            self.true.pass_ms(max(0, (until_ns - self.true.mono_ns) // 1_000_000 - ROUND_MS))

    def _hear(self, parcel: Parcel) -> None:
        assert isinstance(parcel.message, Down)
        programs = self.box.programs
        before, waited = programs.journal.head(), programs.shell._backlog.waiting
        left_out = programs.station._notes._left_out
        programs.shell.hear(Message(parcel.message.channel, parcel.message.payload))
        if parcel.forged:
            self._explained(before.seq, waited, left_out)

    def _explained(self, before: int, waited: int, left_out: int) -> None:
        """A forged message was refused: that is told, or waits for room, or is counted among those told of later."""
        programs = self.box.programs
        told = [Event.from_bytes(entry.body) for entry in programs.journal.read(before + 1, 10)]
        told += programs.shell._backlog.events[waited:]
        kinds = {EventKind.MESSAGE_REFUSED, EventKind.POLICY_REFUSED}
        said = any(event.kind in kinds and event.detail.get("why") for event in told)
        if not said and programs.station._notes._left_out <= left_out:
            self.problems.append("a forged message was refused without a word")

    def _serve(self, dice: random.Random) -> None:
        if not self.server_up:
            self.server_waits_ms -= ROUND_MS
            if self.server_waits_ms > 0:
                return
            self.server_up = True
            self._post(self.center.greetings())
        group = self.network.take(self.network.up, dice)
        for start in range(0, len(group), GROUP_MAX):
            if not self._commit(group[start : start + GROUP_MAX], dice):
                return

    def _commit(self, parcels: list[Parcel], dice: random.Random) -> bool:
        """One transaction of the intake and its answers; False when the server died over it."""
        if self.crash == "before":
            self._server_dies(dice)
            return False
        before = self.center.facts().refused
        group = [parcel.message for parcel in parcels if isinstance(parcel.message, Up)]
        replies = self.center.process(group, 2 if dice.random() < 0.1 else None)
        forged = sum(parcel.forged for parcel in parcels)
        if self.center.facts().refused - before < forged:
            self.problems.append("the server took a forged message, or refused it without a word")
        if self.crash == "after":
            self._server_dies(dice)
            return False
        self._post(replies)
        self._post(self.center.said())
        return True

    def _post(self, replies: list[Down]) -> None:
        for reply in replies:
            if reply.channel is Channel.ACK:
                self._check_ack(reply.payload)
            self.network.publish_down(reply)

    def _check_ack(self, message: bytes) -> None:
        """What is acknowledged is committed."""
        ack = unseal("ack", message, Ack, self.center.believes)
        facts = self.center.facts()
        if ack.upto > facts.watermarks.get(ack.epoch, 0):
            self.problems.append(f"the server acknowledged {ack.upto}, and has committed less")

    def _server_dies(self, dice: random.Random) -> None:
        self.crash = None
        self.server_up, self.server_waits_ms = False, dice.randrange(100, 8000)
        self.network.up.clear()

    def _piece(self, sha256: str) -> bytes | None:
        return self.center.blob(sha256) if self.server_up else None

    def _links(self, *, up: bool) -> None:
        if up and not self.box.uplink.up:
            self.network.subscribed()
        self.box.link(up=up)

    def _weather(self, size: int, dice: random.Random) -> None:
        bad = dice.random()
        self.network.weather = Weather(bad * dice.random() * 0.5, bad * dice.random() * 0.5, dice.random() * 0.6)

    def _link_cut(self, size: int, dice: random.Random) -> None:
        self._links(up=False)
        self.network.down.clear()

    def _broker_forgets(self, size: int, dice: random.Random) -> None:
        self._links(up=False)
        self.network.drop_all(retained=True)
        if self.server_up:
            self._post(self.center.greetings())

    def _forge_up(self, size: int, dice: random.Random) -> None:
        self.network.forge_up(dice)

    def _forge_down(self, size: int, dice: random.Random) -> None:
        self.network.forge_down(dice, self.box.programs.journal.head().epoch)

    def _replay_up(self, size: int, dice: random.Random) -> None:
        self.network.replay_up(dice, 1 + size % 8)

    def _replay_down(self, size: int, dice: random.Random) -> None:
        self.network.replay_down(dice, 1 + size % 8)

    def _daemon_killed(self, size: int, dice: random.Random) -> None:
        self.network.down.clear()
        self.box.killed()

    def _power_cut(self, size: int, dice: random.Random) -> None:
        self._power_comes_back(PowerCut(), dice)

    def _cut_during(self, size: int, dice: random.Random) -> None:
        self.box.wire.set(1 + size % 40, dice.choice(("before", "after", "during", "during")))

    def _disk_lies(self, size: int, dice: random.Random) -> None:
        before, facts = self.numbers_on_disk(), self.center.facts()
        self.network.down.clear()
        if self.box.disk_lies(dice):
            self.forks += 1
            self.declared |= judge.holes_of(facts)
            self.on_their_way |= self.network.signed_away
            self.lost_by_disk |= (before | self.illegible | self._never_pruned()) - self.numbers_on_disk()
            self.policy_floor = 0
            self.denied.clear()

    def _never_pruned(self) -> set[int]:
        """Numbers of events of which no file says that they were pruned."""
        floors = judge.floors_on_disk(self.box.disk.folder)
        return {
            number for number, keys in self.promised.items() if all(seq > floors.get(epoch, 0) for epoch, seq in keys)
        }

    def _file_rots(self, size: int, dice: random.Random) -> None:
        before = self.numbers_on_disk()
        self.network.down.clear()
        self.rotten.add(self.box.file_rots(dice))
        self.illegible |= before - self.numbers_on_disk()

    def _disk_small(self, size: int, dice: random.Random) -> None:
        self.box.room.events = 40 + size % 200

    def _disk_plenty(self, size: int, dice: random.Random) -> None:
        self.box.room.events = PLENTY_EVENTS

    def _book_gone(self, size: int, dice: random.Random) -> None:
        self._power_comes_back(PowerCut(), dice)
        self.box.programs.close()
        for path in self.box.disk.folder.glob("book*"):
            path.unlink()
        self.box.restart()

    def _clone(self, size: int, dice: random.Random) -> None:
        """It goes on from where the box is, with the box's own key."""
        self.forks += 1
        events = [note_event(EventKind.READER_LOST, self.box.programs.seen_clock.now(), number=CLONE_NUMBERS + size)]
        for message in self.box.clone(events * (1 + size % 30)):
            self.network.publish_up(Channel.EVENTS, message)

    def _clock_step(self, size: int, dice: random.Random) -> None:
        self.kernel.step(dice.choice((-1, 1)) * size * 60_000)

    def _clock_dead(self, size: int, dice: random.Random) -> None:
        self.kernel.battery_dies()
        self._power_comes_back(PowerCut(), dice)

    def _clock_right(self, size: int, dice: random.Random) -> None:
        self.kernel.right()

    def _server_crash(self, size: int, dice: random.Random) -> None:
        self.crash = dice.choice(("before", "after"))

    def _server_down(self, size: int, dice: random.Random) -> None:
        self._server_dies(dice)

    def _server_backup(self, size: int, dice: random.Random) -> None:
        self.center.back_up()

    def _server_restored(self, size: int, dice: random.Random) -> None:
        self.keep_keys()
        if self.center.restore():
            self.restored += 1
            self.revoked.clear()
            self.denied.clear()
            self._server_dies(dice)

    def _publish(self, size: int, dice: random.Random) -> None:
        if self.server_up:
            self._post(self.center.publish())

    def _revoke(self, size: int, dice: random.Random) -> None:
        """Sometimes while a policy is compiled that does not know of it, and arrives behind it."""
        if self.server_up:
            compiled = self.center.publish() if dice.random() < 0.4 else []
            card, messages = self.center.revoke()
            self._post([*messages, *compiled])
            if card is not None:
                self.revoked.add(card)

    def settle(self) -> None:
        """The sun shines on everything, and everybody gets the time that it needs."""
        dice = random.Random(1)
        self.network.weather, self.crash, self.server_waits_ms = Weather(), None, 0
        self.box.wire.left = None
        self.box.room.events = PLENTY_EVENTS
        calm_ns = self.true.mono_ns + CALM_MS * 1_000_000
        for _ in range(SETTLE_ROUNDS):
            self._links(up=True)
            try:
                self.round(dice)
                self._skip(self.true.mono_ns + 60_000_000_000)
            except PowerCut as cut:
                self._power_comes_back(cut, dice)
            if self.true.mono_ns >= calm_ns and self.settled():
                return
        self.problems.append("it never came to rest")

    def settled(self) -> bool:
        """Whether nobody has anything to say any more."""
        programs, network = self.box.programs, self.network
        journals = programs.station.journals
        return (
            self.server_up
            and not network.up
            and not network.down
            and not programs.fetched
            and not journals.old_count
            and journals.current.acked.seq == programs.journal.head().seq
            and programs.book.standing().version == self.center.newest_policy()
            and programs.book.standing().rev_seq >= self.center.newest_revocation()
        )
