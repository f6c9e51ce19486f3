"""`onecard bench decide`: decisions a second, by the number of cards in the book."""

from typing import Annotated, Any

import typer

from onecard.bench.decide import PER_S_GOAL, RSS_GOAL_MIB, SIZES, SLOWDOWN_GOAL, run, table
from onecard.commands.bench._common import JsonFile, keep, progress, progress_ends
from onecard.language import is_chinese, say
from onecard.logs import set_up_logs

HELP = say(
    "How many decisions a second a gateway makes, by the number of cards.",
    "网关每秒判定次数，按卡数。",
)


def decide(
    json: JsonFile = None,
    cards: Annotated[list[int] | None, typer.Option(help="Cards in the book; may be repeated.", min=1)] = None,
    decisions: Annotated[int, typer.Option(help="Decisions a sample.", min=10, max=1_000_000)] = 20_000,
) -> None:
    """Measure and print a row for each size."""
    set_up_logs("bench", "error")
    report = run(cards or SIZES, decisions, progress)
    progress_ends()
    typer.echo(table(report, chinese=is_chinese()))
    typer.echo(_goal(report))
    keep(report, json)


def _goal(report: dict[str, Any]) -> str:
    told = say("goal met", "达标") if report["goal_met"] else say("goal missed", "未达标")
    slowdown = report["slowdown"]
    return say(
        f"At least {PER_S_GOAL} a second of one core, at most {RSS_GOAL_MIB} MiB, at most {SLOWDOWN_GOAL} times "
        f"slower at the largest ({slowdown} here): {told}.",
        f"单核每秒不少于 {PER_S_GOAL} 次、内存不超过 {RSS_GOAL_MIB} MiB、最大规模最多慢 {SLOWDOWN_GOAL} 倍"
        f"（本次 {slowdown}）：{told}。",
    )
