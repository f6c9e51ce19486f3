"""The server's own TLS: its certificate from its own authority, for the boxes' listener and towards the broker.

The key is made anew at each start and lives in memory alone; the certificate's name is fixed (`wire.identity`).
TLS 1.3 on both: nobody here is older.
"""

import os
import ssl
from typing import Any

from card_protocol.crypto.certificates import certificate_in
from card_protocol.wire.identity import BROKER_NAME, SERVER_NAME
from server.services.keys import authorities
from server.services.keys.certificates import (
    SERVER_LIFE_MS,
    Authority,
    PrivateKey,
    Use,
    issue,
    server_renewal_due,
)
from server.services.keys.keystore import Keystore
from server.services.work import SYSTEM, Transactions


class OwnTls:
    """Two contexts that live as long as the server; `refresh` keeps what is in them up to date."""

    def __init__(self, transactions: Transactions, keystore: Keystore) -> None:
        """Makes the first authority where there is none."""
        self._transactions, self._keystore = transactions, keystore
        self._key = PrivateKey.new()
        self._bundle = self._leaf = ""
        self._issuer = 0
        self.listening = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        """For boxes and desks. A certificate is asked for, not demanded: who has none yet must be able to enrol."""
        self.listening.verify_mode = ssl.CERT_OPTIONAL
        quiet_after_handshake(self.listening)
        self.dialling: ssl.SSLContext = BrokerContext(ssl.PROTOCOL_TLS_CLIENT)
        """For the broker."""
        for context in (self.listening, self.dialling):
            context.minimum_version = ssl.TLSVersion.TLSv1_3
        with transactions.work(SYSTEM) as work:
            authorities.first(work, keystore)
        self.refresh()

    def refresh(self) -> bool:
        """Take new authorities in, and a new certificate when a third of ours is over; whether anything changed.

        New connections see it. An authority that was retired stays in these contexts until the next start; whoever
        relies on it is refused by `admission.believed`.
        """
        now_ms = self._transactions.real_clock()
        with self._transactions.read() as session:
            bundle = authorities.bundle(session)
            issuer = authorities.shown(session, self._keystore, now_ms)
        changed = False
        if bundle != self._bundle:
            for context in (self.listening, self.dialling):
                context.load_verify_locations(cadata=bundle)
            self._bundle, changed = bundle, True
        if issuer.number != self._issuer or self._is_old(issuer, now_ms):
            self._leaf = issue(
                issuer, SERVER_NAME, self._key.public_der, Use.BOTH, SERVER_LIFE_MS, now_ms, self._transactions.entropy
            )
            for context in (self.listening, self.dialling):
                load_chain(context, self._leaf, self._key)
            self._issuer, changed = issuer.number, True
        return changed

    def _is_old(self, issuer: Authority, now_ms: int) -> bool:
        return server_renewal_due(certificate_in(self._leaf), issuer, now_ms)


def quiet_after_handshake(context: ssl.SSLContext) -> ssl.SSLContext:
    """The same context, which hands out no session tickets (RFC 8446 § 4.6.1): nobody resumes a session here.

    A ticket comes after the handshake, while another thread of a desk or an edge may send its request: two threads in
    one OpenSSL connection, where Python 3.11 has no lock. One request in forty was never sent on a busy machine.
    """
    context.num_tickets = 0
    return context


class BrokerContext(ssl.SSLContext):
    """For connections to the broker, which is known by its name and not by its address."""

    def wrap_socket(self, *args: Any, **options: Any) -> ssl.SSLSocket:
        """As the library does it, with the broker's name in the place of the host's."""
        return super().wrap_socket(*args, **options | {"server_hostname": BROKER_NAME})


def load_chain(context: ssl.SSLContext, certificate: str, key: PrivateKey) -> None:
    """Certificate and key into a context; the library takes files, and this one is in memory alone."""
    with os.fdopen(os.memfd_create("onecard-tls", os.MFD_CLOEXEC), "wb") as file:
        file.write(key.reveal_pem() + certificate.encode())
        file.flush()
        context.load_cert_chain(f"/proc/self/fd/{file.fileno()}")
