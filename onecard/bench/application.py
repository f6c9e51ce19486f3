"""The whole application for a benchmark: on a data base that is there, on a free port of this machine, signed in to."""

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import Iterator

import uvicorn
from fastapi import FastAPI

from server.app import create_app, listening_socket
from server.pages.live.line import LineProtocol
from server.services.desk.desks import Desks
from server.services.house import House
from server.services.keys.keystore import from_secrets, new_secrets
from server.services.roles import Role
from server.services.users import sessions
from server.services.users.passwords import Passwords
from server.services.work import SYSTEM, Transactions
from server.tables import UserRow

COMMUNITY = "330105009012"
COOKIE = "onecard_session"
BACKLOG_CONNECTIONS = 2048
START_S = 0.01
END_TIMEOUT_S = 20


def house_of(transactions: Transactions) -> House:
    """What pages and API stand on, with a keystore of its own."""
    keystore = from_secrets(new_secrets(COMMUNITY, os.urandom))
    return House(COMMUNITY, transactions, keystore, Passwords(), Desks(transactions.feed))


def application(transactions: Transactions) -> FastAPI:
    """API and pages, without intake and publisher."""
    return create_app(house_of(transactions))


def cookie(transactions: Transactions, name: str, role: Role) -> str:
    """The session of somebody who is signed in."""
    with transactions.work(SYSTEM) as work:
        user = UserRow(
            id=work.new_id(),
            name=name,
            role=role.value,
            org=COMMUNITY,
            password_hash="",
            must_change=False,
            created_ms=work.real_ms,
            changed_ms=work.real_ms,
        )
        work.session.add(user)
        work.session.flush()
        return sessions.open_session(work, user.id, "bench")[0]


@contextlib.contextmanager
def serving(app: FastAPI) -> Iterator[int]:
    """The application's port while the block lasts."""
    place = listening_socket("127.0.0.1", 0, BACKLOG_CONNECTIONS)
    config = uvicorn.Config(
        app, http=LineProtocol, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=2
    )
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[place])), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(START_S)
    try:
        yield int(place.getsockname()[1])
    finally:
        app.state.console.hub.close()
        server.should_exit = True
        thread.join(END_TIMEOUT_S)
