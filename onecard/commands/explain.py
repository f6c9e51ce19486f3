"""`onecard explain CARD POINT [TIME]`: may this card pass there, and if not, why; exit 1 when not."""

from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session

from onecard import local_time
from onecard.commands.server._common import ConfigFile, card_id_of, load, one_line_errors, opened
from onecard.language import say
from server.services.access import access
from server.services.access.explanation import Explanation, Told
from server.services.access.explanation import explain as explained
from server.services.problems import not_found

HELP = say(
    "May a card pass a point, and if not, why (asked of the one decider).", "一张卡能否通过某点位；不能则说明原因。"
)
REFUSED = 1
MISUSED = 2


def explain(
    card: Annotated[str, typer.Argument(help=say("The card's number or id.", "卡号或卡片标识。"))],
    point: Annotated[str, typer.Argument(help=say("The point's id.", "点位标识。"))],
    config: ConfigFile,
    time: Annotated[
        str | None, typer.Argument(help=say("Local time; now when absent.", "当地时间，默认现在。"))
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=say("For scripts.", "供脚本使用。"))] = False,
) -> None:
    """The verdict, its sentences, and everything else that stands in the way."""
    try:
        asked_ms = local_time.read(time) if time is not None else None
    except ValueError as error:
        typer.echo(f"onecard: {error}", err=True)
        raise typer.Exit(MISUSED) from None
    with one_line_errors():
        settings = load(Path(config))
        transactions = opened(settings)
        with transactions.read() as session:
            at_ms = transactions.clock() if asked_ms is None else asked_ms
            _know(session, point)
            found = explained(session, settings.community, card_id_of(session, card), point, at_ms)
    if as_json:
        typer.echo(found.model_dump_json())
    else:
        tell(found)
    if not found.granted:
        raise typer.Exit(REFUSED)


def _know(session: Session, point: str) -> None:
    """The decider says of a point that nobody knows what it says of one without a policy; who typed it wants another
    answer. Problem NOT_FOUND."""
    if point not in {known.id for known in access.points(session)}:
        raise not_found("point", point)


def tell(found: Explanation) -> None:
    """For a person at the terminal."""
    when = local_time.written(found.at_ms)
    typer.echo(f"{found.card_id}  {found.point}  {when}: {found.reason.value}")
    typer.echo(say(f"Policy version: {found.policy_version or '–'}", f"策略版本：{found.policy_version or '–'}"))
    here = ", ".join(found.levels_here) or "–"
    mine = ", ".join(found.card_levels) or "–"
    typer.echo(say(f"Levels here: {here}; the card's: {mine}", f"此点位的权限组：{here}；卡的权限组：{mine}"))
    sentences(found)
    for other in found.objections[1:]:
        typer.echo("")
        typer.echo(say(f"And then: {other.rule} ({other.reason.value})", f"其次：{other.rule}（{other.reason.value}）"))
        sentences(other)


def sentences(told: Told) -> None:
    """What each of the three is told."""
    for whom, en, zh in (
        (say("at the point", "点位显示"), told.display_en, told.display_zh),
        (say("the guard", "告诉门卫"), told.guard_en, told.guard_zh),
        (say("the admin", "告诉管理员"), told.admin_en, told.admin_zh),
    ):
        typer.echo(f"  {whom}: {say(en, zh)}")
