"""`onecard server command GATEWAY ACTION`: order something at a gateway's points, as the page does."""

import time
from collections.abc import Mapping
from typing import Annotated, Final

import typer

from card_protocol.wire.command import Action, Outcome
from onecard.commands.server._common import FAILED, ConfigFile, load, one_line_errors, opened
from onecard.language import say
from server.services.gateways import commands
from server.services.gateways.commands import CommandIn, CommandState, CommandView
from server.services.work import SYSTEM, Transactions

HELP = say("Order something at a gateway: open, hold, lock down …", "向网关下达指令：开门、常开、封闭等。")
MISUSED = 2
WAIT_S = 8.0
"""So long it is watched what becomes of it. A gateway that is away hears of a lockdown when it is back."""

LOOK_S = 0.2

WORDS: Final[Mapping[CommandState, tuple[str, str]]] = {
    CommandState.WAITING: (
        "not answered yet; it goes out again when the gateway shows itself",
        "网关尚未应答；网关上线时会再次发送",
    ),
    CommandState.TAKEN: ("taken; the point has not reported yet", "网关已接收；点位尚未报告"),
    CommandState.DONE: ("done", "已完成"),
    CommandState.FAILED: ("failed", "执行失败"),
    CommandState.REFUSED: ("refused", "被拒绝"),
    CommandState.UNANSWERED: ("nobody answered in time; nothing was done", "未在时限内应答，未执行"),
}

OUTCOMES: Final[Mapping[str, tuple[str, str]]] = {
    Outcome.EXPIRED: ("it came too late", "指令到达过晚"),
    Outcome.OVERTAKEN: ("a later one came first", "已有更新的指令"),
    Outcome.CLOCK_UNSURE: ("the gateway's clock is unsure, and it would open something", "网关时钟不可靠，不执行开门"),
    Outcome.TOO_MANY: ("more holds or lockdowns than a gateway keeps", "常开或封闭数量已达上限"),
}


def command(
    gateway: Annotated[str, typer.Argument(help=say("Name of the gateway.", "网关名称。"))],
    action: Annotated[Action, typer.Argument(help=say("What to do.", "指令。"))],
    config: ConfigFile,
    why: Annotated[str, typer.Option(help=say("The reason, for the record.", "原因，会记入日志。"))],
    point: Annotated[str | None, typer.Option(help=say("Which point.", "点位。"))] = None,
    area: Annotated[str | None, typer.Option(help=say("Which area.", "区域。"))] = None,
    level: Annotated[int | None, typer.Option(help=say("Level of a lockdown, 1 to 4.", "封闭级别，1 至 4。"))] = None,
) -> None:
    """Print the command's number, then what became of it: 1 when the gateway would not, or the point could not. The
    running server sends it within a second."""
    settings = load(config)
    try:
        asked = CommandIn(action=action, point=point, area=area, level=level, why=why)
    except ValueError:
        said = say("say --why in a few words; --level is 1 to 4", "请用 --why 写明原因；--level 为 1 至 4")
        typer.echo(f"onecard: {said}", err=True)
        raise typer.Exit(MISUSED) from None
    speed = settings.clock.speed if settings.clock else 1
    with one_line_errors():
        transactions = opened(settings)
        with transactions.work(SYSTEM) as work:
            view = commands.give(work, gateway, asked, speed=speed)
        typer.echo(view.number)
        view = _wait(transactions, view)
    typer.echo(_became(view), err=True)
    if view.state in (CommandState.REFUSED, CommandState.FAILED):
        raise typer.Exit(FAILED)


def _became(view: CommandView) -> str:
    """What became of it, in a line."""
    word = say(*WORDS[view.state])
    why = say(*OUTCOMES.get(view.outcome, (view.outcome, view.outcome)))
    return word + say(": ", "：") + why if why else word


def _wait(transactions: Transactions, view: CommandView) -> CommandView:
    """What is known of it when it is done, or after a while."""
    end = time.monotonic() + WAIT_S
    while view.state in (CommandState.WAITING, CommandState.TAKEN) and time.monotonic() < end:
        time.sleep(LOOK_S)
        with transactions.read() as session:
            view = commands.get(session, view.gateway, view.number, transactions.clock())
    return view
