"""Fetches and stages policies on a thread of its own: a million cards take a while, and events must not wait."""

from collections.abc import Callable, Iterator
from queue import Queue
from threading import Thread

import structlog

from card_protocol.errors import EquipmentFault
from card_protocol.policy.buckets import CardsIndex, decode_bucket, decode_index
from card_protocol.policy.cards_delta import CardsDelta, decode_delta
from card_protocol.policy.lines import unpack_word
from card_protocol.policy.rules import CardEntry, PolicyHead
from card_protocol.wire.enrol import Enrolment
from card_protocol.wire.manifest import Manifest
from card_protocol.wire.offer import Blob, BlobRequest
from card_protocol.wire.sealed import Sign, seal
from gateway.core.policy_intake import delta_problem, head_problem, index_problem
from gateway.core.station_words import Fetched
from gateway.ports.book import BookUnavailable, BookWriter, Staged
from gateway.ports.clock import Clock
from gateway.ports.server import Server, ServerRefused

JOBS_MAX = 4
"""The station has one under way at a time."""

HEAD_MAX_BYTES = 4 * 1024 * 1024
"""Unpacked: thousands of points and levels."""

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
        """With the buckets in force where a delta leads on from them; else with those that the manifest names."""
        head = unpack_word(self._fetch(manifest.head), PolicyHead, "policy", HEAD_MAX_BYTES)
        self._right(head_problem(manifest, head, self._place.community))
        held = self._book.holding()
        if held is not None and manifest.cards.reaches(held.seq):
            return self._book.restage(head, manifest.digest, self._changes(manifest, held.seq))
        index = decode_index(self._fetch(manifest.cards.index))
        self._right(index_problem(manifest, index, self._place.community))
        changes = self._changes(manifest, index.seq)
        return self._book.stage(head, self._cards(index, held), manifest.digest, index, changes)

    def _changes(self, manifest: Manifest, base_seq: int) -> CardsDelta | None:
        blob = manifest.cards.delta_from(base_seq)
        if blob is None:
            return None
        delta = decode_delta(self._fetch(blob))
        self._right(delta_problem(manifest, delta.head, base_seq, self._place.community))
        return delta

    def _cards(self, index: CardsIndex, held: CardsIndex | None) -> Iterator[CardEntry]:
        """Bucket after bucket; one that did not change is on the disk already."""
        places = {bucket: number for number, bucket in enumerate(held.buckets)} if held else {}
        for bucket in index.buckets:
            if held is not None and bucket in places:
                cards = self._held(held, places[bucket])
                if len(cards) == bucket.cards:
                    yield from cards
                    continue
            yield from decode_bucket(bucket, self._fetch(Blob(sha256=bucket.sha256, bytes=bucket.bytes)))

    def _held(self, held: CardsIndex, number: int) -> list[CardEntry]:
        """Nothing when the disk has spoiled it: the server has it too."""
        try:
            return self._book.held(held, number)
        except (BookUnavailable, ValueError) as error:
            _log.error("policy_cards_unreadable", bucket=number, problem=str(error))
            return []

    def _fetch(self, blob: Blob) -> bytes:
        asked = BlobRequest(gateway=self._place.gateway, sha256=blob.sha256, at_ms=self._clock.now().wall_ms)
        return self._server.blob(self._place.gateway, blob, seal("request", asked, self._sign))

    @staticmethod
    def _right(problem: str | None) -> None:
        if problem is not None:
            raise ValueError(problem)

    def _run(self) -> None:
        while (manifest := self._jobs.get()) is not None:
            self._tell(self.outcome(manifest))
