"""A client of an application in this process: starlette's, but for the way that a request takes.

Starlette's own starts a thread with an event loop for each request and hands things over to it nine times. That is
7 ms of processor time, more than most routes need for their answer, some ten thousand times in the suite. Here one
loop in one thread serves all clients, and a request is handed over once.
"""

import asyncio
import threading
from typing import Any

import httpx
from fastapi import FastAPI
from fastapi.testclient import TestClient

ANSWER_TIMEOUT_S = 120.0
_loops: list[asyncio.AbstractEventLoop] = []


def _loop() -> asyncio.AbstractEventLoop:
    if not _loops:
        loop = asyncio.new_event_loop()
        threading.Thread(target=loop.run_forever, name="applications", daemon=True).start()
        _loops.append(loop)
    return _loops[0]


class _OneLoop(httpx.BaseTransport):
    """Requests of a synchronous client to an ASGI application."""

    def __init__(self, app: Any, raises: bool) -> None:
        self._inner = httpx.ASGITransport(app, raise_app_exceptions=raises, client=("testclient", 50_000))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return asyncio.run_coroutine_threadsafe(self._answer(request), _loop()).result(ANSWER_TIMEOUT_S)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        assert isinstance(answer.stream, httpx.AsyncByteStream)
        body = b"".join([part async for part in answer.stream])
        return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(body))


class AppClient(TestClient):
    """What needs a loop of its own (a `with` block, a web socket) goes starlette's way."""

    def __init__(self, app: FastAPI, *, raise_server_exceptions: bool = True, **options: Any) -> None:
        super().__init__(app, raise_server_exceptions=raise_server_exceptions, **options)
        self._starlettes = self._transport
        self._transport = _OneLoop(app, raise_server_exceptions)

    def answer_crashes(self) -> None:
        """From now on a crash is what people get for it, and no exception in the test."""
        self._transport = _OneLoop(self.app, raises=False)

    def __enter__(self) -> "AppClient":
        self._transport = self._starlettes
        super().__enter__()
        return self

    def websocket_connect(self, *args: Any, **options: Any) -> Any:
        self._transport = self._starlettes
        return super().websocket_connect(*args, **options)
