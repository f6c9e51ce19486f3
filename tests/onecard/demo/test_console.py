"""The demo as a user of the API: what it asks for, and how a refusal is told."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from card_protocol.words.point import Point
from card_protocol.words.schedule import Schedule
from onecard.demo.community import AREAS, CARE, DESK, GATEWAY, LEVELS, ORG_UNITS, POINTS, SCHEDULES, residents
from onecard.demo.console import ConsoleClient, ConsoleError


class Server(ThreadingHTTPServer):
    """Writes down what it is asked and answers what the test wants."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, str, Any]] = []
        self.tokens: set[str | None] = set()
        self.known: set[str | None] = set()
        self.answer: Any = {"id": "x1", "claim": "c1", "fingerprint": "f1"}
        self.status = 200


class Handler(BaseHTTPRequestHandler):
    def _answer(self) -> None:
        server = self.server
        assert isinstance(server, Server)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        server.asked.append((self.command, self.path, json.loads(body) if body else None))
        server.known.add(self.headers["If-Match"])
        server.tokens.add(self.headers["Authorization"])
        text = json.dumps(server.answer).encode()
        self.send_response(server.status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = _answer

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def console(server: Server) -> Iterator[ConsoleClient]:
    client = ConsoleClient(f"http://127.0.0.1:{server.server_port}", "t0ken")
    yield client
    client.close()


def test_the_whole_community_is_entered_and_parents_come_first(server: Server, console: ConsoleClient) -> None:
    console.enter_community()
    assert [path for method, path, _ in server.asked if method == "PUT"] == [
        *(f"/api/v1/org-units/{code}" for code, _, _ in ORG_UNITS),
        *(f"/api/v1/areas/{name}" for name, _, _ in AREAS),
        *(f"/api/v1/points/{point.id}" for point in POINTS),
        *(f"/api/v1/schedules/{schedule.id}" for schedule in SCHEDULES),
        *(f"/api/v1/levels/{level.id}" for level in LEVELS),
    ]
    assert {method for method, _, _ in server.asked} == {"GET", "PUT"}
    assert server.known == {None, "*"}, "what is there is overwritten knowingly"
    assert server.tokens == {"Bearer t0ken"}
    bodies = {path.removeprefix("/api/v1/"): body for method, path, body in server.asked if method == "PUT"}
    for point in POINTS:
        assert bodies[f"points/{point.id}"].pop("gateway_id") == GATEWAY
        priced = {name: bodies[f"points/{point.id}"].pop(name, None) for name in ("price_fen", "day_limit_fen")}
        assert priced == ({"price_fen": 1200, "day_limit_fen": 2400} if point == CARE else dict.fromkeys(priced))
        assert Point.model_validate_json(json.dumps(bodies[f"points/{point.id}"])) == point
    for schedule in SCHEDULES:
        assert Schedule.model_validate_json(json.dumps(bodies[f"schedules/{schedule.id}"])) == schedule


def test_a_resident_is_entered_with_the_tail_of_their_number_only(server: Server, console: ConsoleClient) -> None:
    person = residents()[3]
    assert console.enter_resident(person) == "x1"
    assert server.asked == [
        ("POST", "/api/v1/holders", {"name": person.name, "house": person.house, "phone_tail": "0003"})
    ]


def test_a_card_is_issued_at_the_desk_and_revoked(server: Server, console: ConsoleClient) -> None:
    assert console.issue("h1", ("home",), 99) == "x1"
    console.take_step("x1", "revoke", "moved")
    (_, path, order), step = server.asked
    assert path == "/api/v1/cards"
    assert (order["holder_id"], order["desk"], order["levels"], order["valid_to_ms"]) == ("h1", DESK, ["home"], 99)
    assert step == ("POST", "/api/v1/cards/x1/revoke", {"why": "moved"})


def test_a_claim_and_the_gateway(server: Server, console: ConsoleClient) -> None:
    assert console.claim() == ("c1", "f1")
    assert console.gateway() == server.answer
    assert [entry[:2] for entry in server.asked] == [
        ("POST", f"/api/v1/gateways/{GATEWAY}/claim"),
        ("GET", f"/api/v1/gateways/{GATEWAY}"),
    ]


@pytest.mark.parametrize(
    ("desks", "connected", "empty"),
    [
        ([], False, False),
        ([{"name": DESK, "connected": False, "uid": None}], False, False),
        ([{"name": "other", "connected": True, "uid": None}], False, False),
        ([{"name": DESK, "connected": True, "uid": None}], True, True),
        ([{"name": DESK, "connected": True, "uid": "04AA"}], True, False),
    ],
)
def test_what_lies_on_the_desk(
    server: Server, console: ConsoleClient, desks: list[dict[str, Any]], connected: bool, empty: bool
) -> None:
    server.answer = {"items": desks, "next": None}
    assert (console.desk_connected(), console.desk_empty()) == (connected, empty)


def test_a_no_is_told_in_the_servers_words(server: Server, console: ConsoleClient) -> None:
    server.status, server.answer = 409, {"title": "This card is revoked already."}
    with pytest.raises(ConsoleError, match=r"POST /cards/x1/revoke: 409 .*revoked already"):
        console.take_step("x1", "revoke", "moved")
    with pytest.raises(ConsoleError, match=r"GET /desks: 409"):
        console.desk_empty()


def test_a_server_that_is_gone_is_told_in_one_line(console: ConsoleClient, server: Server) -> None:
    gone = ConsoleClient("http://127.0.0.1:1", "t0ken")
    with pytest.raises(ConsoleError, match=r"^POST /holders: ") as told:
        gone.enter_resident(residents()[0])
    assert "\n" not in str(told.value)
    gone.close()
