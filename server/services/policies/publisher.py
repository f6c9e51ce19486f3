"""The publisher: after a commit, revocations and commands go out at once, policies soon; again to whoever lacks them.

Three threads, because a revocation must not wait for a million cards to be compiled, nor a command for a thousand
gateways to hear of a revocation. They read wishes (`signals`) and talk through a `Downlink`; what the downlink loses is
sent again when the broker is back (`broker_back`) or when a gateway says that it lacks something (`gateways_said`).
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import structlog

from card_protocol.wire.revocations import MESSAGE_MAX_REVOCATIONS, Revocations
from card_protocol.wire.sealed import seal
from card_protocol.wire.topics import Channel
from server.services.cards import revocations
from server.services.gateways import commands, gateways
from server.services.keys.keystore import Keystore
from server.services.policies import policy
from server.services.signals import Wish
from server.services.work import Transactions

DEBOUNCE_S = 0.15
"""An admin who ticks ten boxes causes one policy, not ten."""
IDLE_S = 30.0
"""How often policies are looked at for their age, and gateways for what they lack."""
IDLE_WISH_S = {Wish.COMMAND: 1.0}
"""Somebody stands at a door: a command that was lost, or given by another program, waits no longer than this."""
RETRY_S = 1.0
REVOKE_FIRST_S = 3.0
REVOKE_LOOK_S = 0.1
STOP_TIMEOUT_S = 10.0
PUBLISHING = 0x6F6E6532
"""Under this number programs that publish take turns."""

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
        self._threads = [
            threading.Thread(target=self._run, args=(wish, act), name=name, daemon=True)
            for name, wish, act in (
                ("publisher", Wish.PUBLISH, self._publish_soon),
                ("revoker", Wish.REVOKE, self.revoke_all),
                ("commander", Wish.COMMAND, self.command_all),
            )
        ]

    def start(self) -> None:
        """Begin with a look at everything: something may have changed while nobody published."""
        self._transactions.signals.wish(*Wish)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End the threads; what they were doing is finished first."""
        self._stopping.set()
        self._transactions.signals.close()
        for thread in self._threads:
            thread.join(STOP_TIMEOUT_S)

    @property
    def running(self) -> bool:
        """Whether all threads are alive: the server ends without it (`server.app`)."""
        return all(thread.is_alive() for thread in self._threads)

    def broker_back(self) -> None:
        """The broker may have forgotten everything: retained manifests go out again."""
        with self._transactions.read() as session:
            newest = [policy.newest(session, name) for name in gateways.enrolled(session)]
        for row in newest:
            if row is not None:
                self._downlink.send(row.gateway_id, Channel.POLICY, row.manifest, retain=True)
        self.revoke_all()
        self.command_all()

    def gateways_said(self, names: Sequence[str]) -> None:
        """After state messages: send what these gateways lack, revocations, commands and the policy."""
        with self._transactions.read() as session:
            known = gateways.applied(session, names)
            lagging = policy.lagging(session, names, self._transactions.clock())
        self._send_missing(known)
        self._send_commands(names)
        for row in lagging:
            self._downlink.send(row.gateway_id, Channel.POLICY, row.manifest, retain=True)

    def publish_all(self) -> int:
        """Compile every gateway's policy; how many were new."""
        # One program at a time: the second finds nothing new, and no older manifest is retained over a newer one.
        with self._transactions.alone(PUBLISHING):
            with self._transactions.read() as session:
                names = gateways.enrolled(session)
            fresh = [one for one in policy.publish(self._transactions, self._keystore, names) if one.fresh]
            for published in fresh:
                self._downlink.send(published.gateway, Channel.POLICY, published.manifest, retain=True)
                _log.info("policy_published", gateway=published.gateway, version=published.version)
        return len(fresh)

    def revoke_all(self) -> None:
        """Send every gateway the revocations that it has not yet said to have."""
        with self._transactions.read() as session:
            known = gateways.applied(session)
        self._send_missing(known)

    def command_all(self) -> None:
        """Send every gateway that is there the commands that it has not answered; the others get them later."""
        with self._transactions.read() as session:
            there = gateways.online(session)
        if there:
            self._send_commands(there)

    def _send_commands(self, names: Sequence[str]) -> None:
        with self._transactions.read() as session:
            waiting = commands.pending(session, self._transactions.clock(), names)
        for command in waiting:
            self._downlink.send(command.gateway, Channel.COMMAND, seal("command", command, self._keystore.server.sign))

    def _send_missing(self, known: Mapping[str, int]) -> None:
        with self._transactions.read() as session:
            newest = revocations.newest(session)
            behind = {number for number in known.values() if number < newest}
            missing = {number: revocations.after(session, number, MESSAGE_MAX_REVOCATIONS) for number in behind}
        for gateway, number in known.items():
            if entries := missing.get(number):
                word = Revocations(gateway=gateway, after=number, upto=entries[-1].rev_seq, entries=tuple(entries))
                self._downlink.send(gateway, Channel.REVOCATIONS, seal("revocations", word, self._keystore.server.sign))

    def _publish_soon(self) -> None:
        self._stopping.wait(DEBOUNCE_S)
        self._let_revocations_go_first()
        self.publish_all()

    def _let_revocations_go_first(self) -> None:
        """A thousand policies are compiled on the same cores that send a revocation and take in what became of it; the
        revocation denies without them. Not for long: who does not answer gets the policy all the same."""
        patience = int(REVOKE_FIRST_S / REVOKE_LOOK_S)
        while patience and not self._stopping.is_set() and self._is_revoking():
            self._stopping.wait(REVOKE_LOOK_S)
            patience -= 1

    def _is_revoking(self) -> bool:
        """Whether a gateway that is there has not said yet that it applied the newest revocation."""
        with self._transactions.read() as session:
            return gateways.any_behind(session, revocations.newest(session))

    def _run(self, wish: Wish, act: Callable[[], object]) -> None:
        """Fulfil one kind of wish as it comes, and now and then without one: policies must not grow too old."""
        while not self._stopping.is_set():
            self._transactions.signals.wait(IDLE_WISH_S.get(wish, IDLE_S), frozenset({wish}))
            if self._stopping.is_set():
                return
            try:
                act()
            except Exception:
                # A data base that is away for a moment must not end this for good.
                _log.exception("publish_failed", wish=wish)
                self._transactions.signals.wish(wish)
                self._stopping.wait(RETRY_S)
