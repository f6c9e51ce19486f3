import io
import json
import logging
from pathlib import Path

import pytest
import structlog

from gateway.drivers.log_excerpt import log_excerpt
from onecard.logs import hide_bytes, keep_logs, set_up_logs


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_json_lines_away_from_a_terminal() -> None:
    stream = io.StringIO()
    set_up_logs("edge", stream=stream)
    structlog.get_logger().info("door opened", point="south gate", name_zh="南门")
    (line,) = lines(stream)
    assert {name: value for name, value in line.items() if name != "timestamp"} == {
        "event": "door opened",
        "level": "info",
        "point": "south gate",
        "name_zh": "南门",
        "program": "edge",
    }
    assert str(line["timestamp"]).endswith("Z")
    assert "南门" in stream.getvalue()


def test_the_loggers_of_libraries_take_the_same_form() -> None:
    stream = io.StringIO()
    set_up_logs("server", stream=stream)
    logging.getLogger("uvicorn.error").warning("port %d is taken", 80)
    (line,) = lines(stream)
    assert (line["event"], line["level"], line["program"]) == ("port 80 is taken", "warning", "server")


def test_a_person_at_a_terminal_gets_a_line_and_no_json() -> None:
    stream = Terminal()
    set_up_logs("edge", stream=stream)
    structlog.get_logger().info("door opened", point="gate")
    assert "door opened" in stream.getvalue()
    assert "{" not in stream.getvalue()


def test_an_error_keeps_its_traceback() -> None:
    stream = io.StringIO()
    set_up_logs("edge", stream=stream)
    try:
        raise ValueError("broken")
    except ValueError:
        structlog.get_logger().exception("caught")
    assert "ValueError: broken" in str(lines(stream)[0]["exception"])


@pytest.mark.parametrize("level", ["info", "WARNING"])
def test_the_level_decides_what_is_told(level: str) -> None:
    stream = io.StringIO()
    set_up_logs("edge", level, stream)
    structlog.get_logger().info("quiet")
    structlog.get_logger().debug("quieter")
    assert len(lines(stream)) == (1 if level == "info" else 0)


def test_the_environment_gives_the_level_and_an_unknown_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONECARD_LOG_LEVEL", "loud")
    with pytest.raises(ValueError, match="allowed are debug, info, warning, error"):
        set_up_logs("edge", stream=io.StringIO())


def test_bytes_are_told_by_their_length_only() -> None:
    stream = io.StringIO()
    set_up_logs("edge", stream=stream)
    structlog.get_logger().info("sent", apdu=b"\x90\x71\x00", key=bytearray(16))
    (line,) = lines(stream)
    assert (line["apdu"], line["key"]) == ("<3 bytes>", "<16 bytes>")
    assert hide_bytes(None, "", {"n": 3, "v": memoryview(b"ab")}) == {"n": 3, "v": "<2 bytes>"}


def test_the_newest_lines_are_kept_for_who_asks_from_afar(tmp_path: Path) -> None:
    set_up_logs("gateway", stream=io.StringIO())
    keep_logs(tmp_path / "logs", "gateway")
    structlog.get_logger().info("door opened", key=b"secret")
    logging.getLogger("uvicorn").warning("hello")
    (found, other) = log_excerpt(tmp_path / "logs")
    assert json.loads(found)["event"] == "door opened"
    assert json.loads(found)["key"] == "<6 bytes>"
    assert json.loads(other)["program"] == "gateway"
    assert (tmp_path / "logs").stat().st_mode & 0o077 == 0
    set_up_logs("gateway", stream=io.StringIO())


def test_a_folder_that_cannot_be_had_is_told(tmp_path: Path) -> None:
    stream = io.StringIO()
    set_up_logs("edge", stream=stream)
    (tmp_path / "logs").write_text("no folder")
    keep_logs(tmp_path / "logs", "edge")
    assert lines(stream)[0]["event"] == "logs_not_kept"
