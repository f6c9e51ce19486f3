"""`onecard bench gossip`: how fast a revocation reaches doors that are offline."""

from typing import Annotated, Any

import typer

from onecard.bench.gossip import PERCENTS, Setting, run, table, usual_outages
from onecard.bench.gossip_town import DOORS_MIN
from onecard.commands.bench._common import JsonFile, keep, progress_ends, step
from onecard.language import is_chinese, say

HELP = say(
    "How fast a revocation travels on cards to doors that are offline (a simulation).",
    "吊销信息经卡片传到离线门所需时间（仿真）。",
)


def gossip(
    offline: Annotated[list[int] | None, typer.Option(help="Doors that are offline; may be repeated.", min=1)] = None,
    doors: Annotated[int, typer.Option(help="Doors of the community.", min=DOORS_MIN, max=200)] = 20,
    residents: Annotated[int, typer.Option(help="Residents with a card each.", min=1, max=50_000)] = 5000,
    days: Annotated[int, typer.Option(help="Days to follow each run.", min=1, max=7)] = 7,
    seed: Annotated[int, typer.Option(help="Seed of the first run; the others follow.")] = 1,
    runs: Annotated[int, typer.Option(help="Runs, each with another seed.", min=1, max=1000)] = 30,
    json: JsonFile = None,
) -> None:
    """Simulate and print a row for each number of offline doors."""
    if offline and max(offline) >= doors:
        raise typer.BadParameter(say("at least one door must be online", "至少须有一个门在线"), param_hint="--offline")
    setting = Setting(doors=doors, residents=residents, days=days, seed=seed, runs=runs)
    report = run(setting, offline or usual_outages(doors), step)
    progress_ends()
    typer.echo(table(report, chinese=is_chinese()))
    typer.echo(_explained(report))
    keep(report, json)


def _explained(report: dict[str, Any]) -> str:
    assumed = report["assumed"]
    hasty, lost, grant = round(100 * assumed["hasty_share"]), assumed["lost_per_day"], assumed["grant_days"]
    never = sum(row["known_hours"][str(PERCENTS[-1])]["runs_never"] for row in report["offline"].values())
    return say(
        f"Hours after the revocation: median / 95th percentile / longest of {report['runs']} runs with "
        f"{report['residents']} residents. Movements are a model; {hasty} % of taps are too short to read or write "
        f"revocations, {lost} other cards are revoked a day, grants live {grant} days. In {never} runs not all doors "
        f"knew within {report['days']} days. Files and signatures are real, each distinct one is verified once.",
        f"吊销后小时数：{report['runs']} 次仿真（{report['residents']} 名居民）的中位数 / 95 分位 / 最长。出行为模型；"
        f"{hasty}% 的刷卡过快、来不及读写吊销清单，每天另有 {lost} 张卡被吊销，授权有效期 {grant} 天。"
        f"有 {never} 次在 {report['days']} 天内未能全部知晓。文件与签名均为真实，每份不同文件只验签一次。",
    )
