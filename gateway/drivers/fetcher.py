"""Fetches and stages policies on a thread of its own: a million cards take a while, and events must not wait."""

from collections.abc import Callable
from queue import Queue
from threading import Thread

import structlog

from card_protocol.errors import EquipmentFault
from card_protocol.policy.snapshot import decode_snapshot
from card_protocol.wire.enrol import Enrolment
from card_protocol.wire.manifest import Manifest, SnapshotRequest
from card_protocol.wire.sealed import Sign, seal
from gateway.core.policy_intake import snapshot_problem
from gateway.core.station_words import Fetched
from gateway.ports.book import BookWriter, Staged
from gateway.ports.clock import Clock
from gateway.ports.server import Server, ServerRefused

JOBS_MAX = 4
"""The station has one under way at a time."""

_STOP_TIMEOUT_S = 5.0
_log = structlog.get_logger()


class Fetcher:
    """`fetch` returns at once; the outcome goes to `tell`."""

    def __init__(
        self,
        place: Enrolment,
        sign: Sign,
        server: Server,
        book: BookWriter,
        clock: Clock,
        tell: Callable[[Fetched], None],
    ) -> None:
        self._place, self._sign, self._server, self._book = place, sign, server, book
        self._clock, self._tell = clock, tell
        self._jobs: Queue[Manifest | None] = Queue(JOBS_MAX)
        self._thread = Thread(target=self._run, name="fetcher", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def fetch(self, manifest: Manifest) -> None:
        """Put a manifest in the queue."""
        self._jobs.put_nowait(manifest)

    def stop(self) -> None:
        """End; a fetch that is under way is not waited for longer than five seconds."""
        self._jobs.put_nowait(None)
        self._thread.join(_STOP_TIMEOUT_S)

    def alive(self) -> bool:
        """Whether the thread runs; the daemon looks after it."""
        return self._thread.is_alive()

    def outcome(self, manifest: Manifest) -> Fetched:
        """Fetch, check and stage one policy; blocks."""
        try:
            return Fetched(manifest, self._staged(manifest))
        except ValueError as error:
            return Fetched(manifest, None, str(error))
        except (EquipmentFault, ServerRefused) as error:
            # The server may refuse because our clock is wrong, or because it was put back: that passes.
            _log.warning("policy_not_fetched", version=manifest.version, why=str(error))
            return Fetched(manifest, None, str(error), again=True)

    def _staged(self, manifest: Manifest) -> Staged:
        asked = SnapshotRequest(
            gateway=self._place.gateway,
            snapshot_sha256=manifest.snapshot_sha256,
            at_ms=self._clock.now().wall_ms,
        )
        data = self._server.snapshot(manifest, seal("request", asked, self._sign))
        head, cards = decode_snapshot(data)
        if problem := snapshot_problem(manifest, head, self._place.community):
            raise ValueError(problem)
        return self._book.stage(head, cards, manifest.snapshot_sha256)

    def _run(self) -> None:
        while (manifest := self._jobs.get()) is not None:
            self._tell(self.outcome(manifest))
