"""The server assembled: how it begins, serves and ends, and what it says when it cannot."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import httpx
import pytest

from card_protocol.wire.identity import SERVER_NAME
from gateway.drivers.tls_files import client_context
from onecard.free_ports import free_port
from server.app import link_of, listening_socket, open_house, run, run_intake
from server.config import BrokerConfig, ServerConfig
from server.intake.worker import Intake
from server.pages import csrf
from server.services.keys import authorities
from server.services.keys.keystore import new_secrets
from server.services.keys.keystore_file import write
from server.services.keys.own_tls import OwnTls
from server.services.opening import ServerError, open_transactions
from server.services.setup import first_run
from server.services.users.passwords import Passwords
from tests.server.build import COMMUNITY, Dice

PASSPHRASE = "correct horse battery staple"
ENVIRONMENT = {"ONECARD_KEYSTORE_PASSPHRASE": PASSPHRASE}
PATIENCE_S = 30.0


@pytest.fixture
def config(tmp_path: Path) -> ServerConfig:
    write(tmp_path / "keystore", new_secrets(COMMUNITY, Dice()), PASSPHRASE, Dice(), log_n=4)
    return ServerConfig.model_validate(
        {
            "community": COMMUNITY,
            "database_url": f"sqlite:///{tmp_path / 'server.db'}",
            "keystore": {"path": str(tmp_path / "keystore")},
            "listen": {"port": free_port()},
            "gateways": {"port": free_port()},
            "broker": {"server_port": free_port()},
        }
    )


def changed(config: ServerConfig, **fields: object) -> ServerConfig:
    return ServerConfig.model_validate(config.model_dump(mode="json", exclude_none=True) | fields)


def eventually(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)


@contextlib.contextmanager
def running(config: ServerConfig) -> Iterator[str]:
    """The server in a thread of its own; no broker is there, which must not matter."""
    stop = threading.Event()
    faults: list[BaseException] = []

    def serve() -> None:
        try:
            run(config, stop, ENVIRONMENT)
        except BaseException as fault:
            faults.append(fault)

    thread = threading.Thread(target=serve)
    thread.start()
    url = f"http://127.0.0.1:{config.listen.port}"
    try:
        eventually(lambda: bool(faults) or answers(url))
        yield url
    finally:
        stop.set()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
        assert faults == []


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/api/v1/health", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def test_api_and_pages_are_served_without_a_broker_and_end_when_told(config: ServerConfig) -> None:
    with running(config) as url:
        assert httpx.get(f"{url}/", trust_env=False).headers["location"] == "/login"
        unknown = httpx.get(f"{url}/api/v1/nothing", trust_env=False)
        assert (unknown.status_code, unknown.headers["content-type"]) == (404, "application/problem+json")
    assert not answers(url)


def test_an_open_stream_does_not_keep_the_server_alive(config: ServerConfig) -> None:
    with contextlib.ExitStack() as streams:
        http = streams.enter_context(httpx.Client(trust_env=False, timeout=PATIENCE_S))
        with running(config) as url:
            http.base_url = httpx.URL(url)
            sign_in(config, http)
            stream = streams.enter_context(http.stream("GET", "/live/stream", params={"language": "en"}))
            lines = stream.iter_lines()
            assert next(lines).startswith("retry")
        # `running` has seen the server end while this stream was open; so the stream has ended too.
        assert all(line == "" or ":" in line for line in lines)


def sign_in(config: ServerConfig, http: httpx.Client) -> None:
    """As the first admin, with a password of their own."""
    transactions = open_transactions(config)
    made = first_run(transactions, Passwords(), COMMUNITY, "善贤社区")
    assert made.password is not None

    def post(path: str, **fields: str) -> httpx.Response:
        secret = http.cookies.get("onecard_session") or http.cookies.get("onecard_browser") or ""
        return http.post(path, data=fields | {"csrf": csrf.form_token(secret)})

    http.get("/login")
    assert post("/login", name="admin", password=made.password).status_code == 303
    own = "tall bamboo by the canal"
    assert post("/account/password", old=made.password, password=own, again=own).status_code == 303


def test_no_answer_waits_for_the_callers_acknowledgement_of_its_first_packet() -> None:
    with listening_socket("127.0.0.1", 0) as place, socket.create_connection(place.getsockname()) as caller:
        ours, _ = place.accept()
        with ours:
            assert ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
        assert caller.recv(1) == b""


def test_a_taken_port_is_one_clear_line(config: ServerConfig) -> None:
    taken = socket.create_server(("127.0.0.1", config.listen.port))
    with contextlib.closing(taken), pytest.raises(ServerError) as told:
        run(config, threading.Event(), ENVIRONMENT)
    assert f"port {config.listen.port} on 127.0.0.1" in str(told.value)
    assert "listen.port" in str(told.value)
    assert "\n" not in str(told.value)


def test_a_second_server_on_the_same_sqlite_file_is_refused(config: ServerConfig) -> None:
    with running(config):
        second = changed(config, listen={"port": free_port()}, gateways={"port": free_port()})
        with pytest.raises(ServerError, match="SQLite has one intake worker"):
            run(second, threading.Event(), ENVIRONMENT)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_server_whose_thread_has_died_ends_and_says_so(config: ServerConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would take in nothing any more and say nothing of it; systemd starts it again."""

    def die(_intake: Intake) -> NoReturn:
        raise SystemExit

    monkeypatch.setattr(Intake, "_next_group", die)
    with pytest.raises(ServerError, match=r"a thread has ended \(intake\)"):
        run(config, threading.Event(), ENVIRONMENT)


def test_another_intake_worker_on_sqlite_is_refused(config: ServerConfig) -> None:
    with pytest.raises(ServerError, match="set database_url to PostgreSQL"):
        run_intake(config, threading.Event(), ENVIRONMENT)


def test_links_that_share_a_broker_do_not_share_a_name(config: ServerConfig) -> None:
    tls = own_tls(config)
    names = {link_of(BrokerConfig(), tls, shared=True).client_id for _ in range(2)}
    assert len(names) == 2
    assert link_of(BrokerConfig(), tls).client_id == "onecard-server"


def own_tls(config: ServerConfig) -> OwnTls:
    house = open_house(config, ENVIRONMENT)
    return OwnTls(house.transactions, house.keystore)


def test_gateways_come_by_a_door_of_their_own(config: ServerConfig) -> None:
    with running(config):
        transactions = open_transactions(config)
        with transactions.read() as session:
            trusted = client_context(SERVER_NAME, authorities.bundle(session))
        address = f"https://127.0.0.1:{config.gateways.port}"
        with httpx.Client(base_url=address, verify=trusted, trust_env=False, timeout=PATIENCE_S) as boxes:
            assert boxes.get("/api/v1/health").status_code == 200
            assert boxes.get("/login").status_code == 404
        with pytest.raises(httpx.TransportError):
            httpx.get(f"http://127.0.0.1:{config.gateways.port}/api/v1/health", trust_env=False)


def test_the_broker_is_dialled_with_tls_unless_the_file_says_plain(config: ServerConfig) -> None:
    tls = own_tls(config)
    assert link_of(BrokerConfig(), tls)._client._ssl_context is tls.dialling
    assert link_of(BrokerConfig(plain=True), tls)._client._ssl_context is None


def test_the_house_knows_its_community_and_how_fast_its_day_passes(config: ServerConfig) -> None:
    day = {"anchor_ms": 1_000, "from_ms": 50_000, "speed": 10}
    house = open_house(changed(config, clock=day), ENVIRONMENT)
    assert (house.community, house.clock_speed) == (COMMUNITY, 10)
    assert open_house(config, ENVIRONMENT).clock_speed == 1
