"""The server's own contexts follow its authorities, and its key stays in memory."""

import contextlib
import ssl
import threading
from pathlib import Path
from socket import socketpair

import pytest

from card_protocol.crypto.certificates import certificate_in
from card_protocol.wire.identity import BROKER_NAME, SERVER_NAME
from gateway.drivers.tls_files import client_context
from server.services.keys import authorities
from server.services.keys.certificates import SERVER_LIFE_MS
from server.services.keys.own_tls import OwnTls
from server.tables.engine import make_engine
from tests.server.build import ADMIN, Community, make_community
from tests.support.identity import now_ms


@pytest.fixture
def community(tmp_path: Path) -> Community:
    made = make_community(make_engine(f"sqlite:///{tmp_path / 'server.db'}"))
    made.real[0] = now_ms()
    return made


def has_ticket(server: ssl.SSLContext, client: ssl.SSLContext) -> bool:
    """Whether the client was told something after the handshake."""
    near, far = socketpair()

    def serve() -> None:
        with server.wrap_socket(far, server_side=True) as tls:
            tls.recv(1)

    thread = threading.Thread(target=serve)
    thread.start()
    with client.wrap_socket(near) as tls:
        tls.send(b"x")
        with contextlib.suppress(OSError):
            tls.recv(1)
        session = tls.session
    thread.join()
    return session is not None and session.has_ticket


def shown(server: ssl.SSLContext, client: ssl.SSLContext) -> str:
    """The certificate that the server shows, in PEM."""
    near, far = socketpair()

    def serve() -> None:
        with contextlib.suppress(ssl.SSLError, OSError):
            server.wrap_socket(far, server_side=True).recv(1)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with client.wrap_socket(near) as tls:
            tls.send(b"x")
            return ssl.DER_cert_to_PEM_cert(tls.getpeercert(binary_form=True) or b"")
    finally:
        near.close()
        thread.join(20)
        far.close()


def bundle(community: Community) -> str:
    with community.transactions.read() as session:
        return authorities.bundle(session)


def test_nothing_is_said_between_the_handshake_and_the_first_answer(community: Community) -> None:
    tls = OwnTls(community.transactions, community.house.keystore)
    client = client_context(SERVER_NAME, bundle(community))
    assert not has_ticket(tls.listening, client)
    tls.listening.num_tickets = 2  # as OpenSSL has it
    assert has_ticket(tls.listening, client)


def test_it_shows_the_servers_name_and_renews_by_itself(community: Community) -> None:
    tls = OwnTls(community.transactions, community.house.keystore)
    told = certificate_in(shown(tls.listening, client_context(SERVER_NAME, bundle(community))))
    assert told.name == SERVER_NAME
    assert not tls.refresh(), "nothing has changed"
    community.real[0] += SERVER_LIFE_MS // 3 + 1
    assert tls.refresh()
    assert certificate_in(tls._leaf).until_ms > told.until_ms


def test_it_shows_the_old_authoritys_until_that_is_retired(community: Community) -> None:
    tls = OwnTls(community.transactions, community.house.keystore)
    before = bundle(community)
    with community.transactions.work(ADMIN) as work:
        number = authorities.add(work, community.house.keystore)
        authorities.switch(work, number)
    assert tls.refresh(), "the new one is trusted as well"
    assert shown(tls.listening, client_context(SERVER_NAME, before)), "who was off meanwhile knows no other"
    with community.transactions.work(ADMIN) as work:
        authorities.retire(work, 1)
    assert tls.refresh()
    assert shown(tls.listening, client_context(SERVER_NAME, bundle(community)))
    with pytest.raises(ssl.SSLCertVerificationError):
        shown(tls.listening, client_context(SERVER_NAME, before))


def test_towards_the_broker_it_wants_the_broker(community: Community) -> None:
    tls = OwnTls(community.transactions, community.house.keystore)
    with pytest.raises(ssl.SSLCertVerificationError, match=BROKER_NAME):
        shown(tls.listening, tls.dialling)
