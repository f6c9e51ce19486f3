"""How long the server was away, as the edge reads it from the gateway's file."""

from pathlib import Path

from edge.drivers.link_file import FRESH_MS, NEVER_MS, LinkFile
from gateway.core.health import Vitals
from gateway.drivers.health_keeper import FILE_NAME
from tests.edge.words import moment
from tests.gateway.core.test_health import vitals

NOW = moment()


def say(folder: Path, **fields: object) -> LinkFile:
    said: Vitals = vitals().model_copy(update=fields)
    (folder / FILE_NAME).write_text(said.model_dump_json())
    return LinkFile(folder)


def test_a_gateway_that_is_online_is_not_offline(tmp_path: Path) -> None:
    assert say(tmp_path, online=True, at_ms=NOW.wall_ms, heard_ms=NOW.wall_ms).offline_ms(NOW) == 0


def test_a_daemon_that_died_while_online_is_offline_since_then(tmp_path: Path) -> None:
    last_ms = NOW.wall_ms - FRESH_MS
    assert say(tmp_path, online=True, at_ms=last_ms, heard_ms=last_ms).offline_ms(NOW) == FRESH_MS


def test_the_newest_policy_is_proof_of_having_heard_something(tmp_path: Path) -> None:
    link = say(tmp_path, online=False, at_ms=NOW.wall_ms, heard_ms=NOW.wall_ms - 9000)
    assert (link.offline_ms(NOW), link.offline_ms(NOW, NOW.wall_ms - 4000)) == (9000, 4000)
    assert link.offline_ms(NOW, NOW.wall_ms + 1) == 0


def test_without_a_file_nobody_was_ever_heard(tmp_path: Path) -> None:
    link = LinkFile(tmp_path)
    assert (link.offline_ms(NOW), link.offline_ms(NOW, NOW.wall_ms - 4000)) == (NEVER_MS, 4000)
    (tmp_path / FILE_NAME).write_text("{}")
    assert link.offline_ms(NOW) == NEVER_MS
