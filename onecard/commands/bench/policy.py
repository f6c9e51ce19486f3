"""`onecard bench policy`: what a policy and a small change of it cost, by the number of cards."""

from typing import Annotated

import typer

from onecard.bench.policy import FLAT_GOAL, SIZES, run
from onecard.commands.bench._common import JsonFile, keep, progress, progress_ends
from onecard.language import say
from onecard.logs import set_up_logs

HELP = say(
    "What a policy and a change of fifty cards cost, by the number of cards.",
    "下发策略与变更五十张卡的开销，按卡数。",
)
COLUMNS = ("cards", "build_s", "snapshot_bytes", "apply_s", "bare_s", "delta_build_s", "delta_bytes", "delta_apply_s")


def policy(
    json: JsonFile = None,
    cards: Annotated[list[int] | None, typer.Option(help="Cards; may be repeated.", min=1)] = None,
) -> None:
    """Measure and print a row for each size."""
    set_up_logs("bench", "error")
    report = run(cards or SIZES, progress)
    progress_ends()
    for cells in (COLUMNS, ("---",) * len(COLUMNS), *([row[name] for name in COLUMNS] for row in report["policy"])):
        typer.echo("| " + " | ".join(map(str, cells)) + " |")
    told = say("goal met", "达标") if report["goal_met"] else say("goal missed", "未达标")
    growth = report["delta_growth"]
    typer.echo(
        say(
            f"The delta costs at most {FLAT_GOAL} times as much at the largest ({growth} here): {told}.",
            f"最大规模的增量开销最多为最小规模的 {FLAT_GOAL} 倍（本次 {growth}）：{told}。",
        )
    )
    keep(report, json)
