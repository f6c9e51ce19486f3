"""Keeps a worker's shards: beats, listens to the gateways that are ours, greets those that have become ours."""

import threading
from collections.abc import Callable
from typing import Protocol

import structlog
from sqlalchemy.exc import DBAPIError

from server.intake.leases import BEAT_S, Leases
from server.intake.shards import shard_of
from server.services.gateways import gateways
from server.services.work import Transactions

STOP_TIMEOUT_S = 10.0

_log = structlog.get_logger()


class Ear(Protocol):
    """Whatever can be told whom to listen to."""

    def listen_to(self, gateways: frozenset[str]) -> None:
        """From now on hear these gateways and no others."""
        ...


class Keeper:
    """One thread; `stop` gives the shards back, so that others need not wait for the lease to run out."""

    def __init__(self, transactions: Transactions, leases: Leases, ear: Ear, greet: Callable[[], None]) -> None:
        self._transactions = transactions
        self._leases = leases
        self._ear = ear
        self._greet = greet
        self._shards: frozenset[int] = frozenset()
        self._heard: frozenset[str] = frozenset()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="shard-keeper", daemon=True)

    @property
    def running(self) -> bool:
        """Whether the thread is alive: the server ends without it (`server.app`)."""
        return self._thread.is_alive()

    @property
    def shards(self) -> frozenset[int]:
        """Ours at the last beat."""
        return self._shards

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Hear nobody any more and give everything back."""
        self._stopping.set()
        self._thread.join(STOP_TIMEOUT_S)
        self._ear.listen_to(frozenset())
        try:
            self._leases.leave()
        except DBAPIError as error:
            _log.warning("shards_not_given_back", problem=str(error.orig))

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._beat()
            except DBAPIError as error:
                _log.error("shards_unknown", problem=str(error.orig))
            except Exception:
                _log.exception("shards_unknown")
            self._stopping.wait(BEAT_S)

    def _beat(self) -> None:
        shards = self._leases.beat()
        if shards != self._shards:
            _log.info("shards_changed", worker=self._leases.me, count=len(shards), shards=sorted(shards))
        with self._transactions.read() as session:
            names = frozenset(name for name in gateways.names(session) if shard_of(name) in shards)
        came = names - self._heard
        if names != self._heard:
            self._ear.listen_to(names)
        self._shards, self._heard = shards, names
        if came:
            self._greet()
