"""Keeps what says who may connect up to date: the server's own certificate, the broker's files, and alarms for boxes
whose certificate runs out although they should long have renewed it.

One thread; it acts on `Wish.IDENTITY` at once, and looks at everything once a minute.
"""

import threading

import structlog
from sqlmodel import col, select

from card_protocol.wire.identity import ALARM_LEFT_MS
from server.config import BrokerConfig
from server.services.events import alarms
from server.services.events.alarms import AlarmKind
from server.services.gateways.broker_files import write_broker_files
from server.services.keys.keystore import Keystore
from server.services.keys.own_tls import OwnTls
from server.services.signals import Wish
from server.services.work import SYSTEM, Transactions
from server.tables import CertificateRow, GatewayRow

LOOK_EVERY_S = 60.0
RETRY_S = 5.0
STOP_TIMEOUT_S = 10.0
ANY_HOST = "0.0.0.0"

_log = structlog.get_logger()


class IdentityWatch:
    """Start it once per program; `stop` ends it."""

    def __init__(self, transactions: Transactions, keystore: Keystore, tls: OwnTls, broker: BrokerConfig) -> None:
        self._transactions, self._keystore, self._tls, self._broker = transactions, keystore, tls, broker
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="identity", daemon=True)

    def start(self) -> None:
        """Begin with a look at everything."""
        self._transactions.signals.wish(Wish.IDENTITY)
        self._thread.start()

    def stop(self) -> None:
        """End it."""
        self._stopping.set()
        self._transactions.signals.wish(Wish.IDENTITY)
        self._thread.join(STOP_TIMEOUT_S)

    @property
    def running(self) -> bool:
        """Whether the thread is alive: the server ends without it (`server.app`)."""
        return self._thread.is_alive()

    def look(self) -> None:
        """Do what is due now. OSError when the broker's folder cannot be written."""
        self._tls.refresh()
        sound_alarms(self._transactions)
        if self._broker.folder is not None:
            told = write_broker_files(
                self._transactions, self._keystore, self._broker, self._broker.folder, self._broker.gateways_host
            )
            if told.names:
                _log.info("broker_files_written", files=list(told.names), folder=str(self._broker.folder))

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._transactions.signals.wait(LOOK_EVERY_S, frozenset({Wish.IDENTITY}))
            if self._stopping.is_set():
                return
            try:
                self.look()
            except Exception as error:
                # A folder on a full disk, a data base that is away: who is revoked must still reach the broker.
                _log.error("identity_watch_failed", why=f"{type(error).__name__}: {error}")
                self._transactions.signals.wish(Wish.IDENTITY)
                self._stopping.wait(RETRY_S)


def sound_alarms(transactions: Transactions) -> list[str]:
    """Alarms for gateways whose newest certificate is nearly over; which ones."""
    with transactions.work(SYSTEM) as work:
        statement = (
            select(CertificateRow)
            .join(GatewayRow, col(GatewayRow.id) == col(CertificateRow.gateway_id))
            .where(col(CertificateRow.revoked_ms).is_(None), col(GatewayRow.revoked_ms).is_(None))
        )
        newest: dict[str, int] = {}
        for row in work.session.exec(statement):
            newest[row.gateway_id] = max(row.until_ms, newest.get(row.gateway_id, 0))
        late = sorted(name for name, until_ms in newest.items() if until_ms - work.real_ms < ALARM_LEFT_MS)
        for name in late:
            alarms.sound_once(work, AlarmKind.CERTIFICATE, gateway_id=name, detail={"until_ms": newest[name]})
        return late
