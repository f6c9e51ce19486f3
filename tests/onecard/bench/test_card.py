"""The figures of the air-time bench, and the README that shows them."""

from pathlib import Path

import card_protocol
from card_protocol.profiles.air_time import RATES_KBIT, air_time
from onecard.bench.card import run, table
from onecard.bench.card_jobs import record_jobs

README = Path(card_protocol.__file__).parent / "README.md"


def test_a_row_is_the_model_over_the_recording():
    report = run()
    for job in record_jobs():
        row = report["jobs"][job.name]
        for rate in RATES_KBIT:
            time = air_time(job.exchanges, rate)
            assert row["air_ms"][str(rate)] == time.air_ms
            assert (row["round_trips"], row["frames"], row["bytes_on_air"]) == (
                time.round_trips,
                time.frames,
                time.bytes_on_air,
            )
        assert row["card_ms"] == round(time.card_us / 1000, 1)


def test_the_promise_of_the_tap():
    report = run()
    assert report["jobs"]["tap"]["round_trips"] <= 4
    assert report["jobs"]["tap"]["air_ms"]["106"] <= 25
    assert report["goal_met"] is True


def test_the_readme_has_this_table():
    assert table(run()) in README.read_text(encoding="utf-8")


def test_the_table_in_chinese_has_the_same_figures():
    english, chinese = table(run()).splitlines(), table(run(), chinese=True).splitlines()
    assert [row.split(" | ")[1:] for row in english[2:]] == [row.split(" | ")[1:] for row in chinese[2:]]
    assert "刷卡" in chinese[3]
