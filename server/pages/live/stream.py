"""The answer that does not end: server-sent events of one listener, straight to its connection where that is known."""

from collections.abc import AsyncIterator

from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from server.pages.live.hub import Hub, Listener
from server.pages.live.line import Line, line_of

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""Proxies would otherwise collect the stream before they pass it on."""


class LiveStream(StreamingResponse):
    """What a listener hears. The hub forgets them when it is over."""

    media_type = "text/event-stream"

    def __init__(self, hub: Hub, listener: Listener) -> None:
        super().__init__(self._chunks(), headers=HEADERS)
        self._hub, self._listener = hub, listener

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        try:
            line = line_of(scope)
            if line is None:
                await super().__call__(scope, receive, send)
            else:
                await self._straight(line, send)
        finally:
            self._hub.leave(self._listener)

    async def _straight(self, line: Line, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self._listener.take(), "more_body": True})
        self._listener.connect(line)
        await self._listener.over()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _chunks(self) -> AsyncIterator[bytes]:
        async for chunk in self._listener.stream():
            yield chunk
