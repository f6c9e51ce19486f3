"""What an installer may write."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from card_protocol.words.point import LateCommit
from edge import config
from edge.config import DeskConfig, EdgeConfig
from edge.drivers.registry import CARD_READERS, Registry

HARDWARE = Path(__file__).parents[2] / "hardware.md"
POINT = {"id": "gate-1", "reader": "nfc:udp:127.0.0.1:5"}
EDGE: dict[str, Any] = {"state_dir": "/var/lib/onecard", "points": [POINT]}
DESK: dict[str, Any] = {"desk": "desk-1", "server": "https://onecard.example", "token": "x" * 20, "reader": "pcsc:ACS"}


def test_what_is_left_out_has_a_safe_value() -> None:
    edge = EdgeConfig.model_validate(EDGE)
    [point] = edge.points
    assert edge.state_dir == Path("/var/lib/onecard")
    assert (point.lock, point.unlock_ms, point.commit_deadline_ms) == ("none", 3000, 250)
    assert point.late_commit is LateCommit.STAY_CLOSED


@pytest.mark.parametrize(
    ("model", "data", "said"),
    [
        (EdgeConfig, EDGE | {"points": []}, "at least 1"),
        (EdgeConfig, EDGE | {"point": 1}, "not permitted"),
        (EdgeConfig, EDGE | {"points": [POINT | {"lokc": "sim"}]}, "not permitted"),
        (EdgeConfig, EDGE | {"points": [POINT | {"reader": "usb:1"}]}, "must start with one of: nfc, osdp, pcsc"),
        (EdgeConfig, EDGE | {"points": [POINT | {"lock": "magic"}]}, "one of: gpio, none, osdp, relay, sim"),
        (EdgeConfig, EDGE | {"points": [POINT | {"unlock_ms": 0}]}, "greater than or equal to 100"),
        (EdgeConfig, EDGE | {"points": [POINT, POINT | {"reader": "nfc:x"}]}, "same id: gate-1"),
        (EdgeConfig, EDGE | {"points": [POINT, POINT | {"id": "gate-2"}]}, "same reader"),
        (EdgeConfig, EDGE | {"points": [POINT | {"door": {"contact": "osdp:north/0"}}]}, "has no door with wires"),
        (EdgeConfig, EDGE | {"points": [POINT | {"lock": "sim", "door": {"contact": "sim:1"}}]}, "one of: gpio, osdp"),
        (EdgeConfig, EDGE | {"points": [POINT | {"lock": "sim", "door_of": "gate-2"}]}, "not both"),
        (EdgeConfig, EDGE | {"points": [POINT | {"door_of": "gate-2"}]}, "door_of gate-2, which has no lock"),
        (EdgeConfig, EDGE | {"points": [POINT | {"floors": {"one": "sim"}}]}, "match pattern"),
        (
            EdgeConfig,
            EDGE
            | {"points": [POINT | {"lock": "osdp:n/0"}, POINT | {"id": "x", "reader": "nfc:x", "lock": "osdp:n/0"}]},
            r"same lock \(osdp:n/0\): one says door_of",
        ),
        (DeskConfig, DESK | {"reader": "osdp:north"}, "must start with one of: nfc, pcsc"),
        (DeskConfig, DESK | {"server": "ftp://onecard.example"}, "match pattern"),
        (DeskConfig, DESK | {"server": "https://onecard.example/path"}, "match pattern"),
        (DeskConfig, DESK | {"token": "short"}, "at least 16"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_is_allowed(
    model: type[BaseModel], data: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        model.model_validate(data)


def test_a_desks_token_does_not_print() -> None:
    assert "xxxx" not in repr(DeskConfig.model_validate(DESK))


def test_a_point_names_its_devices() -> None:
    door = {"contact": "osdp:north/0", "rex": "osdp:north/1", "sounder": "osdp:north"}
    point = POINT | {"reader": "osdp:north", "lock": "osdp:north/0", "door": door}
    [found] = EdgeConfig.model_validate(EDGE | {"points": [point]}).points
    assert found.has_lock
    assert found.door.inputs == {"contact": "osdp:north/0", "rex": "osdp:north/1"}
    assert set(found.devices) == {"osdp:north", "osdp:north/0", "osdp:north/1", "log"}
    assert not EdgeConfig.model_validate(EDGE).points[0].has_lock


def test_a_sign_of_duress_is_keys_or_a_button_and_does_not_print() -> None:
    sign = {"code": "99#", "button": "gpio:/dev/gpiochip0/5"}
    [point] = EdgeConfig.model_validate(EDGE | {"points": [POINT | {"reader": "osdp:north", "duress": sign}]}).points
    assert point.has_sign
    assert "gpio:/dev/gpiochip0/5" in point.devices
    assert "99#" not in repr(point)
    assert not EdgeConfig.model_validate(EDGE).points[0].has_sign
    for wrong in ("1", "12a", "1" * 13):
        with pytest.raises(ValidationError):
            config.DuressConfig(code=wrong)


def test_the_file_allows_the_drivers_that_there_are(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    assert set(registry.readers) == config.READER_DRIVERS
    assert set(CARD_READERS) == config.CARD_READER_DRIVERS
    assert set(registry.locks) == config.LOCK_DRIVERS
    assert set(registry.feedbacks) == config.FEEDBACK_DRIVERS
    assert set(registry.sounders) == config.SOUNDER_DRIVERS
    assert set(registry.inputs) == config.INPUT_DRIVERS
    assert set(registry.keypads) == config.KEYPAD_DRIVERS


@pytest.mark.parametrize("prefix", sorted(config.READER_DRIVERS | config.LOCK_DRIVERS | config.INPUT_DRIVERS))
def test_whatever_an_installer_may_write_stands_in_the_hardware_table(prefix: str) -> None:
    """Whichever file the driver is in: a line in the registry without a row in the table fails here."""
    rows = [line for line in HARDWARE.read_text(encoding="utf-8").splitlines() if line.startswith("| `edge/drivers/")]
    assert any(re.search(rf"`{prefix}[:`]", row) for row in rows), f"hardware.md has no row for {prefix}:"


def test_a_door_with_two_readers_and_a_lift_open_something() -> None:
    inside = {"id": "gate-out", "reader": "nfc:x", "door_of": "gate-1"}
    lift = {"id": "lift", "reader": "nfc:y", "floors": {"-1": "relay:/dev/ttyUSB1/1", "12": "relay:/dev/ttyUSB1/2"}}
    edge = EdgeConfig.model_validate(EDGE | {"points": [POINT | {"lock": "sim"}, inside, lift]})
    assert [point.opens_something for point in edge.points] == [True, True, True]
    assert {"relay:/dev/ttyUSB1/1", "relay:/dev/ttyUSB1/2"} <= set(edge.points[2].devices)
    assert not EdgeConfig.model_validate(EDGE).points[0].opens_something
