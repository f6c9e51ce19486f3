"""The listeners of `onecard bench live`: a process with as many open streams as asked, each of which notes when it
heard which tap. Nothing of a browser is here but its request and its patience.
"""

import asyncio
import time
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from typing import Final

from onecard.bench.figures import percentile, rounded

MARK: Final = b'"key":"tap-'
"""What stands before a tap's number in its frame (server.pages.live.frames)."""
HELLO: Final = b"event: beat"
NUMBER_MAX_BYTES: Final = 20
OPEN_AT_ONCE: Final = 50
OPEN_TIMEOUT_S: Final = 60.0
LINGER_S: Final = 2.0
"""After the last tap: what comes later counts as not delivered."""


@dataclass(frozen=True)
class CrowdPlan:
    """How many listen, where, and with which requests (in turn)."""

    port: int
    listeners: int
    requests: tuple[bytes, ...]


@dataclass(frozen=True)
class CrowdReport:
    """What all of them heard together."""

    expected: int
    heard: int
    """Taps heard, each once per listener."""
    p50_ms: float
    p99_ms: float

    @property
    def delivered_ratio(self) -> float:
        """1.0 when nobody missed anything."""
        return rounded(self.heard / self.expected) if self.expected else 0.0


class Ear(asyncio.Protocol):
    """One stream."""

    def __init__(self, request: bytes, number: int, heard: "Heard") -> None:
        self._request, self._number, self._heard = request, number, heard
        self._rest = b""
        self.open = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Find the taps in what has come; a number that is cut off waits for its other half."""
        now = time.monotonic()
        data = self._rest + data
        if not self.open.done() and HELLO in data:
            self.open.set_result(None)
        place, end = data.find(MARK), 0
        while place >= 0:
            stop = data.find(b'"', place + len(MARK))
            if stop < 0:
                end = place
                break
            self._heard.note(int(data[place + len(MARK) : stop]), now)
            end = stop
            place = data.find(MARK, stop)
        self._rest = data[max(end, len(data) - len(MARK) - NUMBER_MAX_BYTES) :]

    def connection_lost(self, _error: Exception | None) -> None:
        """See asyncio.Protocol."""
        if not self.open.done():
            self.open.set_exception(ConnectionError(f"listener {self._number} was sent away"))


class Heard:
    """When each tap came, by its number."""

    def __init__(self) -> None:
        self._moments: dict[int, array[float]] = {}

    def note(self, tap: int, moment_s: float) -> None:
        """Somebody has heard it."""
        self._moments.setdefault(tap, array("d")).append(moment_s)

    def report(self, told: Mapping[int, float], listeners: int) -> CrowdReport:
        """Against when they were told [s]; what was not told now does not count."""
        late_ms = [(moment - at) * 1000 for tap, at in told.items() for moment in self._moments.get(tap, ())]
        if not late_ms:
            return CrowdReport(len(told) * listeners, 0, 0.0, 0.0)
        ordered = sorted(late_ms)
        return CrowdReport(
            len(told) * listeners, len(ordered), rounded(percentile(ordered, 50)), rounded(percentile(ordered, 99))
        )


def run_crowd(plan: CrowdPlan, pipe: Connection) -> None:
    """In a process of its own: listen, say so, and report once the times are known."""
    asyncio.run(_listen(plan, pipe))


async def _listen(plan: CrowdPlan, pipe: Connection) -> None:
    heard = Heard()
    ears = [Ear(plan.requests[n % len(plan.requests)], n, heard) for n in range(plan.listeners)]
    for start in range(0, len(ears), OPEN_AT_ONCE):
        await _open(plan.port, ears[start : start + OPEN_AT_ONCE])
    pipe.send("ready")
    told = await asyncio.to_thread(pipe.recv)
    await asyncio.sleep(LINGER_S)
    pipe.send(heard.report(told, plan.listeners))
    for ear in ears:
        if ear.transport is not None:
            ear.transport.abort()


async def _open(port: int, ears: Sequence[Ear]) -> None:
    loop = asyncio.get_running_loop()
    for ear in ears:
        await loop.create_connection(partial(_it, ear), "127.0.0.1", port)
    await asyncio.wait_for(asyncio.gather(*(ear.open for ear in ears)), OPEN_TIMEOUT_S)


def _it(ear: Ear) -> Ear:
    return ear


def request(path: str, cookie: str = "") -> bytes:
    """A GET as a browser sends it for a stream (RFC 9112)."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: text/event-stream", "Cache-Control: no-store"]
    lines += [f"Cookie: {cookie}"] if cookie else []
    return "\r\n".join([*lines, "", ""]).encode()
