"""Metrics and health on loopback."""

import json
import socket
from collections.abc import Iterator

import httpx
import pytest

from gateway.core.health import Vitals
from gateway.drivers.metrics_http import HOST, MetricsServer, PortTaken
from tests.gateway.core.test_health import vitals


class Patient:
    vitals: Vitals | None = None


@pytest.fixture
def patient() -> Patient:
    return Patient()


@pytest.fixture
def server(patient: Patient) -> Iterator[MetricsServer]:
    made = MetricsServer(0, lambda: patient.vitals)
    yield made
    made.stop()


def get(server: MetricsServer, path: str) -> httpx.Response:
    return httpx.get(f"http://{HOST}:{server.port}{path}", trust_env=False)


def test_nothing_is_known_at_first(server: MetricsServer) -> None:
    assert (get(server, "/metrics").status_code, get(server, "/health").status_code) == (503, 503)


def test_metrics(server: MetricsServer, patient: Patient) -> None:
    patient.vitals = vitals()
    answer = get(server, "/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "onecard_gateway_online 1" in answer.text.splitlines()


@pytest.mark.parametrize(("level", "status", "wrong"), [("ok", 200, []), ("full", 503, ["disk_low"])])
def test_health(server: MetricsServer, patient: Patient, level: str, status: int, wrong: list[str]) -> None:
    patient.vitals = vitals(disk_level=level)
    answer = get(server, "/health")
    assert (answer.status_code, json.loads(answer.text)["troubles"]) == (status, wrong)


def test_anything_else_is_not_there(server: MetricsServer) -> None:
    assert get(server, "/journal.db").status_code == 404


def test_it_listens_on_loopback_only(server: MetricsServer) -> None:
    assert server._httpd.server_address[0] == "127.0.0.1"


def test_a_taken_port_is_one_clear_line() -> None:
    with socket.create_server((HOST, 0)) as other, pytest.raises(PortTaken, match=r"metrics_port \d+ on 127.0.0.1"):
        MetricsServer(other.getsockname()[1], lambda: None)


def test_it_ends(patient: Patient) -> None:
    server = MetricsServer(0, lambda: patient.vitals)
    assert server.alive()
    server.stop()
    assert not server.alive()
