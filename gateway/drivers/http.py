"""The server over HTTP(S), by httpx."""

import ssl
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Self, TypeVar

import httpx

from card_protocol.policy.lines import digest_of
from card_protocol.wire.enrol import ENROL_PATH, KEYS_PATH, Admission, Enrolment, EnrolRequest, Waiting
from card_protocol.wire.identity import AUTHORITIES_PATH, CERTIFICATE_PATH, TRUST_PATH, Identity, Trust
from card_protocol.wire.manifest import REQUEST_HEADER
from card_protocol.wire.offer import BLOB_PATH, Blob
from card_protocol.words.base import Word
from gateway.ports.server import ServerAway, ServerRefused

CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 30.0
ANSWER_MAX_BYTES = 64 * 1024
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_DETAIL_MAX_CHARS = 300

NO_AUTHORITY = frozenset({18, 19, 20, 21})
"""X509_verify_cert_error_string(3): self-signed, self-signed in the chain, no issuer found, no issuer for the first."""

W = TypeVar("W", bound=Word)

STRANGER = (
    "shows a certificate of an authority that this box does not know: compare the server's fingerprint"
    " (on its page, or: onecard server claim) and enrol the box anew with --fingerprint FINGERPRINT"
)


class HttpServer:
    """See `gateway.ports.server`: both `Server` and `Registrar`. `tls` None means httpx's own rules for https.

    Any thread. A client is closed by the last who talks over it, never under somebody's feet: by the time that one
    goes on, the descriptor may be a data base's, and TLS would write its alert there
    (<https://sqlite.org/howtocorrupt.html>, § 1.1).
    """

    def __init__(self, server_url: str, tls: ssl.SSLContext | None = None) -> None:
        self._url = server_url
        self._guard = threading.Lock()
        self._client: httpx.Client | None = _client(server_url, tls)
        self._talking: Counter[httpx.Client] = Counter()
        self.stranger = False
        """Whether who answered last shows a certificate of no authority that is trusted here."""

    def use(self, tls: ssl.SSLContext) -> None:
        """From now on with another context; a request that is under way ends with the one it began with."""
        self._turn_to(_client(self._url, tls))

    def authorities(self) -> str:
        """The certificates of the server's authorities in PEM: only as trustworthy as the connection."""
        _, answer = self._exchange("GET", AUTHORITIES_PATH, {}, None)
        return answer.decode("ascii", "replace")

    def enrol(self, request: EnrolRequest) -> Admission | None:
        """See the port."""
        status, answer = self._exchange("POST", ENROL_PATH, {"Content-Type": "application/json"}, request.to_bytes())
        if status == HTTPStatus.ACCEPTED:
            _read(Waiting, answer)
            return None
        return _read(Admission, answer)

    def renew(self, gateway: str, request: bytes) -> Identity:
        """See the port."""
        path = CERTIFICATE_PATH.format(gateway=gateway)
        return _read(Identity, self._exchange("POST", path, {REQUEST_HEADER: request.hex()}, None)[1])

    def trust(self, gateway: str) -> Trust:
        """See the port."""
        return _read(Trust, self._exchange("GET", TRUST_PATH.format(gateway=gateway), {}, None)[1])

    def keys(self, gateway: str, request: bytes) -> Enrolment:
        """See the port."""
        path = KEYS_PATH.format(gateway=gateway)
        return _read(Enrolment, self._exchange("GET", path, {REQUEST_HEADER: request.hex()}, None)[1])

    def blob(self, gateway: str, blob: Blob, request: bytes) -> bytes:
        """See the port. The ETag of a piece is its digest; the bytes decide."""
        path = BLOB_PATH.format(gateway=gateway, sha256=blob.sha256)
        _, data = self._exchange("GET", path, {REQUEST_HEADER: request.hex()}, None, blob.bytes)
        if len(data) != blob.bytes or digest_of(data) != blob.sha256:
            raise ValueError("these are not the bytes that were asked for")
        return data

    def close(self) -> None:
        """Close the connections."""
        self._turn_to(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _turn_to(self, client: httpx.Client | None) -> None:
        with self._guard:
            before, self._client = self._client, client
            idle = before is not None and not self._talking[before]
        if before is not None and idle:
            before.close()

    @contextmanager
    def _talk(self) -> Iterator[httpx.Client]:
        with self._guard:
            client = self._client
            if client is None:
                raise ServerAway(f"{self._url}: we have hung up")
            self._talking[client] += 1
        try:
            yield client
        finally:
            with self._guard:
                self._talking[client] -= 1
                last = not self._talking[client]
                if last:
                    del self._talking[client]
                over = last and client is not self._client
            if over:
                client.close()

    def _exchange(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None, limit: int = ANSWER_MAX_BYTES
    ) -> tuple[int, bytes]:
        try:
            with self._talk() as client, client.stream(method, path, headers=headers, content=body) as answer:
                data = _bounded(answer, limit if answer.is_success else ANSWER_MAX_BYTES)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ssl.SSLError) as error:
            self.stranger = _is_of_a_stranger(error)
            if self.stranger:
                raise ServerAway(f"{self._url} {STRANGER}") from error
            raise ServerAway(f"{self._url}: {error or type(error).__name__}") from error
        self.stranger = False
        if answer.is_success:
            return answer.status_code, data
        reason = _reason(answer.status_code, data)
        if answer.status_code in _AGAIN:
            raise ServerAway(reason)
        raise ServerRefused(reason)


def _client(server_url: str, tls: ssl.SSLContext | None) -> httpx.Client:
    # No proxy and no redirect: the box talks to its own server and to nobody else.
    return httpx.Client(
        base_url=server_url,
        timeout=httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
        trust_env=False,
        follow_redirects=False,
        verify=tls or True,
    )


def _is_of_a_stranger(error: BaseException | None) -> bool:
    """Whether TLS found no way to an authority of ours; the library's faults stand behind one another."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error is not None and error.verify_code in NO_AUTHORITY


def _read(of: type[W], answer: bytes) -> W:
    try:
        return of.from_bytes(answer)
    except ValueError as error:
        raise ServerRefused(f"the server's answer is not what was asked for: {error}") from error


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
