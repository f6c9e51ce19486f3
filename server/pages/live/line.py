"""The connection under a live stream: what every listener of a group hears is written there as it is.

A chunk that goes through the application's layers to a thousand listeners wakes a thousand tasks, passes a dozen
coroutines in each and is copied into the same HTTP chunk a thousand times. Once the answer has begun, its body is
nothing but such chunks: they are made once, and written to the connections.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final, Protocol, cast

from uvicorn.protocols.http.h11_impl import H11Protocol

LINE: Final = "onecard.live.line"
"""Where in the state of a request (ASGI, lifespan state) its connection stands."""


class Line(Protocol):
    """What is used of asyncio.Transport."""

    def write(self, data: bytes) -> None:
        """Send, or keep until it can be sent; never waits."""
        ...

    def get_write_buffer_size(self) -> int:
        """What is kept [B]."""
        ...

    def is_closing(self) -> bool:
        """Whether it is over."""
        ...


class LineProtocol(H11Protocol):
    """uvicorn's HTTP/1.1; every request of a connection also has the connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody has called."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, LINE: transport}


def line_of(scope: Mapping[str, Any]) -> Line | None:
    """The connection of a request; None where bodies do not travel in chunks (HTTP/1.0), or under another server."""
    if scope.get("http_version") != "1.1":
        return None
    return cast(Line | None, scope.get("state", {}).get(LINE))
