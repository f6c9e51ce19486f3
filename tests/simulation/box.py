"""The box: the gateway's daemon and the edge's journal on real files, put together as `gateway.app` does it.

Whatever the daemon asks of the world goes over a tripwire, so that the power can go at any of these moments.
"""

import random
import shutil
from collections.abc import Callable, Sequence
from typing import Any

from card_protocol.crypto.signing import Signer
from card_protocol.wire.batch import CATCHUP_BATCH_EVENTS
from card_protocol.wire.enrol import Enrolment
from card_protocol.wire.manifest import Manifest
from card_protocol.wire.offer import Blob
from card_protocol.wire.topics import Channel
from card_protocol.words.event import GENESIS, Event, EventKind, note_event
from card_protocol.words.moment import Moment as When
from gateway.config import WhenFull
from gateway.core.clock_watch import ClockWatch
from gateway.core.pack import pack
from gateway.core.retention import Limits
from gateway.core.station import Place, Station
from gateway.core.station_words import Fetched, JournalSeen
from gateway.drivers.book_file import BookFile
from gateway.drivers.book_writer import BookWriterFile
from gateway.drivers.disk_keeper import DiskKeeper, DiskPorts
from gateway.drivers.fetcher import Fetcher
from gateway.drivers.journal_archive import JournalArchive
from gateway.drivers.journal_file import JournalFile
from gateway.drivers.reserve import Space
from gateway.drivers.shell import Ports, Shell
from gateway.drivers.state_file import StateFile
from gateway.drivers.system_clock import SystemClock
from gateway.ports.journal import Head, JournalUnavailable
from gateway.ports.orders import NO_ORDERS
from gateway.ports.server import ServerAway
from gateway.ports.uplink import Down, Message, Up
from tests.simulation.disk import Before, Disk
from tests.simulation.judge import number_in
from tests.simulation.nature import BoxKernel, Watch

PLENTY_EVENTS = 1_000_000
RESERVE_EVENTS = 20
KEEP_MS = 6 * 3_600_000

Publish = Callable[[Channel, bytes], None]
Ask = Callable[[str], bytes | None]


class PowerCut(BaseException):
    """Not an Exception: nothing in the box may catch it."""

    def __init__(self, torn: Before | None = None) -> None:
        self.torn = torn


class Tripwire:
    """Counts what the box does; at a number that was set, the power goes before it, after it, or half-way."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self.left: int | None = None
        self.where = "before"

    def set(self, steps: int, where: str) -> None:
        self.left, self.where = steps, where

    def over(self, act: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, over the wire."""

        def guarded(*given: Any, **named: Any) -> Any:
            if self.left is None:
                return act(*given, **named)
            self.left -= 1
            if self.left > 0:
                return act(*given, **named)
            self.left = None
            if self.where == "before":
                raise PowerCut
            before = self._disk.before_write() if self.where == "during" else None
            act(*given, **named)
            raise PowerCut(before)

        return guarded


class Watched:
    """A port whose named methods go over the tripwire."""

    def __init__(self, real: Any, wire: Tripwire, *names: str) -> None:
        self._real = real
        for name in names:
            setattr(self, name, wire.over(getattr(real, name)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class SmallDisk:
    """A journal on a disk that holds so many events and no more; the reserve counts as some."""

    def __init__(self, real: JournalFile, room: "Room") -> None:
        self._real, self._room = real, room

    def append(self, *events: Event) -> Head:
        if not self._room.takes(self._real.count()):
            raise JournalUnavailable("the journal cannot be written: no space left")
        return self._real.append(*events)

    def append_bodies(self, bodies: Sequence[bytes]) -> Head:
        if not self._room.takes(self._real.count()):
            raise JournalUnavailable("the journal cannot be written: no space left")
        return self._real.append_bodies(bodies)

    def prune(self, upto: int, dropped: Event | None = None) -> Head:
        before = self._real.read(self._real.floor().seq + 1, upto) if dropped is not None else []
        after = self._real.prune(upto, dropped)
        gone = [entry for entry in before if entry.seq <= after.seq]
        self._room.dropped += [(number_in(entry.body), (after.epoch, entry.seq)) for entry in gone]
        return after

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class Room:
    """How many events the disk takes. Stands in for the reserve too."""

    def __init__(self) -> None:
        self.events = PLENTY_EVENTS
        self.reserved = True
        self.dropped: list[tuple[int | None, tuple[str, int]]] = []
        """Numbers and keys of events that went to make room."""
        self.gone_waiting: set[bytes] = set()
        """Events for which there was no room, and that still waited in memory when the power went."""

    def takes(self, count: int) -> bool:
        return count < self.events - (RESERVE_EVENTS if self.reserved else 0)

    def space(self, count: int) -> Space:
        used = count + (RESERVE_EVENTS if self.reserved else 0)
        return Space(min(1.0, used / self.events), 0 if self.events < PLENTY_EVENTS else 1 << 40)

    def exists(self) -> bool:
        return self.reserved

    def make(self) -> None:
        self.reserved = True

    def release(self) -> bool:
        was, self.reserved = self.reserved, False
        return was


class _Clock:
    """The box's clock with somebody looking on."""

    def __init__(self, real: SystemClock, watch: Watch) -> None:
        self._real, self._watch = real, watch

    def now(self) -> When:
        moment = self._real.now()
        self._watch.seen(moment)
        return moment


class _Http:
    """`gateway.ports.server.Server` for pieces of policies."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def enrol(self, _: object) -> Enrolment:
        raise AssertionError("it is enrolled")

    def blob(self, _: str, blob: Blob, _request: bytes) -> bytes:
        found = self._ask(blob.sha256)
        if found is None:
            raise ServerAway("no answer")
        return found


class Programs:
    """What runs between two power cuts: one daemon after another, and the edge beside it."""

    def __init__(self, box: "Box") -> None:
        self._box = box
        folder, entropy = box.disk.folder, box.dice.randbytes
        self.state = StateFile(folder)
        self.clock = SystemClock(folder, None, box.kernel)
        self.seen_clock = _Clock(self.clock, box.watch)
        self.real_journal = JournalFile(
            folder, box.name, self.seen_clock, entropy, acked=self.state.acked(), thorough=True
        )
        self.journal = SmallDisk(self.real_journal, box.room)
        self.archive = JournalArchive(folder, box.name, self.state)
        self.book = BookWriterFile(folder, self.state.policy_floor(), entropy, rev_floor=self.state.rev_floor())
        self.fetched: list[Fetched] = []
        fetcher = Fetcher(
            box.place_word(), box.signer.sign, _Http(box.ask), self.book, self.seen_clock, self.fetched.append
        )
        self.station = Station(
            Place(box.name, box.signer.sign, box.believes),
            self.book.standing(),
            JournalSeen(self.journal.head(), self.journal.floor()),
            self.state.acked().get(self.journal.head().epoch),
            random.Random(box.dice.random()).random,
            NO_ORDERS,
            box.next_run(),
        )
        self.shell = Shell(self.station, self._ports(box, fetcher))
        self.watch = ClockWatch(self.seen_clock.now())
        self.keeper = DiskKeeper(Limits(keep_ms=KEEP_MS, when_full=box.when_full), self._disk_ports(box))
        self.edge = SmallDisk(JournalFile(folder, box.name, self.seen_clock, entropy), box.room)
        self.book_file = BookFile(folder)

    def _ports(self, box: "Box", fetcher: Fetcher) -> Ports:
        wire = box.wire
        return Ports(
            journal=Watched(self.journal, wire, "append", "append_bodies", "set_aside"),
            book=Watched(self.book, wire, "flip", "revoke", "saw"),
            clock=self.seen_clock,
            uplink=Watched(box.uplink, wire, "publish", "done"),
            fetch=wire.over(lambda manifest: self._fetch(fetcher, manifest)),
            archive=Watched(self.archive, wire, "finish"),
            save_acked=wire.over(self.state.save_acked),
            saw_version=wire.over(self.state.raise_policy_floor),
            saw_revocation=self.state.raise_rev_floor,
            keep_delta=wire.over(lambda _: None),
            server_said=self.clock.server_said,
            keep_orders=lambda _: None,
            read_log=tuple,
            keep_passages=lambda _: None,
        )

    def _disk_ports(self, box: "Box") -> DiskPorts:
        journal: Any = Watched(self.journal, box.wire, "prune", "append")
        return DiskPorts(
            journal=journal,
            reserve=box.room,  # type: ignore[arg-type]
            clock=self.seen_clock,
            space=lambda: box.room.space(self.real_journal.count()),
            acked=lambda: self.station.journals.current.acked.seq,
            note=self.shell.note,
        )

    def _fetch(self, fetcher: Fetcher, manifest: Manifest) -> None:
        self.fetched.append(fetcher.outcome(manifest))

    def start(self) -> None:
        """As the daemon does before its loop."""
        head = self.journal.head()
        opened = note_event(EventKind.JOURNAL_OPENED, self.seen_clock.now(), epoch=head.epoch, events=head.seq)
        self.shell.note(opened)
        self.shell.offer_old()

    def round(self) -> None:
        """As the daemon's loop."""
        while self.fetched:
            self.shell.feed(self.fetched.pop(0))
        self.shell.look()
        self.keeper.look()
        if (stepped := self.watch.step(self.seen_clock.now())) is not None:
            self.shell.note(stepped)
        self.clock.keep()

    def close(self) -> None:
        """Let go of the files without another word: the disk was copied before."""
        self.real_journal.close()
        self.edge.close()
        self.archive.close()
        self.book.close()
        self.book_file.close()


class Uplink:
    """`gateway.ports.uplink.Uplink`: what is published while the link is down is lost."""

    def __init__(self, publish: Publish) -> None:
        self._publish = publish
        self.up = False

    def publish(self, channel: Channel, message: bytes, *, retain: bool = False) -> bool:
        if self.up:
            self._publish(channel, message)
        return self.up

    def done(self, _: Message) -> None: ...


class Box:
    """One box with its disk and clocks. `ask`: a piece of a policy from the server."""

    def __init__(
        self,
        place: tuple[str, str, Signer, Any],
        kernel: BoxKernel,
        watch: Watch,
        dice: random.Random,
        when_full: WhenFull,
        publish: Publish,
        ask: Ask,
    ) -> None:
        self.name, self.community, self.signer, self.believes = place
        self.kernel, self.watch, self.dice, self.when_full, self.ask = kernel, watch, dice, when_full, ask
        self.disk = Disk()
        self.runs = 0
        self.room = Room()
        self.wire = Tripwire(self.disk)
        self.uplink = Uplink(publish)
        self.programs = Programs(self)

    def place_word(self) -> Enrolment:
        """What the fetcher wants to know."""
        key = self.signer.verifier.public_bytes.hex()
        return Enrolment(gateway=self.name, community=self.community, server_key=key, grant_key=key, wrapped_keys="00")

    def next_run(self) -> int:
        """Not `StateFile.next_run`: a machine does not start several times in one second of a real clock."""
        self.runs += 1
        return self.runs

    def restart(self) -> None:
        """New programs on the disk as it is; what was only in the memory of the old ones is gone."""
        self.room.gone_waiting |= {event.to_bytes() for event in self.programs.shell._backlog.events}
        self.uplink.up = False
        self.programs = Programs(self)
        self.programs.start()

    def killed(self) -> None:
        """SIGKILL of all programs: what was written stays, also what was not synced."""
        self.disk.cut()
        self.programs.close()
        self.restart()

    def power_cut(self, cut: PowerCut, dice: random.Random) -> None:
        """The same with another boot, and with what was being written torn."""
        self.disk.cut(cut.torn, dice)
        self._reboot()

    def disk_lies(self, dice: random.Random) -> bool:
        """A power cut that shows what the disk did not do."""
        if not self.disk.lie(dice):
            return False
        self._reboot()
        return True

    def file_rots(self, dice: random.Random) -> str:
        """A power cut that shows that a journal file is spoiled; its epoch."""
        epoch = self.disk.rot(dice)
        self._reboot()
        return epoch

    def _reboot(self) -> None:
        self.programs.close()
        self.kernel.boots += 1
        self.kernel.true.pass_ms(5_000)
        self.wire.left = None
        self.restart()

    def link(self, *, up: bool) -> None:
        """The broker came or went."""
        if up != self.uplink.up:
            self.uplink.up = up
            self.programs.shell.hear(Up() if up else Down())

    def clone(self, events: Sequence[Event]) -> list[bytes]:
        """What a copy of the box would send after journaling these."""
        folder = self.disk.copy_elsewhere()
        journal = JournalFile(folder, self.name, self.programs.seen_clock, self.dice.randbytes)
        first = self.programs.station.journals.current.acked.seq + 1
        journal.append(*events)
        entries = journal.read(first, CATCHUP_BATCH_EVENTS)
        before = journal.hash_of(entries[0].seq - 1) or GENESIS
        packed = pack(self.name, journal.head().epoch, before, entries, self.signer.sign)
        journal.close()
        shutil.rmtree(folder)
        return [one.message for one in packed]
