"""Keeps the box's card keys: asks the server for them anew when it is time, on a thread of its own."""

import threading
from collections.abc import Callable
from typing import Final

import structlog

from card_protocol.crypto.box import BoxOpener
from card_protocol.errors import EquipmentFault, PeerFault, TrustFault
from card_protocol.policy.book import Book
from card_protocol.profiles.key_bundle import unwrap_bundle
from card_protocol.wire.enrol import Enrolment, KeysRequest
from card_protocol.wire.sealed import Sign, seal
from gateway.core.key_watch import ASK_AGAIN_MS, keys_due
from gateway.drivers.key_ring import KeyRing
from gateway.drivers.state_file import StateFile
from gateway.ports.clock import Clock
from gateway.ports.server import Server, ServerRefused

STOP_TIMEOUT_S: Final = 5.0
LOOK_EVERY_MS: Final = 5_000

_log = structlog.get_logger()


class KeyKeeper:
    """A worker of the daemon. `book` is the policy in force, whose points say what is needed."""

    def __init__(
        self,
        state: StateFile,
        opener: BoxOpener,
        sign: Sign,
        server: Server,
        book: Callable[[], Book],
        clock: Clock,
    ) -> None:
        self._state, self._opener, self._sign, self._server = state, opener, sign, server
        self._book, self._clock = book, clock
        self._ring = KeyRing(state, opener)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keys", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def alive(self) -> bool:
        """Whether the thread runs; the daemon looks after it."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """End."""
        self._stop.set()
        self._thread.join(STOP_TIMEOUT_S)

    def look(self) -> bool:
        """Ask if it is time; whether the server was asked in vain."""
        head = self._book().head
        now_ms = self._clock.now().wall_ms
        place = self._state.enrolment()
        why = keys_due(head, place.point_keys, self._ring.held(), now_ms)
        if not why:
            return False
        request = seal("request", KeysRequest(gateway=place.gateway, at_ms=now_ms), self._sign)
        try:
            self._take(self._server.keys(place.gateway, request), place)
        except (EquipmentFault, TrustFault, PeerFault, ServerRefused) as fault:
            _log.warning("keys_not_renewed", wanted=why, problem=str(fault))
            return True
        _log.info("keys_renewed", wanted=why)
        return keys_due(head, self._state.enrolment().point_keys, self._ring.held(), now_ms) != ""

    def _take(self, fresh: Enrolment, place: Enrolment) -> None:
        """Keep what is ours and opens; the place and whom to believe stay as the claim said."""
        for wrapped in (fresh.wrapped_keys, *fresh.point_keys.values()):
            unwrap_bundle(bytes.fromhex(wrapped), place.gateway, self._opener)
        keys = {"wrapped_keys": fresh.wrapped_keys, "point_keys": fresh.point_keys}
        self._state.save_enrolment(place.model_copy(update=keys))

    def _run(self) -> None:
        wait_ms = 0
        while not self._stop.wait(wait_ms / 1000):
            try:
                wait_ms = ASK_AGAIN_MS if self.look() else LOOK_EVERY_MS
            except Exception:
                _log.exception("keys_not_looked_at")
                wait_ms = ASK_AGAIN_MS
