"""A site on a real port, for a real browser."""

import contextlib
import threading
import time
from collections.abc import Iterator

import uvicorn
from fastapi import FastAPI

from onecard.free_ports import free_port
from tests.support.chromium import leave_pages

START_TIMEOUT_S = 20.0


@contextlib.contextmanager
def serving(site: FastAPI, port: int | None = None, *, pages_stay: bool = False) -> Iterator[str]:
    """The site's address while the block lasts. Pages are closed first, lest they complain that it has gone."""
    port = port or free_port()
    config = uvicorn.Config(site, host="127.0.0.1", port=port, log_config=None, timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + START_TIMEOUT_S
    while not server.started:
        assert time.monotonic() < deadline, "the site did not start"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        if not pages_stay:
            leave_pages()
        server.should_exit = True
        thread.join(START_TIMEOUT_S)
