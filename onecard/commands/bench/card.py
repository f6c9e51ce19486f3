"""`onecard bench card`: the air-time model for every job with a card."""

import typer

from onecard.bench.card import AIR_GOAL_MS, TRIPS_GOAL, run, table
from onecard.commands.bench._common import JsonFile, keep
from onecard.language import is_chinese, say

HELP = say(
    "How long each job with a card takes on the air (a model over recorded APDUs).",
    "各种卡片操作的空中耗时（基于实录 APDU 的模型）。",
)


def card(json: JsonFile = None) -> None:
    """Print a row per job: round trips, frames, bytes, milliseconds at four rates."""
    report = run()
    typer.echo(table(report, chinese=is_chinese()))
    typer.echo(_assumptions(report))
    typer.echo(_goal(met=report["goal_met"]))
    keep(report, json)


def _assumptions(report: dict[str, object]) -> str:
    speed = report["card_speed"]
    assert isinstance(speed, dict)
    command, aes, write = speed["command_us"], speed["aes_us"], speed["write_us"]
    turnaround, fsd, fsc = report["turnaround_us"], report["fsd_bytes"], report["fsc_bytes"]
    return say(
        f"Milliseconds on the air: ISO 14443 type A, frames of {fsd} bytes to the reader and {fsc} to the card, "
        f"{turnaround} us turnaround each way. The card's own time comes on top and is an assumption: {command} us a "
        f"command, {aes} us an AES block, {write} us a write.",
        f"单位毫秒（空中）：ISO 14443 A 型，至读卡器帧长 {fsd} 字节、至卡片 {fsc} 字节，单向转换 {turnaround} 微秒。"
        f"卡片自身耗时另计，为假设值：每条命令 {command} 微秒、每个 AES 分组 {aes} 微秒、每次写入 {write} 微秒。",
    )


def _goal(*, met: bool) -> str:
    told = say("goal met", "达标") if met else say("goal missed", "未达标")
    return say(
        f"Before the unlock at most {TRIPS_GOAL} round trips and {AIR_GOAL_MS:.0f} ms at 106 kbit/s: {told}.",
        f"开锁前不超过 {TRIPS_GOAL} 次往返、106 kbit/s 下 {AIR_GOAL_MS:.0f} 毫秒：{told}。",
    )
