"""`onecard bench pages`: how long pages take by the number of residents."""

from pathlib import Path
from typing import Annotated, Any

import typer

from onecard.bench.pages import FLAT_GOAL, P95_GOAL_MS, ROUNDS, SIZES, run
from onecard.commands.bench._common import JsonFile, keep, progress, progress_ends
from onecard.language import say
from onecard.logs import set_up_logs

HELP = say("How long pages take, by the number of residents.", "各页面耗时，按居民人数。")
KEEP_HELP = say(
    "Keep the towns in this folder, and take those that are there.", "把生成的数据保存在此目录，已有的直接使用。"
)
LOAD_HELP = say("Load the towns and stop; measure them in another run.", "只生成数据，留待下次运行再测。")


def pages(
    json: JsonFile = None,
    database: Annotated[list[str] | None, typer.Option(help="postgresql, sqlite; may be repeated.")] = None,
    size: Annotated[list[int] | None, typer.Option(help="Residents; may be repeated.", min=100, max=10_000_000)] = None,
    rounds: Annotated[int, typer.Option(help="How often each page is asked for.", min=5, max=1000)] = ROUNDS,
    folder: Annotated[Path | None, typer.Option("--keep", help=KEEP_HELP, file_okay=False)] = None,
    only_load: Annotated[bool, typer.Option("--only-load", help=LOAD_HELP)] = False,
) -> None:
    """Measure and print a row for each page."""
    set_up_logs("bench", "error")
    kinds = database or list(SIZES)
    if unknown := [kind for kind in kinds if kind not in SIZES]:
        raise typer.BadParameter(f"{unknown[0]}: {', '.join(SIZES)}", param_hint="--database")
    if only_load and folder is None:
        raise typer.BadParameter(say("name a folder with --keep", "请用 --keep 指定目录"), param_hint="--only-load")
    report = run(kinds, size or (), 0 if only_load else rounds, progress, folder)
    progress_ends()
    if only_load:
        for kind, towns in report["loaded"].items():
            for town in towns:
                typer.echo(f"{kind}, {town['people']:,}: {town['settled_s']:.0f} s")
        keep(report, json)
        return
    for kind, towns in report["pages"].items():
        typer.echo(f"\n{kind}\n")
        for line in table(towns, report["growth"][kind]):
            typer.echo(line)
    told = say("goal met", "达标") if report["goal_met"] else say("goal missed", "未达标")
    typer.echo(
        say(
            f"p95 below {P95_GOAL_MS:.0f} ms everywhere, at most {FLAT_GOAL:.0f} times slower at the largest: {told}.",
            f"每个页面 p95 低于 {P95_GOAL_MS:.0f} 毫秒，最大规模最多慢 {FLAT_GOAL:.0f} 倍：{told}。",
        )
    )
    keep(report, json)


def table(towns: list[dict[str, Any]], growth: dict[str, float]) -> list[str]:
    """A row for each page: p50 and p95 of each town, and how much slower the last is than the first."""
    head = ["page", *(f"{town['people']:,}: p50 / p95 ms" for town in towns), "growth"]
    bare = ["bare look-up", *(_both(town["bare_lookup"]) for town in towns), ""]
    rows = [
        [name, *(_both(town["pages"][name]) for town in towns), f"{growth[name]:.2f}"] for name in towns[0]["pages"]
    ]
    return ["| " + " | ".join(cells) + " |" for cells in (head, ["---"] * len(head), bare, *rows)]


def _both(figures: dict[str, float]) -> str:
    return f"{figures['p50_ms']:.1f} / {figures['p95_ms']:.1f}"
