"""The fixtures of tests/support do what they say, on the real programs."""

import http.server
import threading
from typing import Any

import paho.mqtt.client as mqtt
import psycopg
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from scripts import system_parts
from tests.support import condition
from tests.support.mosquitto import Mosquitto


def publish_and_read_back(port: int) -> bytes:
    """One QoS 1 message through the broker, seen by its own publisher."""
    arrived = threading.Event()
    seen: list[bytes] = []
    client = mqtt.Client(CallbackAPIVersion.VERSION2)

    def on_message(_client: Any, _data: Any, message: mqtt.MQTTMessage) -> None:
        seen.append(bytes(message.payload))
        arrived.set()

    def on_connect(*_: Any) -> None:
        client.subscribe("t", qos=1)

    def on_subscribe(*_: Any) -> None:
        client.publish("t", b"hello", qos=1)

    client.on_message = on_message
    client.on_connect = on_connect
    client.on_subscribe = on_subscribe
    client.connect("127.0.0.1", port)
    client.loop_start()
    try:
        assert arrived.wait(20)
    finally:
        client.disconnect()
        client.loop_stop()
    return seen[0]


def test_a_broker_passes_a_message_and_comes_back_on_its_port_after_a_kill(mosquitto: Mosquitto) -> None:
    assert publish_and_read_back(mosquitto.port) == b"hello"
    port = mosquitto.port
    mosquitto.kill()
    assert not mosquitto.is_running()
    mosquitto.start()
    assert mosquitto.port == port
    assert publish_and_read_back(port) == b"hello"


def tables_of(url: str) -> int:
    """Make a table `t` and count the tables there are."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE t (n int)")
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("_turn", [1, 2])
def test_every_test_gets_an_empty_database(postgres_url: str, _turn: int) -> None:
    assert tables_of(postgres_url) == 1


class Hello(http.server.BaseHTTPRequestHandler):
    """A page in Chinese that asks for a script on another host when its address says so."""

    def do_GET(self) -> None:
        script = '<script src="http://cdn.example.org/a.js"></script>' if "cdn" in self.path else ""
        page = f'<html><link rel="icon" href="data:,"><h1>善贤社区</h1>{script}</html>'
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *_: object) -> None:
        """Be quiet."""


@pytest.fixture
def site() -> Any:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hello)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(10)
    server.server_close()


class TestChromium:
    def test_shows_a_page_of_this_machine(self, open_page: Any, site: str) -> None:
        page = open_page(base_url=site)
        page.goto("/")
        assert page.inner_text("h1") == "善贤社区"
        assert page.evaluate("navigator.language") == "zh-CN"

    def test_a_page_that_wants_a_cdn_is_noticed(self, open_page: Any, site: str, page_complaints: list[str]) -> None:
        open_page(base_url=site).goto("/?cdn")
        assert any("ERR_NAME_NOT_RESOLVED" in line for line in page_complaints)
        page_complaints.clear()


def nothing_there(package: str) -> list[system_parts.Part]:
    """Every probe looks for a file that does not exist."""
    return [system_parts.Part(package, ("/nonexistent/*",), "a test")]


def test_a_missing_part_skips_on_a_desk_and_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_parts, "PARTS", tuple(nothing_there("mosquitto")))
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="broker: missing system packages: mosquitto"):
        condition.require("broker")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="apt-get install mosquitto"):
        condition.require("broker")


def test_every_condition_is_a_known_mark(pytestconfig: pytest.Config) -> None:
    marks = {line.split(":")[0] for line in pytestconfig.getini("markers")}
    assert set(condition.CONDITIONS) <= marks
