"""What is wrong with a gateway, and the same for Prometheus."""

import re

import pytest

from gateway.core.health import KEYS_ENDING_MS, POLICY_OLD_MS, Trouble, Vitals, exposition, troubles
from tests.gateway.world import GATEWAY, NOON_MS


def vitals(**changed: object) -> Vitals:
    fields = {
        "gateway": GATEWAY,
        "at_ms": NOON_MS,
        "mono_ms": 1000,
        "uptime_ms": 90_000,
        "online": True,
        "offline_ms": 0,
        "phase": "idle",
        "head_seq": 120,
        "acked_seq": 117,
        "stuck_ms": 0,
        "policy_version": 4,
        "policy_expires_ms": NOON_MS + 5 * POLICY_OLD_MS,
        "rev_seq": 9,
        "keys_oldest": 1,
        "keys_newest": 2,
        "keys_until_ms": NOON_MS + 2 * KEYS_ENDING_MS,
        "clock": "ntp",
        "disk_level": "ok",
        "disk_used": 0.25,
        "disk_free_bytes": 1 << 40,
        "old_journals": 0,
    }
    return Vitals.model_validate(fields | changed)


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({}, []),
        ({"policy_version": 0, "policy_expires_ms": 0}, [Trouble.POLICY_MISSING]),
        ({"policy_expires_ms": NOON_MS}, [Trouble.POLICY_EXPIRED]),
        ({"policy_expires_ms": NOON_MS + 1}, [Trouble.POLICY_OLD]),
        ({"disk_level": "prune"}, [Trouble.DISK_LOW]),
        ({"stuck_ms": 60_000}, [Trouble.SYNC_STUCK]),
        ({"stuck_ms": 59_999}, []),
        ({"stuck_ms": 60_000, "online": False, "offline_ms": 10}, []),
        ({"online": False, "offline_ms": 60_000}, [Trouble.LINK_DOWN]),
        ({"online": False, "offline_ms": 60_000, "server_strange": True}, [Trouble.SERVER_STRANGE]),
        ({"keys_until_ms": NOON_MS}, [Trouble.KEYS_OVER]),
        ({"keys_until_ms": NOON_MS + 1}, [Trouble.KEYS_ENDING]),
        ({"clock": "floor"}, [Trouble.CLOCK_UNSURE]),
        ({"clock": "unknown", "disk_level": "full"}, [Trouble.DISK_LOW, Trouble.CLOCK_UNSURE]),
    ],
)
def test_what_is_wrong(changed: dict[str, object], wrong: list[Trouble]) -> None:
    assert troubles(vitals(**changed)) == wrong


def test_what_waits() -> None:
    assert (vitals().waiting, vitals(acked_seq=500).waiting) == (3, 0)


def test_prometheus_can_read_it() -> None:
    lines = exposition(vitals(disk_level="full")).splitlines()
    samples = [line for line in lines if not line.startswith("#")]
    sample = re.compile(r'^onecard_gateway_[a-z_]+(\{[a-z]+="[a-z_]+"\})? -?[0-9.e+]+$')
    assert all(sample.match(line) for line in samples)
    for line in samples:
        name = re.split(r"[{ ]", line)[0]
        assert f"# TYPE {name} gauge" in lines
    assert "onecard_gateway_journal_waiting 3" in lines
    assert f"onecard_gateway_disk_free_bytes {1 << 40}" in lines
    assert 'onecard_gateway_trouble{kind="disk_low"} 1' in lines
    assert 'onecard_gateway_trouble{kind="link_down"} 0' in lines
    assert 'onecard_gateway_clock{source="ntp"} 1' in lines
