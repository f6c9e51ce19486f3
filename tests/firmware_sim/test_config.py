"""What the person's program may be started with."""

import json

import pytest

from firmware_sim.config import SimConfig


def config(**changes: object) -> SimConfig:
    base: dict[str, object] = {"fields": [{"name": "gate"}]}
    return SimConfig.model_validate_json(json.dumps(base | changes))


def test_defaults() -> None:
    loaded = config(
        fields=[{"name": "gate"}, {"name": "desk", "kind": "vpcd"}], cards=[{"name": "a", "uid": "04a1b2c3d4e580"}]
    )
    assert [(field.kind, field.port) for field in loaded.fields] == [("udp", 0), ("vpcd", 35963)]
    assert (loaded.cards[0].kind, loaded.cards[0].uid) == ("desfire", "04A1B2C3D4E580")
    assert (loaded.state_dir, loaded.seed) == (None, None)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"fields": []}, "at least 1"),
        ({"fields": [{"name": "a"}, {"name": "a"}]}, "field names must differ: a"),
        ({"fields": [{"name": "a b"}]}, "pattern"),
        ({"fields": [{"name": "../x"}]}, "pattern"),
        ({"fields": [{"name": "a", "port": 70000}]}, "65535"),
        ({"fields": [{"name": "a", "kind": "usb"}]}, "udp"),
        ({"cards": [{"name": "a", "uid": "04A1"}]}, "id of 7 bytes"),
        ({"cards": [{"name": "a", "kind": "bank", "uid": "04A1"}]}, "4 or 7 bytes"),
        ({"cards": [{"name": "a", "uid": "zz"}]}, "hexadecimal"),
        ({"cards": [{"name": "a", "kind": "phone", "uid": "01020304"}] * 2}, "card names must differ"),
        ({"speed": 3}, "Extra"),
    ],
)
def test_refused(changes: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        config(**changes)
