"""The server over HTTP, against a small one of our own that answers whatever a test wants."""

import os
import socket
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from card_protocol.policy.buckets import encode_bucket
from card_protocol.wire.enrol import ENROL_PATH, KEYS_PATH, Admission, Enrolment, EnrolRequest, Waiting
from card_protocol.wire.identity import (
    AUTHORITIES_PATH,
    BROKER_NAME,
    CERTIFICATE_PATH,
    SERVER_NAME,
    TRUST_PATH,
    Identity,
    Trust,
)
from card_protocol.wire.manifest import REQUEST_HEADER
from gateway.drivers.http import ANSWER_MAX_BYTES, HttpServer
from gateway.drivers.tls_files import client_context
from gateway.ports.server import ServerAway, ServerRefused
from server.services.keys.certificates import new_authority
from tests.gateway.drivers.test_tls_files import server_context
from tests.gateway.policies import Shelf, card, piece
from tests.gateway.world import BOX, COMMUNITY, GATEWAY, SERVER
from tests.support.identity import AUTHORITY, now_ms


class Answering:
    """`status` and `body` are what it says to everything; `asked` is what it heard."""

    def __init__(self) -> None:
        self.status, self.body = 200, b""
        self.headers: dict[str, str] = {}
        self.first: tuple[int, bytes] | None = None
        """What it says once, before that."""
        self.asked: list[tuple[str, str, bytes, str | None]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.reply(b"")

            def do_POST(self) -> None:
                self.reply(self.rfile.read(int(self.headers.get("Content-Length", 0))))

            def reply(self, body: bytes) -> None:
                outer.asked.append((self.command, self.path, body, self.headers.get(REQUEST_HEADER)))
                status, said = outer.first or (outer.status, outer.body)
                outer.first = None
                self.send_response(status)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._httpd.server_address[1]}"
        threading.Thread(target=self._httpd.serve_forever, args=(0.02,), daemon=True).start()

    def speak_tls(self, context: ssl.SSLContext) -> None:
        self._httpd.socket = context.wrap_socket(self._httpd.socket, server_side=True)
        self.url = self.url.replace("http:", "https:")

    def close(self) -> None:
        self._httpd.shutdown()
        self._httpd.server_close()


@pytest.fixture
def answering() -> Iterator[Answering]:
    server = Answering()
    yield server
    server.close()


ASKED = EnrolRequest(
    claim="c" * 32,
    signing_key=BOX.verifier.public_bytes.hex(),
    box_key=BOX.verifier.public_bytes.hex(),
    tls_request="00",
)
PLACE = Enrolment(
    gateway=GATEWAY,
    community=COMMUNITY,
    server_key=SERVER.verifier.public_bytes.hex(),
    grant_key=SERVER.verifier.public_bytes.hex(),
    wrapped_keys="00",
)
ISSUED = Identity(certificate="certificate", authorities="authorities")
ADMITTED = Admission(place=PLACE, identity=ISSUED)
SHELF: Shelf = {}
DATA = encode_bucket([card(n) for n in range(20)])[1]
PIECE = piece(SHELF, DATA)


def test_enrolling(answering: Answering) -> None:
    answering.status, answering.body = 202, Waiting(mark="0123-4567-89AB-CDEF").to_bytes()
    with HttpServer(answering.url) as server:
        assert server.enrol(ASKED) is None
        answering.asked.clear()
        answering.status, answering.body = 200, ADMITTED.to_bytes()
        assert server.enrol(ASKED) == ADMITTED
    ((method, path, body, _),) = answering.asked
    assert (method, path, EnrolRequest.from_bytes(body)) == ("POST", ENROL_PATH, ASKED)


def test_asking_for_keys(answering: Answering) -> None:
    answering.body = PLACE.to_bytes()
    with HttpServer(answering.url) as server:
        assert server.keys(GATEWAY, b"signed") == PLACE
    ((method, path, _, request),) = answering.asked
    assert (method, path) == ("GET", KEYS_PATH.format(gateway=GATEWAY))
    assert request == b"signed".hex()


def test_certificates_and_whom_to_trust(answering: Answering) -> None:
    with HttpServer(answering.url) as server:
        answering.body = ISSUED.to_bytes()
        assert server.renew(GATEWAY, b"sealed") == ISSUED
        answering.body = Trust(gateway=GATEWAY, authorities="authorities", renew=True).to_bytes()
        assert server.trust(GATEWAY).renew
        answering.body = b"PEM"
        assert server.authorities() == "PEM"
    assert [(method, path, header) for method, path, _, header in answering.asked] == [
        ("POST", CERTIFICATE_PATH.format(gateway=GATEWAY), b"sealed".hex()),
        ("GET", TRUST_PATH.format(gateway=GATEWAY), None),
        ("GET", AUTHORITIES_PATH, None),
    ]


def test_who_shows_a_certificate_of_another_authority_is_a_stranger(answering: Answering) -> None:
    other = new_authority("330105009012", 2, now_ms(), os.urandom)
    answering.speak_tls(server_context(SERVER_NAME, other))
    answering.body = Trust(gateway=GATEWAY, authorities="authorities").to_bytes()
    with HttpServer(answering.url, client_context(SERVER_NAME, AUTHORITY.certificate)) as server:
        assert not server.stranger
        with pytest.raises(ServerAway, match="--fingerprint FINGERPRINT"):
            server.trust(GATEWAY)
        assert server.stranger
        server.use(client_context(SERVER_NAME, other.certificate))
        server.trust(GATEWAY)
        assert not server.stranger
        server.use(client_context(BROKER_NAME, other.certificate))
        with pytest.raises(ServerAway, match="CERTIFICATE_VERIFY_FAILED"):
            server.trust(GATEWAY)
        assert not server.stranger, "of our authority, and another name"


def test_a_refusal_keeps_the_servers_words(answering: Answering) -> None:
    answering.status, answering.body = 403, b'{"title": "Forbidden", "detail": "The claim was used."}'
    with HttpServer(answering.url) as server, pytest.raises(ServerRefused, match="403: The claim was used"):
        server.enrol(ASKED)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"title": 7}', b"\xff"])
def test_a_refusal_in_any_words_is_one(answering: Answering, body: bytes) -> None:
    answering.status, answering.body = 404, body
    with HttpServer(answering.url) as server, pytest.raises(ServerRefused, match="answers 404"):
        server.enrol(ASKED)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_cannot_now_is_away(answering: Answering, status: int) -> None:
    answering.status = status
    with HttpServer(answering.url) as server, pytest.raises(ServerAway, match=str(status)):
        server.enrol(ASKED)


def test_a_server_that_is_not_there_is_away(answering: Answering) -> None:
    answering.close()
    with HttpServer(answering.url) as server, pytest.raises(ServerAway):
        server.enrol(ASKED)


def test_an_answer_that_is_none(answering: Answering) -> None:
    answering.body = b'{"gateway": "BAD NAME"}'
    with HttpServer(answering.url) as server, pytest.raises(ServerRefused, match="not what was asked for"):
        server.enrol(ASKED)


def test_an_answer_without_end(answering: Answering) -> None:
    answering.body = b"x" * (ANSWER_MAX_BYTES + 1)
    with HttpServer(answering.url) as server, pytest.raises(ServerRefused, match="longer than"):
        server.enrol(ASKED)


def test_nobody_is_followed_elsewhere(answering: Answering) -> None:
    answering.status, answering.headers = 302, {"Location": "http://127.0.0.1:1/"}
    with HttpServer(answering.url) as server, pytest.raises(ServerRefused, match="302"):
        server.enrol(ASKED)
    assert len(answering.asked) == 1


def test_fetching_a_piece(answering: Answering) -> None:
    answering.body = DATA
    with HttpServer(answering.url) as server:
        assert server.blob(GATEWAY, PIECE, b"\xab\xcd") == DATA
    ((method, path, _, header),) = answering.asked
    assert (method, header) == ("GET", "abcd")
    assert path == f"/api/v1/gateways/{GATEWAY}/blobs/{PIECE.sha256}"


@pytest.mark.parametrize("data", [DATA[:-1], DATA[:-1] + b"?", b""], ids=["cut", "altered", "nothing"])
def test_other_bytes_than_were_named(answering: Answering, data: bytes) -> None:
    answering.body = data
    with HttpServer(answering.url) as server, pytest.raises(ValueError, match="not the bytes that were asked for"):
        server.blob(GATEWAY, PIECE, b"")


def test_more_bytes_than_were_named(answering: Answering) -> None:
    answering.body = DATA + b"more"
    with HttpServer(answering.url) as server, pytest.raises(ServerRefused, match="longer than"):
        server.blob(GATEWAY, PIECE, b"")


def test_who_waits_for_an_answer_keeps_the_descriptor_until_it_has_come(tmp_path: Path) -> None:
    """Closed under who waits, it would go to the next file that is opened, and TLS would write its alert there."""
    asked, answer, told = threading.Event(), threading.Event(), []
    with socket.create_server(("127.0.0.1", 0)) as place:

        def serve() -> None:
            with server_context(SERVER_NAME).wrap_socket(place.accept()[0], server_side=True) as line:
                line.recv(65536)
                asked.set()
                answer.wait(10)
                line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

        def ask() -> None:
            try:
                told.append(server.authorities())
            except ServerAway as fault:
                told.append(str(fault))

        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        context = client_context(SERVER_NAME, AUTHORITY.certificate)
        with HttpServer(f"https://127.0.0.1:{place.getsockname()[1]}", context) as server:
            asking = threading.Thread(target=ask)
            asking.start()
            assert asked.wait(10)
            server.use(client_context(SERVER_NAME, AUTHORITY.certificate))
            victim = tmp_path / "victim"
            victim.write_bytes(b"SQLite format 3\0")
            with victim.open("r+b"):
                answer.set()
                asking.join(10)
            assert (told, victim.read_bytes()) == (["{}"], b"SQLite format 3\0")
        serving.join(10)


def test_who_hung_up_has_no_server(answering: Answering) -> None:
    server = HttpServer(answering.url)
    server.close()
    with pytest.raises(ServerAway, match="hung up"):
        server.authorities()
