"""The postman: a thread that carries waiting mails to the mail server."""

import threading
from collections.abc import Callable
from email.message import EmailMessage
from typing import Final

import structlog

from card_protocol.errors import EquipmentFault
from server.services.notices import mails
from server.services.notices.letter import letter
from server.services.notices.smtp_post import Refused
from server.services.signals import Wish
from server.services.work import SYSTEM, Transactions
from server.tables import NoticeMailRow, NoticeRow

ROUND_MAX: Final = 50
IDLE_S: Final = 15.0
STOP_TIMEOUT_S: Final = 25.0

Post = Callable[[EmailMessage], Refused | None]

_log = structlog.get_logger()


class Postman:
    """`start` once; `stop` lets the mail under way arrive."""

    def __init__(self, transactions: Transactions, sender: str, post: Post) -> None:
        self._transactions, self._sender, self._post = transactions, sender, post
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="postman", daemon=True)

    def start(self) -> None:
        """Begin with what waited while nobody carried it."""
        self._thread.start()

    def stop(self) -> None:
        """End after the mail under way. The signals must have been closed, or it ends within IDLE_S."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(STOP_TIMEOUT_S)

    def carry(self) -> int:
        """Try everything that is due, once; how many were tried."""
        with self._transactions.read() as session:
            waiting = mails.due(session, self._transactions.real_clock(), ROUND_MAX)
        for tried, (mail, notice) in enumerate(waiting):
            if self._stopping.is_set():
                return tried
            self._deliver(mail, notice)
        return len(waiting)

    def _deliver(self, mail: NoticeMailRow, notice: NoticeRow) -> None:
        with self._transactions.read() as session:
            if not mails.waits(session, mail.id):
                return
        message = letter(
            notice.number,
            notice.zh,
            notice.en,
            (notice.from_ms, notice.to_ms),
            sender=self._sender,
            to=mail.address,
            mail_id=mail.id,
            at_ms=mail.created_ms,
            withdrawn=mail.withdrawal,
        )
        try:
            refused = self._post(message)
        except EquipmentFault as fault:
            with self._transactions.work(SYSTEM) as work:
                mails.failed(work, mail.id, str(fault), for_good=False)
            return
        with self._transactions.work(SYSTEM) as work:
            if refused is None:
                mails.sent(work, mail.id)
            else:
                mails.failed(work, mail.id, refused.problem, for_good=True)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                if self.carry() < ROUND_MAX:
                    with self._transactions.work(SYSTEM) as work:
                        mails.prune(work)
                    self._transactions.signals.wait(IDLE_S, frozenset({Wish.MAIL}))
            except Exception:
                # A data base that is away for a moment must not end this for good.
                _log.exception("postman_failed")
                self._stopping.wait(IDLE_S)
