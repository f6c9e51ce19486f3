"""The one place of assembly: the daemon of all points of one box."""

import contextlib
import gc
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import structlog

from card_protocol.channel.converse import converse
from card_protocol.errors import EquipmentFault, TrustFault
from card_protocol.policy.book import Book
from card_protocol.profiles.kinds.registry import holders_at
from card_protocol.profiles.layout import Holder
from card_protocol.words.event import EventKind, note_event
from card_protocol.words.moment import Moment
from edge.config import EdgeConfig, PointConfig
from edge.core.door_words import DoorSettings
from edge.core.duress import DuressSettings
from edge.core.kinds import complaint
from edge.core.pass_code import present_code
from edge.core.presence import Roll
from edge.core.present import Grants, Told, present
from edge.core.tap_words import TapSettings
from edge.drivers.door_store import DoorFiles
from edge.drivers.journal_recorder import JournalRecorder
from edge.drivers.link_file import LinkFile
from edge.drivers.log_feedback import LogFeedback
from edge.drivers.log_sounder import LogSounder
from edge.drivers.no_lock import AbsentLock, NoLock
from edge.drivers.order_store import OrderMark
from edge.drivers.payment_store import PaymentFiles
from edge.drivers.registry import Registry
from edge.drivers.ws_desk_link import WsRenewer
from edge.ports.duress import DuressSign, NoSign
from edge.ports.inputs import Input
from edge.ports.lock import Lock, Opener
from edge.shell.attendant import Attendant
from edge.shell.card_care import CardCare
from edge.shell.cashier import Cashier
from edge.shell.door_keeper import DoorDevices, DoorKeeper, Role
from edge.shell.duress_keeper import DuressDevices, DuressKeeper
from edge.shell.hours import Hours
from edge.shell.notice_board import NoticeBoard
from edge.shell.order_keeper import OrderDevices, OrderKeeper
from edge.shell.overseer import MakeLoop, Overseer
from edge.shell.surroundings import BoxSurroundings
from edge.shell.tap_loop import BACK_OFF_FIRST_MS, BACK_OFF_MAX_MS, Devices, TapLoop, Transmit
from edge.shell.timers import Timers
from gateway.app import Box, open_box
from gateway.drivers.systemd import Notifier
from gateway.ports.carried import Carried

S = TypeVar("S")
T = TypeVar("T")

CHECK_WAIT_MS: Final = 300
"""How long `check` looks into each reader's field: long enough for an absent one to be noticed."""

_log = structlog.get_logger()


def run(config: EdgeConfig, stop: threading.Event) -> None:
    """Serve all points until `stop` is set; blocks.

    Absent devices, broker and server are waited for. Raises TrustFault when the box's keys are not its own.
    """
    box = _open_box(config, stop)
    if box is None:
        return
    with box, contextlib.ExitStack() as closing:
        site = Site(config, box, closing)
        for point in config.points:
            if said := _misfit(point, box):
                _log.warning("point_misfit", point=point.id, why=said)
                site.recorder.note(note_event(EventKind.POINT_MISFIT, box.clock.now(), point.id, why=said))
        doors = {point.id: make_door(point, site) for point in config.points if point.has_lock}
        for point in config.points:
            if point.door_of is not None:
                site.surroundings.add_door(doors[point.door_of], point.id)
        watchdog = Notifier()
        overseer = Overseer(
            {point.id: _loops_of(point, site, doors, stop) for point in config.points},
            {"recorder": site.recorder, "timers": site.timers, "door files": site.door_files, "place": box.keys},
            site.recorder,
            box.clock.now,
            watchdog.alive,
        )
        for door in doors.values():
            door.start()
            closing.callback(door.stop)
        Hours(doors, lambda: box.book, box.clock.now, site.timers).start()
        NoticeBoard(site.registry.notice_screens, lambda: box.book, box.clock.now, site.timers).start()
        keeper = make_order_keeper(config, site, doors, overseer)
        keeper.start()
        closing.callback(keeper.stop)
        _serve(overseer, keeper, watchdog, stop)


class Site:
    """What all points of a box share. `closing` closes it, last opened first."""

    def __init__(self, config: EdgeConfig, box: Box, closing: contextlib.ExitStack) -> None:
        self.box = box
        self.server = config.server
        named = [device for point in config.points for device in point.devices]
        self.registry = Registry(config.state_dir, named)
        self.recorder = JournalRecorder(box.journal)
        self.door_files = DoorFiles(config.state_dir / "doors")
        self.payments = PaymentFiles(config.state_dir / "payments")
        self.timers = Timers()
        self.surroundings = surroundings_of(config.state_dir, box)
        for shared in (self.recorder, self.door_files, self.registry, self.timers):
            closing.callback(shared.close)


def surroundings_of(state_dir: Path, box: Box) -> BoxSurroundings:
    """What the points of a box share: the past from the journal, the link from the gateway's file."""
    link = LinkFile(state_dir)

    def offline_ms(moment: Moment) -> int:
        head = box.book.head
        return link.offline_ms(moment, head.issued_ms if head is not None else 0)

    around = BoxSurroundings(lambda: box.book, offline_ms, box.clock.now, box.elsewhere.fresh)
    try:
        around.remember(box.journal)
    except EquipmentFault as fault:
        _log.error("past_unknown", why=str(fault))
    return around


def make_door(point: PointConfig, site: Site) -> DoorKeeper:
    """The door of a point. A device that cannot be had is told, and the door goes on without it."""
    door, in_log = point.door, LogSounder(point.id)
    devices = DoorDevices(
        lock=_lock_of(point, site.registry),
        sounder=_or_else(lambda: site.registry.sounder(door.sounder, point.id), in_log),
        wires=_wires_of(point, site.registry),
        recorder=site.recorder,
        store=site.door_files,
        timers=site.timers,
        now=site.box.clock.now,
    )
    settings = DoorSettings(
        point.id, rex_ms=door.rex_ms, held_ms=door.held_ms, alarm_ms=door.alarm_ms, rex_stuck_ms=door.rex_stuck_ms
    )
    door_keeper = DoorKeeper(settings, devices)
    site.surroundings.add_door(door_keeper)
    return door_keeper


def _loops_of(point: PointConfig, site: Site, doors: Mapping[str, DoorKeeper], stop: threading.Event) -> MakeLoop:
    opener, sign = doors.get(point.door_of or point.id, NoLock()), make_sign(point, site)
    return lambda lost: make_loop(point, site, opener, stop, lost=lost, sign=sign)


def make_sign(point: PointConfig, site: Site) -> DuressSign:
    """The point's sign of duress, listened to. A device that cannot be had is told; the point goes on without it."""
    if not point.has_sign:
        return NoSign()
    code, button = point.duress.code, point.duress.button
    devices = DuressDevices(
        keys=_or_else(lambda: site.registry.keypad(point.reader), None) if code else None,
        button=None if button is None else _or_else(lambda: site.registry.input(button), None),
        recorder=site.recorder,
        timers=site.timers,
        now=site.box.clock.now,
    )
    keeper = DuressKeeper(DuressSettings(point.id, code, point.duress.window_ms), devices)
    keeper.start()
    return keeper


def make_loop(
    point: PointConfig,
    site: Site,
    opener: Opener,
    stop: threading.Event,
    *,
    lost: bool = False,
    sign: DuressSign | None = None,
) -> TapLoop:
    """One point, ready to run in a thread of its own. It renews cards if it is told where the server is."""
    box = site.box
    grants = Grants(box.grant_key.verify, lambda card_id: sought_serial(box.book, box.carried, card_id))

    def talk(uid: str, transmit: Transmit, moment: Moment) -> Told:
        asks_log = site.surroundings.asks_log(point.id)
        told = converse(present(uid, box.leaf_keys, os.urandom, moment, grants, asks_log=asks_log), transmit)
        if (grant := told.presentation.grant) is not None:
            box.carried.saw_serial(grant.card_id, grant.serial)
        return told

    devices = Devices(
        open_reader=lambda: site.registry.reader(point.reader),
        talk=talk,
        care=CardCare(
            box.gateway_id,
            lambda: box.leaf_keys,
            box.grant_key.verify,
            box.carried,
            lambda: box.book,
            lambda: box.rev_seq,
            box.clock.now,
            _renewer_of(site.server, box),
        ),
        book=lambda: box.book,
        now=box.clock.now,
        lock=opener,
        feedback=_or_else(lambda: site.registry.feedback(point.feedback, point.id), LogFeedback(point.id)),
        recorder=site.recorder,
        surroundings=site.surroundings,
        duress=sign or NoSign(),
        floors=_floors_of(point, site.registry),
        services=make_attendant(point, site),
        read_code=lambda text, moment: present_code(text, box.grant_key.verify, moment),
    )
    settings = TapSettings(
        point=point.id,
        unlock_ms=point.unlock_ms,
        commit_deadline_ms=point.commit_deadline_ms,
        late_commit=point.late_commit,
    )
    return TapLoop(settings, devices, stop, lost=lost)


def make_attendant(point: PointConfig, site: Site) -> Attendant:
    """Who serves at a point; what there is to do, the policy's kind of point says at each tap."""
    box = site.box
    cashier = Cashier(point.id, site.payments, site.recorder, box.clock.now, os.urandom)
    renewer = _renewer_of(site.server, box)
    inside = site.surroundings.still_inside
    return Attendant(
        box.gateway_id, box.keys.bundle, lambda: box.book, box.clock.now, cashier, renewer, still_inside=inside
    )


def make_order_keeper(
    config: EdgeConfig, site: Site, doors: Mapping[str, DoorKeeper], overseer: Overseer
) -> OrderKeeper:
    """Who carries out what the server orders."""
    box = site.box

    def area_of(point: str) -> str | None:
        known = box.book.point(point)
        return known.area if known is not None else None

    devices = OrderDevices(
        book=box.orders,
        doors=doors,
        unlock_ms={point.id: point.unlock_ms for point in config.points},
        restart={point.id: overseer.restarter(point.id) for point in config.points},
        areas=lambda: {area for point in config.points if (area := area_of(point.id)) is not None},
        lock_down=site.surroundings.lock_down,
        forgive=site.surroundings.forgive_at,
        memory=OrderMark(config.state_dir),
        recorder=site.recorder,
        now=box.clock.now,
    )
    return OrderKeeper(devices)


def _lock_of(point: PointConfig, registry: Registry) -> Lock:
    try:
        return registry.lock(point.lock, point.id)
    except (EquipmentFault, TrustFault) as fault:
        _log.error("lock_absent", point=point.id, why=str(fault))
        return AbsentLock(str(fault))


def _floors_of(point: PointConfig, registry: Registry) -> dict[int, Lock]:
    found: dict[int, Lock] = {}
    for floor, spec in point.floors.items():
        try:
            found[int(floor)] = registry.lock(spec, point.id)
        except (EquipmentFault, TrustFault) as fault:
            _log.error("floor_absent", point=point.id, floor=floor, why=str(fault))
            found[int(floor)] = AbsentLock(str(fault))
    return found


def _wires_of(point: PointConfig, registry: Registry) -> dict[Role, Input]:
    wires = {}
    for role, spec in point.door.inputs.items():
        try:
            wires[Role(role)] = registry.input(spec)
        except (EquipmentFault, TrustFault) as fault:
            _log.error("wire_absent", point=point.id, role=role, why=str(fault))
    return wires


def _or_else(open_one: Callable[[], T], otherwise: S) -> T | S:
    try:
        return open_one()
    except (EquipmentFault, TrustFault) as fault:
        _log.error("device_absent", why=str(fault))
        return otherwise


def _renewer_of(server: str | None, box: Box) -> WsRenewer | None:
    if server is None:
        return None
    tls = box.tls if server.startswith("https") else None
    return WsRenewer(server, box.gateway_id, box.sign, lambda: box.clock.now().wall_ms, tls)


def sought_serial(book: Book, carried: Carried, card_id: str) -> int | None:
    """For `Grants.sought`. A book that fails now will fail at the decision, which then says so."""
    try:
        known = book.card(card_id) is not None or book.revocation(card_id) is not None
    except EquipmentFault:
        return None
    return None if known else carried.newest_serial(card_id)


def _open_box(config: EdgeConfig, stop: threading.Event) -> Box | None:
    """None when we were stopped before the box could be opened."""
    back_off_ms = BACK_OFF_FIRST_MS
    while not stop.is_set():
        try:
            return open_box(config.state_dir, config.clock)
        except EquipmentFault as fault:
            _log.warning("box_not_ready", why=str(fault), retry_after_ms=back_off_ms)
        stop.wait(back_off_ms / 1000)
        back_off_ms = min(2 * back_off_ms, BACK_OFF_MAX_MS)
    return None


def _misfit(point: PointConfig, box: Box) -> str | None:
    """What an installer got wrong, as far as the policy in force shows it. It stops nothing: another may be coming."""
    if box.book.head is None:
        return None
    known = box.book.point(point.id)
    if known is None:
        return f"the policy in force knows no point {point.id}"
    if said := complaint(known.kind, has_lock=point.opens_something):
        return said
    # A point asks for the compartments that it needs and for no other: a door's program opens none of these here.
    needed = sorted(holders_at(known) - {Holder.GATEWAY})
    lacking = [holder.value for holder in needed if box.keys.bundle(holder) is None]
    return f"no keys yet for {', '.join(lacking)}: the gateway's daemon asks the server for them" if lacking else None


def rolls(config: EdgeConfig) -> tuple[Roll, ...]:
    """How many are inside, from the journal of this box; with broker and server gone. Faults as `open_box`."""
    with open_box(config.state_dir, config.clock) as box:
        return surroundings_of(config.state_dir, box).rolls(box.clock.now())


@dataclass(frozen=True)
class Finding:
    """What `check` found at one point; `problems` are sentences, none when all is well."""

    point: str
    reader: str
    problems: tuple[str, ...]


def check(config: EdgeConfig) -> list[Finding]:
    """Try every point's reader once, while the daemon does not run."""
    registry = Registry(config.state_dir, [device for point in config.points for device in point.devices])
    try:
        with open_box(config.state_dir, config.clock) as box:
            known = {point.id: _misfit(point, box) for point in config.points}
    except (EquipmentFault, TrustFault) as fault:
        known = dict.fromkeys((point.id for point in config.points), str(fault))
    try:
        return [_try(point, known[point.id], registry) for point in config.points]
    finally:
        registry.close()


def _try(point: PointConfig, known: str | None, registry: Registry) -> Finding:
    problems = [known] if known else []
    try:
        reader = registry.reader(point.reader)
        try:
            reader.wait_for_card(CHECK_WAIT_MS)
        finally:
            reader.close()
    except (EquipmentFault, TrustFault) as fault:
        problems.append(str(fault))
    return Finding(point.id, point.reader, tuple(problems))


def _serve(overseer: Overseer, keeper: OrderKeeper, watchdog: Notifier, stop: threading.Event) -> None:
    overseer.add_worker("orders", keeper)
    overseer.start()
    # What was made at start lives until the end: looking through it again and again would cost a tap 50 ms at times.
    gc.collect()
    gc.freeze()
    watchdog.ready()
    _log.info("edge_ready", points=len(overseer))
    overseer.run(stop)
