"""`/metrics` and `/health` on loopback, for Prometheus and for people."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from card_protocol.errors import EquipmentFault
from gateway.core.health import Vitals, exposition, troubles

HOST = "127.0.0.1"
REQUEST_TIMEOUT_S = 5.0
_POLL_S = 0.2


class PortTaken(EquipmentFault):
    """Another program listens there."""


class MetricsServer:
    """Serves what `vitals` gives; None means that nothing is known yet."""

    def __init__(self, port: int, vitals: Callable[[], Vitals | None]) -> None:
        try:
            self._httpd = ThreadingHTTPServer((HOST, port), _handler(vitals))
        except OSError as error:
            raise PortTaken(f"metrics_port {port} on {HOST}: {error.strerror}") from error
        self._httpd.daemon_threads = True
        self.port = int(self._httpd.server_address[1])
        self._thread = threading.Thread(target=self._httpd.serve_forever, args=(_POLL_S,), name="metrics", daemon=True)
        self._thread.start()

    def alive(self) -> bool:
        """Whether the thread runs; the daemon looks after it."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """End."""
        self._httpd.shutdown()
        self._httpd.server_close()
        self._thread.join(REQUEST_TIMEOUT_S)


def _handler(vitals: Callable[[], Vitals | None]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = REQUEST_TIMEOUT_S

        def do_GET(self) -> None:
            """Answer one of two paths."""
            found = vitals()
            if self.path == "/metrics" and found is not None:
                self._say(200, "text/plain; version=0.0.4; charset=utf-8", exposition(found))
            elif self.path == "/health" and found is not None:
                wrong = [trouble.value for trouble in troubles(found)]
                body = json.dumps({"troubles": wrong, **found.model_dump()}, indent=2)
                self._say(503 if wrong else 200, "application/json", body + "\n")
            elif self.path in {"/metrics", "/health"}:
                self._say(503, "text/plain; charset=utf-8", "nothing is known yet\n")
            else:
                self._say(404, "text/plain; charset=utf-8", "/metrics or /health\n")

        def _say(self, status: int, kind: str, text: str) -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Prometheus asks every few seconds; nobody wants to read that."""

    return Handler
