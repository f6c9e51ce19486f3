"""The screen at a point: a page on loopback, for a browser in full screen beside the reader (`screen:PORT`).

Needs nothing but this process: no server, no broker, no network, no file from elsewhere. It is told what to show by
server-sent events (WHATWG HTML § 9.2); hearing nothing, it says so itself.
"""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Final, NamedTuple

import structlog

from card_protocol.errors import EquipmentFault
from card_protocol.words.reason import Reason
from card_protocol.words.sentences import Said
from card_protocol.words.service import Answer
from edge.core.screen import Showing, showing

HOST: Final = "127.0.0.1"
STREAMS_MAX: Final = 4
"""Browsers that may look at one point's screen at once."""

ALIVE_EVERY_MS: Final = 2_000
SHOW_MS: Final = 6_000
"""A browser that comes back later than this is not shown what an earlier person was told."""

REQUEST_TIMEOUT_S: Final = 10
STOP_TIMEOUT_S: Final = 5
_POLL_S: Final = 0.1

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_FILES: Final = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/screen.css": ("screen.css", "text/css; charset=utf-8"),
    "/screen.js": ("screen.js", "text/javascript; charset=utf-8"),
}

_log = structlog.get_logger()


class _Told(NamedTuple):
    number: int
    at_ns: int
    data: str


class ScreenFeedback:
    """See `Feedback`. `address` is the port; EquipmentFault when it is none or is taken. `close` ends the page."""

    def __init__(self, address: str) -> None:
        port = _port(address)
        self._news = threading.Condition()
        self._told = _Told(0, 0, "")
        self._notices = _Told(0, 0, "[]")
        self._streams = 0
        self._closing = False
        try:
            self._httpd = ThreadingHTTPServer((HOST, port), _handler(self))
        except OSError as error:
            raise EquipmentFault(f"the screen's port {port} cannot be had: {error}") from error
        self._httpd.daemon_threads = True
        self.url = f"http://{HOST}:{self._httpd.server_port}/"
        self._thread = threading.Thread(target=self._httpd.serve_forever, args=(_POLL_S,), name="screen", daemon=True)
        self._thread.start()
        _log.info("screen_ready", url=self.url)

    def show(self, reason: Reason, answer: Answer | None = None) -> None:
        """See `Feedback.show`."""
        told: Showing = showing(reason, answer)
        with self._news:
            data = json.dumps(told, ensure_ascii=False)
            self._told = _Told(self._told.number + 1, time.monotonic_ns(), data)
            self._news.notify_all()

    def announce(self, notices: tuple[Said, ...]) -> None:
        """See `NoticeScreen.announce`."""
        with self._news:
            data = json.dumps([said._asdict() for said in notices], ensure_ascii=False)
            self._notices = _Told(self._notices.number + 1, 0, data)
            self._news.notify_all()

    def close(self) -> None:
        """End the page and its streams."""
        with self._news:
            self._closing = True
            self._news.notify_all()
        self._httpd.shutdown()
        self._httpd.server_close()
        self._thread.join(STOP_TIMEOUT_S)

    @property
    def hosts(self) -> frozenset[str]:
        """What a browser beside it calls this page: a name from elsewhere that leads here is refused."""
        return frozenset(f"{name}:{self._httpd.server_port}" for name in (HOST, "localhost"))

    def frames(self) -> Iterator[bytes]:
        """What one browser is told, until the point stops or the browser has gone; none when too many look on."""
        with self._news:
            if self._streams >= STREAMS_MAX:
                return
            self._streams += 1
        try:
            yield from self._frames()
        finally:
            with self._news:
                self._streams -= 1

    def _frames(self) -> Iterator[bytes]:
        seen = hung = 0
        yield b"retry: 1000\nevent: alive\ndata: \n\n"
        while True:
            with self._news:
                if (self._told.number, self._notices.number) == (seen, hung) and not self._closing:
                    self._news.wait(ALIVE_EVERY_MS / 1000)
                if self._closing:
                    return
                told, notices = self._told, self._notices
            if notices.number != hung:
                yield f"event: notices\ndata: {notices.data}\n\n".encode()
                hung = notices.number
                if told.number == seen:
                    continue
            age_ms = (time.monotonic_ns() - told.at_ns) // 1_000_000
            if told.number > seen and age_ms < SHOW_MS:
                yield f"event: show\ndata: {told.data}\n\n".encode()
            else:
                yield b"event: alive\ndata: \n\n"
            seen = told.number


def _port(address: str) -> int:
    if address.isascii() and address.isdigit() and 0 <= int(address) < 2**16:
        return int(address)
    raise EquipmentFault(f"a screen takes the number of a port, as in screen:8011, not {address!r}")


def _handler(screen: ScreenFeedback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = REQUEST_TIMEOUT_S

        def do_GET(self) -> None:
            """The page, its two files, or the stream."""
            path = self.path.partition("?")[0]
            if self.headers.get("Host") not in screen.hosts:
                self._say(421, "text/plain", b"this page is for the browser beside the reader\n")
            elif path == "/events":
                self._stream()
            elif path in _FILES:
                name, kind = _FILES[path]
                self._say(200, kind, files("edge.drivers").joinpath("screen", name).read_bytes())
            else:
                self._say(404, "text/plain", b"there is one page here: /\n")

        def _stream(self) -> None:
            frames = screen.frames()
            first = next(frames, None)
            if first is None:
                self._say(503, "text/plain", b"too many browsers look at this screen\n")
                return
            self._head(200, "text/event-stream; charset=utf-8")
            try:
                self.wfile.write(first)
                for frame in frames:
                    self.wfile.write(frame)
            except OSError:
                _log.debug("screen_left")
            finally:
                frames.close()  # type: ignore[attr-defined]

        def _say(self, status: int, kind: str, body: bytes) -> None:
            self._head(status, kind, len(body))
            self.wfile.write(body)

        def _head(self, status: int, kind: str, length: int | None = None) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            if length is not None:
                self.send_header("Content-Length", str(length))
            for name, value in _HEADERS.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """A page that is looked at all day: nobody wants to read that."""

    return Handler
