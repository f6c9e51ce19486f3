"""The server over HTTP(S), by httpx."""

import ssl
from typing import Self

import httpx

from card_protocol.policy.lines import digest_of
from card_protocol.wire.enrol import ENROL_PATH, KEYS_PATH, Enrolment, EnrolRequest
from card_protocol.wire.manifest import REQUEST_HEADER
from card_protocol.wire.offer import BLOB_PATH, Blob
from gateway.ports.server import ServerAway, ServerRefused

CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 30.0
ANSWER_MAX_BYTES = 64 * 1024
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_DETAIL_MAX_CHARS = 300


class HttpServer:
    """See `gateway.ports.server.Server`. `tls` None means httpx's own rules for https."""

    def __init__(self, server_url: str, tls: ssl.SSLContext | None = None) -> None:
        timeout = httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
        # No proxy and no redirect: the box talks to its own server and to nobody else.
        self._client = httpx.Client(
            base_url=server_url, timeout=timeout, trust_env=False, follow_redirects=False, verify=tls or True
        )

    def enrol(self, request: EnrolRequest) -> Enrolment:
        """See the port."""
        headers = {"Content-Type": "application/json"}
        return _enrolment(self._exchange("POST", ENROL_PATH, headers, request.to_bytes()))

    def keys(self, gateway: str, request: bytes) -> Enrolment:
        """See the port."""
        path = KEYS_PATH.format(gateway=gateway)
        return _enrolment(self._exchange("GET", path, {REQUEST_HEADER: request.hex()}, None))

    def blob(self, gateway: str, blob: Blob, request: bytes) -> bytes:
        """See the port. The ETag of a piece is its digest; the bytes decide."""
        path = BLOB_PATH.format(gateway=gateway, sha256=blob.sha256)
        data = self._exchange("GET", path, {REQUEST_HEADER: request.hex()}, None, blob.bytes)
        if len(data) != blob.bytes or digest_of(data) != blob.sha256:
            raise ValueError("these are not the bytes that were asked for")
        return data

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _exchange(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None, limit: int = ANSWER_MAX_BYTES
    ) -> bytes:
        try:
            with self._client.stream(method, path, headers=headers, content=body) as answer:
                data = _bounded(answer, limit if answer.is_success else ANSWER_MAX_BYTES)
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as error:
            raise ServerAway(f"{self._client.base_url}: {error or type(error).__name__}") from error
        if answer.is_success:
            return data
        reason = _reason(answer.status_code, data)
        if answer.status_code in _AGAIN:
            raise ServerAway(reason)
        raise ServerRefused(reason)


def _enrolment(answer: bytes) -> Enrolment:
    try:
        return Enrolment.from_bytes(answer)
    except ValueError as error:
        raise ServerRefused(f"the server's answer is no enrolment: {error}") from error


def _bounded(answer: httpx.Response, limit: int) -> bytes:
    parts, size = [], 0
    for part in answer.iter_bytes():
        size += len(part)
        if size > limit:
            raise ServerRefused(f"the server's answer is longer than {limit} bytes")
        parts.append(part)
    return b"".join(parts)


def _reason(status: int, data: bytes) -> str:
    """The problem document's own words (RFC 9457), or just the status."""
    try:
        problem = httpx.Response(status, content=data).json()
        words = problem.get("detail") or problem.get("title")
    except (ValueError, AttributeError):
        words = None
    return f"the server answers {status}" + (f": {str(words)[:_DETAIL_MAX_CHARS]}" if words else "")
