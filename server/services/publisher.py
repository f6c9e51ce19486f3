"""The publisher: after a commit, revocations go out at once and policies soon; both again to whoever lacks them.

A thread. It reads wishes (`signals`) and talks through a `Downlink`; what the downlink loses is sent again when
the broker is back (`broker_back`) or when a gateway says that it lacks something (`gateway_said`).
"""

import threading
from typing import Protocol

import structlog
from sqlmodel import Session

from card_protocol.wire.revocations import MESSAGE_MAX_REVOCATIONS, Revocations
from card_protocol.wire.sealed import seal
from card_protocol.wire.topics import Channel
from server.services import gateways, policy, revocations
from server.services.keystore import Keystore
from server.services.signals import Wish
from server.services.work import SYSTEM, Transactions

DEBOUNCE_S = 0.15
"""An admin who ticks ten boxes causes one policy, not ten."""
IDLE_S = 30.0
"""How often policies are looked at for their age."""
STOP_TIMEOUT_S = 10.0

_log = structlog.get_logger()


class Downlink(Protocol):
    """The way down to the gateways."""

    def send(self, gateway: str, channel: Channel, message: bytes, *, retain: bool = False) -> bool:
        """Hand a message to the broker; False when it is away (the message is dropped, it will be asked for)."""
        ...


class Publisher:
    """Start it once per program; `stop` ends it."""

    def __init__(self, transactions: Transactions, keystore: Keystore, downlink: Downlink) -> None:
        self._transactions = transactions
        self._keystore = keystore
        self._downlink = downlink
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)

    def start(self) -> None:
        """Begin with a look at everything: something may have changed while nobody published."""
        self._transactions.signals.wish(Wish.PUBLISH)
        self._thread.start()

    def stop(self) -> None:
        """End the thread; what it was doing is finished first."""
        self._stopping.set()
        self._transactions.signals.close()
        self._thread.join(STOP_TIMEOUT_S)

    def broker_back(self) -> None:
        """The broker may have forgotten everything: retained manifests go out again."""
        with self._transactions.read() as session:
            names = gateways.enrolled(session)
            newest = [policy.newest(session, name) for name in names]
        for row in newest:
            if row is not None:
                self._downlink.send(row.gateway_id, Channel.POLICY, row.manifest, retain=True)
        for name in names:
            self.gateway_said(name)

    def gateway_said(self, gateway: str) -> None:
        """After a state message: send the revocations that the gateway lacks."""
        with self._transactions.read() as session:
            known = gateways.row_of(session, gateway).rev_seq
            message = pending(session, self._keystore, gateway, known)
        if message is not None:
            self._downlink.send(gateway, Channel.REVOCATIONS, message)

    def publish_all(self) -> int:
        """Compile every gateway's policy; how many were new."""
        with self._transactions.read() as session:
            names = gateways.enrolled(session)
        fresh = 0
        for name in names:
            with self._transactions.work(SYSTEM) as work:
                published = policy.publish(work, self._keystore, name)
            if published.fresh:
                fresh += 1
                self._downlink.send(name, Channel.POLICY, published.manifest, retain=True)
                _log.info("policy_published", gateway=name, version=published.version)
        return fresh

    def revoke_all(self) -> None:
        """Send every gateway the revocations that it has not yet said to have."""
        with self._transactions.read() as session:
            names = gateways.enrolled(session)
        for name in names:
            self.gateway_said(name)

    def _run(self) -> None:
        while not self._stopping.is_set():
            wishes = self._transactions.signals.wait(IDLE_S)
            try:
                self._fulfil(wishes)
            except Exception:
                # A data base that is away for a moment must not end publishing for good.
                _log.exception("publish_failed")
                self._transactions.signals.wish(*wishes)
                self._stopping.wait(1.0)

    def _fulfil(self, wishes: frozenset[Wish]) -> None:
        if Wish.REVOKE in wishes:
            self.revoke_all()
        if Wish.PUBLISH in wishes:
            self._stopping.wait(DEBOUNCE_S)
        if Wish.PUBLISH in wishes or not wishes:
            self.publish_all()


def pending(session: Session, keystore: Keystore, gateway: str, known: int) -> bytes | None:
    """The sealed message that brings a gateway from `known` on; it asks for the rest by its next state."""
    found = revocations.after(session, known, MESSAGE_MAX_REVOCATIONS)
    if not found:
        return None
    word = Revocations(gateway=gateway, after=known, upto=found[-1].rev_seq, entries=tuple(found))
    return seal("revocations", word, keystore.server.sign)
