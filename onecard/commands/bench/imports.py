"""`onecard bench imports`: how long a list from Excel takes, and who waits meanwhile."""

import json as json_format
from pathlib import Path
from typing import Annotated

import typer

from onecard.bench.imports import GOAL_S, ROWS, run
from onecard.bench.services import DATABASES
from onecard.language import say
from onecard.logs import set_up_logs

HELP = say("How long a list of residents from Excel takes.", "导入 Excel 居民名单的耗时。")
COLUMNS = (
    "read_s",
    "keep_s",
    "dry_run_s",
    "take_over_s",
    "take_back_s",
    "cpu_s",
    "grown_mib",
    "idle_page_p95_ms",
    "page_p95_ms",
    "page_max_ms",
    "tap_p95_ms",
    "tap_max_ms",
)


def imports(
    json: Annotated[Path | None, typer.Option(help="Write the figures to this file.")] = None,
    database: Annotated[list[str] | None, typer.Option(help="sqlite, postgresql; may be repeated.")] = None,
    rows: Annotated[int, typer.Option(help="Rows of the list.", min=10, max=50_000)] = ROWS,
) -> None:
    """Measure and print a row for each kind of data base."""
    set_up_logs("bench", "error")
    kinds = database or list(DATABASES)
    if unknown := [kind for kind in kinds if kind not in DATABASES]:
        raise typer.BadParameter(f"{unknown[0]}: {', '.join(DATABASES)}", param_hint="--database")
    report = run(kinds, rows, lambda what: typer.echo(f"\r{what}", nl=False, err=True))
    typer.echo("", err=True)
    heads = ("database", *COLUMNS)
    found = ([kind, *(row[name] for name in COLUMNS)] for kind, row in report["imports"].items())
    for cells in (heads, ("---",) * len(heads), *found):
        typer.echo("| " + " | ".join(map(str, cells)) + " |")
    told = say("goal met", "达标") if report["goal_met"] else say("goal missed", "未达标")
    typer.echo(
        say(
            f"{rows:,} rows; read and inserted bare in {report['bare_s']} s. "
            f"Dry run and taking over below {GOAL_S:.0f} s each: {told}.",
            f"{rows:,} 行；仅读取并写入需 {report['bare_s']} 秒。试运行与导入各低于 {GOAL_S:.0f} 秒：{told}。",
        )
    )
    if json is not None:
        json.write_text(json_format.dumps(report, indent=2) + "\n", encoding="utf-8")
