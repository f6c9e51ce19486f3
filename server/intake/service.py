"""The intake of one program, put together: alone on SQLite, one of several workers on PostgreSQL."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine

from server.intake.keeper import Ear, Keeper
from server.intake.leases import Leases
from server.intake.link import Link
from server.intake.processor import Processor
from server.intake.worker import Intake
from server.services.keys.keystore import Keystore
from server.services.work import Transactions
from server.tables.engine import is_sqlite


class SharedLink(Link, Ear, Protocol):
    """A link that can be told whom to listen to."""


def database_file(engine: Engine) -> Path | None:
    """The file that allows one intake worker; None where the data base allows several."""
    return Path(engine.url.database or "") if is_sqlite(engine) else None


class IntakeService:
    """`start`, and `stop` after the transaction that is under way."""

    def __init__(
        self,
        transactions: Transactions,
        keystore: Keystore,
        link: SharedLink,
        *,
        me: str,
        here: bool,
        on_state: Callable[[Sequence[str]], None],
        on_broker: Callable[[], None],
    ) -> None:
        """`here` False: the link is kept for the way down, and nothing is taken in. On SQLite it is always here."""
        self._leases = None if is_sqlite(transactions.engine) else Leases(transactions, me)
        fence = self._leases.fence if self._leases is not None else None
        self.intake = Intake(Processor(transactions, keystore, fence), link, on_state=on_state, on_broker=on_broker)
        self.keeper = (
            Keeper(transactions, self._leases, link, self.intake.greet) if self._leases is not None and here else None
        )

    def start(self) -> None:
        """Begin; a broker that is away is waited for."""
        self.intake.start()
        if self.keeper is not None:
            self.keeper.start()

    def stop(self) -> None:
        """The shards first: what another worker takes over is no longer ours to commit."""
        if self.keeper is not None:
            self.keeper.stop()
        self.intake.stop()

    @property
    def running(self) -> bool:
        """Whether every thread is alive: the server ends without it (`server.app`)."""
        return self.intake.running and (self.keeper is None or self.keeper.running)
