"""`onecard replay EVENT`: a past tap decided again from the policy of its day; exit 1 unless it agrees."""

from pathlib import Path
from typing import Annotated

import typer

from onecard import local_time
from onecard.commands.explain import sentences
from onecard.commands.server._common import ConfigFile, load, one_line_errors, opened
from onecard.language import say
from server.services.access.replaying import Replayed
from server.services.access.replaying import replay as replayed

HELP = say(
    "Decide a past tap again from the policy of its day: it must agree.", "按当时的策略重新判定一次刷卡，结果必须一致。"
)
DISAGREES = 1


def replay(
    event: Annotated[int, typer.Argument(help=say("The event's number, as in /events.", "事件编号。"), min=1)],
    config: ConfigFile,
    as_json: Annotated[bool, typer.Option("--json", help=say("For scripts.", "供脚本使用。"))] = False,
) -> None:
    """Then and now."""
    with one_line_errors(), opened(load(Path(config))).read() as session:
        found = replayed(session, event)
    typer.echo(found.model_dump_json()) if as_json else tell(found)
    if not found.agrees:
        raise typer.Exit(DISAGREES)


def tell(found: Replayed) -> None:
    """For a person at the terminal."""
    when = local_time.written(found.wall_ms)
    if found.then_reason is None:
        said = say("is no tap: there is nothing to decide again", "不是刷卡事件，无可重判")
        typer.echo(f"{found.event}  {found.gateway}  {when}: {said}")
        return
    typer.echo(f"{found.event}  {found.gateway}  {found.point or '–'}  {found.card_id or '–'}  {when}")
    then, now = (f"{reason.value if reason else '–'} ({rule or '–'})" for reason, rule in (
        (found.then_reason, found.then_rule), (found.now_reason, found.now_rule),
    ))  # fmt: skip
    version = found.policy_version or "–"
    typer.echo(say(f"then: {then}, by policy {version}", f"当时：{then}，策略 {version}"))
    typer.echo(say(f"again: {now}", f"重判：{now}"))
    if found.told is not None:
        sentences(found.told)
    well = say("It agrees.", "结果一致。")
    ill = say(f"IT DOES NOT AGREE: {found.why_not}", f"结果不一致：{found.why_not}")
    typer.echo(well if found.agrees else ill)
