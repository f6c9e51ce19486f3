"""How long each job with a card takes on the air: the model of `card_protocol.profiles.air_time` over recordings."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, Final

from card_protocol.profiles.air_time import FSC_BYTES, FSD_BYTES, RATES_KBIT, TURNAROUND_US, CardSpeed, air_time
from onecard.bench.card_jobs import Job, record_jobs

TRIPS_GOAL: Final = 4
AIR_GOAL_MS: Final = 25.0
"""Before the unlock, at 106 kbit/s."""

_HEADS: Final = {
    False: ("job", "round trips", "frames", "bytes", *(f"{rate} kbit/s" for rate in RATES_KBIT), "card itself"),
    True: ("操作", "往返", "帧", "字节", *(f"{rate} kbit/s" for rate in RATES_KBIT), "卡片自身"),
}


def run() -> dict[str, Any]:
    """The report: the assumptions, and a row a job with its milliseconds on the air by rate [kbit/s]."""
    jobs = record_jobs()
    rows = {job.name: _row(job) for job in jobs}
    tap = rows["tap"]
    return {
        "model": "ISO 14443 type A frames over recorded APDUs; the card's own time is an assumption",
        "fsd_bytes": FSD_BYTES,
        "fsc_bytes": FSC_BYTES,
        "turnaround_us": TURNAROUND_US,
        "card_speed": asdict(CardSpeed()),
        "jobs": rows,
        "goal_met": tap["round_trips"] <= TRIPS_GOAL and tap["air_ms"]["106"] <= AIR_GOAL_MS,
    }


def _row(job: Job) -> dict[str, Any]:
    times = [air_time(job.exchanges, rate) for rate in RATES_KBIT]
    slowest = times[0]
    return {
        "name_zh": job.name_zh,
        "round_trips": slowest.round_trips,
        "frames": slowest.frames,
        "bytes_on_air": slowest.bytes_on_air,
        "air_ms": {str(time.rate_kbit): time.air_ms for time in times},
        "card_ms": round(slowest.card_us / 1000, 1),
    }


def table(report: dict[str, Any], *, chinese: bool = False) -> str:
    """Markdown: one row a job, times in milliseconds."""
    head = _HEADS[chinese]
    rows = [_cells(row["name_zh"] if chinese else name, row) for name, row in report["jobs"].items()]
    return "\n".join(_line(cells) for cells in (head, ["---"] * len(head), *rows))


def _cells(name: str, row: dict[str, Any]) -> list[object]:
    return [name, row["round_trips"], row["frames"], row["bytes_on_air"], *row["air_ms"].values(), row["card_ms"]]


def _line(cells: Iterable[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"
