"""The courier: a thread that carries waiting messages to the addresses of other systems (`webhooks`)."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import structlog

from card_protocol.crypto.signing import Sign
from card_protocol.errors import EquipmentFault
from server.services.signals import Wish
from server.services.webhooks import webhook_secret, webhooks
from server.services.webhooks.cloud_event import MEDIA_TYPE
from server.services.work import SYSTEM, Transactions
from server.tables import DeliveryRow, WebhookRow

AT_ONCE: Final = 4
"""A slow address must not hold up the others for long; more would burden a small server."""
ROUND_MAX: Final = 40
IDLE_S: Final = 5.0
STOP_TIMEOUT_S: Final = 15.0
GONE: Final = 410

Post = Callable[[str, dict[str, str], bytes], int]
"""(url, headers, body) -> HTTP status; EquipmentFault when there is no answer."""

_log = structlog.get_logger()


class Courier:
    """`start` once; `stop` lets what is under way arrive."""

    def __init__(self, transactions: Transactions, sign: Sign, post: Post) -> None:
        self._transactions = transactions
        self._sign = sign
        self._post = post
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        """Begin with what waited while nobody carried it."""
        self._thread.start()

    def stop(self) -> None:
        """End after the messages under way. The signals must have been closed, or it ends within IDLE_S."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(STOP_TIMEOUT_S)

    def carry(self) -> int:
        """Try everything that is due, once; how many were tried."""
        with self._transactions.read() as session:
            waiting = webhooks.due(session, self._transactions.real_clock(), ROUND_MAX)
        with ThreadPoolExecutor(AT_ONCE, "courier") as pool:
            list(pool.map(lambda pair: self._deliver(*pair), waiting))
        return len(waiting)

    def _deliver(self, message: DeliveryRow, address: WebhookRow) -> None:
        body, secret = message.body.encode(), webhook_secret.secret_of(self._sign, address.id)
        now_s = self._transactions.real_clock() // 1000
        headers = webhook_secret.headers(secret, message.id, now_s, body) | {"content-type": MEDIA_TYPE}
        try:
            status = self._post(address.url, headers, body)
        except EquipmentFault as fault:
            status, problem = 0, str(fault)
        else:
            problem = f"answered {status}"
        with self._transactions.work(SYSTEM) as work:
            if 200 <= status < 300:
                webhooks.delivered(work, message.id)
            else:
                webhooks.failed(work, message.id, problem, gone=status == GONE)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                if self.carry() < ROUND_MAX:
                    with self._transactions.work(SYSTEM) as work:
                        webhooks.prune(work)
                    self._transactions.signals.wait(IDLE_S, frozenset({Wish.DELIVER}))
            except Exception:
                # A data base that is away for a moment must not end this for good.
                _log.exception("courier_failed")
                self._stopping.wait(IDLE_S)
