"""`onecard demo` as a person starts it: a short day with an outage and a revocation, on both reader stacks."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from onecard.free_ports import free_port

pytestmark = pytest.mark.timeout(600)

TIMEOUT_S = 500
NUMBER = (int, float)


def whole(value: object) -> bool:
    return type(value) is int and value >= 0


def seconds(value: object) -> bool:
    return type(value) in NUMBER and value >= 0


FIELDS = {
    "reader_stack": lambda value: value in ("nfc", "pcsc"),
    "points": lambda value: value == 6,
    "taps": whole,
    "granted": whole,
    "refused": lambda value: all(isinstance(reason, str) and whole(count) for reason, count in value.items()),
    "journal_events": whole,
    "server_events": whole,
    "lost": whole,
    "duplicated": whole,
    "events_during_outage": whole,
    "resync_s": seconds,
    "revoke_to_refusal_s": seconds,
    "tap_ms": lambda value: set(value) == {"p50", "p99"} and 0 < value["p50"] <= value["p99"],
    "round_trips_per_tap": lambda value: type(value) in NUMBER and 0 < value <= 4,
    "stories": lambda value: all(whole(count) for count in value.values()),
}


# The other stack is under the desk and the lunch journeys; the whole day on it is long.
@pytest.mark.parametrize("stack", ["nfc", pytest.param("pcsc", marks=[pytest.mark.pcscd, pytest.mark.soak])])
def test_a_short_day(stack: str, tmp_path: Path) -> None:
    words = ["--for", "12", "--outage", "4", "--reader", stack, "--port", str(free_port())]
    report, place = tmp_path / "r.json", tmp_path / "place"
    place.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "onecard", "demo", *words, "--report", str(report)],
        env={**os.environ, "ONECARD_LANG": "en", "TMPDIR": str(place)},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    told = json.loads(report.read_text(encoding="utf-8"))
    assert list(told) == list(FIELDS)
    assert [name for name, is_right in FIELDS.items() if not is_right(told[name])] == []
    assert told["reader_stack"] == stack
    assert (told["lost"], told["duplicated"]) == (0, 0)
    assert told["events_during_outage"] > 0
    assert told["refused"]["revoked"] >= 1
    assert told["taps"] == told["granted"] + sum(told["refused"].values())
    assert told["stories"]["incidents"] == 1
    assert told["stories"]["meals"] > 0
    assert told["stories"]["meetings_held"] + told["stories"]["meetings_adjourned"] == 1, (
        "twelve seconds may be too few"
    )
    assert (told["stories"]["missed_by_the_board"], told["stories"]["found_in_need"]) == (1, 1)
    assert told["stories"]["doors_closed_again"] > 0
    assert (told["stories"]["refused"], told["stories"]["undone"]) == (0, 0)
    assert told["server_events"] >= told["taps"]
    assert "http://127.0.0.1:" in done.stdout
    assert "One-time password: " in done.stdout
    assert list(place.iterdir()) == [], "it leaves something behind"
