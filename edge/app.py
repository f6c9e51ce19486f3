"""The one place of assembly: the daemon of all points of one box."""

import os
import threading
from dataclasses import dataclass
from typing import Final

import structlog

from card_protocol.channel.converse import converse
from card_protocol.errors import EquipmentFault, TrustFault
from card_protocol.policy.book import Book
from card_protocol.words.moment import Moment
from edge.config import EdgeConfig, PointConfig
from edge.core.kinds import complaint
from edge.core.present import Grants, Told, present
from edge.core.tap_words import TapSettings
from edge.drivers.journal_recorder import JournalRecorder
from edge.drivers.registry import open_feedback, open_lock, open_reader
from edge.drivers.ws_desk_link import WsRenewer
from edge.ports.lock import Lock
from edge.ports.recorder import Recorder
from edge.shell.card_care import CardCare
from edge.shell.tap_loop import BACK_OFF_FIRST_MS, BACK_OFF_MAX_MS, Devices, TapLoop, Transmit
from gateway.app import Box, open_box
from gateway.ports.carried import Carried

STOP_TIMEOUT_MS: Final = 5000
"""How long a point may take to notice that the daemon stops."""

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
    with box:
        recorder = JournalRecorder(box.journal)
        locks = {point.id: open_lock(point.lock, point.id) for point in config.points}
        for point in config.points:
            if said := _misfit(point, box):
                _log.warning("point_misfit", point=point.id, why=said)
        loops = [make_loop(point, box, recorder, locks[point.id], stop, config.server) for point in config.points]
        try:
            _serve(loops, stop)
        finally:
            recorder.close()
            for lock in locks.values():
                lock.close()


def make_loop(
    point: PointConfig,
    box: Box,
    recorder: Recorder,
    lock: Lock,
    stop: threading.Event,
    server: str | None = None,
) -> TapLoop:
    """One point, ready to run in a thread of its own. It renews cards if it is told where the server is."""

    grants = Grants(box.grant_key.verify, lambda card_id: sought_serial(box.book, box.carried, card_id))

    def talk(uid: str, transmit: Transmit, moment: Moment) -> Told:
        told = converse(present(uid, box.leaf_keys, os.urandom, moment, grants), transmit)
        if (grant := told.presentation.grant) is not None:
            box.carried.saw_serial(grant.card_id, grant.serial)
        return told

    devices = Devices(
        open_reader=lambda: open_reader(point.reader),
        talk=talk,
        care=CardCare(
            box.gateway_id,
            box.leaf_keys,
            box.grant_key.verify,
            box.carried,
            lambda: box.book,
            lambda: box.rev_seq,
            box.clock.now,
            _renewer_of(server, box),
        ),
        book=lambda: box.book,
        now=box.clock.now,
        lock=lock,
        feedback=open_feedback(point.feedback, point.id),
        recorder=recorder,
    )
    settings = TapSettings(
        point=point.id,
        unlock_ms=point.unlock_ms,
        commit_deadline_ms=point.commit_deadline_ms,
        late_commit=point.late_commit,
    )
    return TapLoop(settings, devices, stop)


def _renewer_of(server: str | None, box: Box) -> WsRenewer | None:
    if server is None:
        return None
    return WsRenewer(server, box.gateway_id, box.sign, lambda: box.clock.now().wall_ms)


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
    return complaint(known.kind, has_lock=not point.lock.startswith("none"))


@dataclass(frozen=True)
class Finding:
    """What `check` found at one point; `problems` are sentences, none when all is well."""

    point: str
    reader: str
    problems: tuple[str, ...]


def check(config: EdgeConfig) -> list[Finding]:
    """Try every point's devices once, while the daemon does not run."""
    try:
        with open_box(config.state_dir, config.clock) as box:
            return [_try(point, _misfit(point, box)) for point in config.points]
    except (EquipmentFault, TrustFault) as fault:
        return [_try(point, str(fault)) for point in config.points]


def _try(point: PointConfig, known: str | None) -> Finding:
    problems = [known] if known else []
    try:
        reader = open_reader(point.reader)
        try:
            reader.wait_for_card(CHECK_WAIT_MS)
        finally:
            reader.close()
    except EquipmentFault as fault:
        problems.append(str(fault))
    return Finding(point.id, point.reader, tuple(problems))


def _serve(loops: list[TapLoop], stop: threading.Event) -> None:
    threads = [threading.Thread(target=loop.run, name=loop.point, daemon=True) for loop in loops]
    for thread in threads:
        thread.start()
    _log.info("edge_ready", points=len(threads))
    stop.wait()
    for thread in threads:
        thread.join(STOP_TIMEOUT_MS / 1000)
        if thread.is_alive():
            _log.error("point_does_not_stop", point=thread.name)
