"""How a box joins: it meets the server, asks with its claim, and waits until an operator has confirmed it.

The server is known by the mark of its authority, which the operator reads on the server's page and types on the box;
the box is known by the mark of its keys, which the operator reads on the box and compares on the page. Neither end
trusts the network between them.
"""

import ssl
from collections.abc import Callable
from threading import Event

import structlog

from card_protocol.crypto.certificates import authorities_in, authority_mark, same_mark
from card_protocol.errors import TrustFault
from card_protocol.wire.enrol import Admission, EnrolRequest
from card_protocol.wire.identity import SERVER_NAME
from gateway.drivers.http import HttpServer
from gateway.drivers.tls_files import TlsFiles, client_context, strangers_context
from gateway.ports.server import Registrar, ServerAway

ASK_EVERY_S = 2.0

_log = structlog.get_logger()


class ServerUnknown(TrustFault):
    """Who answers is not the server that the operator named."""


class JoiningEnded(Exception):
    """The operator stopped it before the box was confirmed; the claim can be used again."""


def meet(server_url: str, files: TlsFiles, mark: str | None) -> ssl.SSLContext:
    """A context that trusts the server with this mark, or without one whom the box trusts already.

    ServerUnknown, ServerAway, ServerRefused.
    """
    if mark is None:
        if not (known := files.authorities()):
            raise ServerUnknown(
                "the box does not know the server yet: --fingerprint FINGERPRINT (see the server's page)"
            )
        return client_context(SERVER_NAME, known)
    with HttpServer(server_url, strangers_context()) as server:
        shown = server.authorities()
    try:
        found = [one for one in authorities_in(shown) if same_mark(authority_mark(one), mark)]
    except ValueError as error:
        raise ServerUnknown(f"{server_url} is no server of ours: {error}") from None
    if not found:
        raise ServerUnknown(
            f"the server at {server_url} does not have the fingerprint {mark}: compare it with the server's page;"
            " if it is the same there, somebody stands between you and the server"
        )
    return client_context(SERVER_NAME, found[0])


def ask_until_confirmed(
    server: Registrar, request: EnrolRequest, waiting: Callable[[], None], stop: Event
) -> Admission:
    """Ask again and again; `waiting` is called once. ServerRefused; JoiningEnded when `stop` is set.

    A server that goes away for a moment meanwhile does not end it: the operator may be restarting it.
    """
    told = False
    while True:
        try:
            if (admitted := server.enrol(request)) is not None:
                return admitted
        except ServerAway as fault:
            if not told:
                raise
            _log.warning("server_away", why=str(fault))
        if not told:
            told = True
            waiting()
        if stop.wait(ASK_EVERY_S):
            raise JoiningEnded
