"""`onecard broker`: a taken port is one clear line."""

import socket

import pytest

from onecard.cli import main


def test_a_taken_port_is_one_clear_line(capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["broker", "--port", str(port)]) == 1
    said = capfd.readouterr().err
    assert said.count("\n") == 1
    assert f"127.0.0.1:{port}: Address already in use" in said


def test_a_port_that_is_none_is_misuse(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["broker", "--port", "70000"]) == 2
    assert "--port" in capfd.readouterr().err
