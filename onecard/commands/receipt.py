"""`onecard receipt CARD`: what each gateway has made of a card's revocation; exit 1 while one may still admit it."""

from pathlib import Path
from typing import Annotated

import typer

from onecard.commands.server._common import ConfigFile, card_id_of, load, one_line_errors, opened
from onecard.language import say
from onecard.local_time import written
from server.services.cards import receipts
from server.services.cards.receipts import Bound, Receipt, ReceiptLine
from server.services.problems import not_found
from server.services.work import Transactions

HELP = say("What each gateway has made of a card that may open no doors any more.", "已停用的卡在各网关的执行回执。")
PENDING = 1

BECAUSE: dict[Bound, tuple[str, str]] = {
    Bound.POLICY: ("its policy expires then", "届时其策略到期"),
    Bound.CARD: ("the card expires then", "届时该卡到期"),
    Bound.GRANT: ("the grant on the card expires then", "届时卡内授权到期"),
    Bound.MAX_OFFLINE: ("its access levels end when it is offline for longer", "届时达到权限组允许的最长离线时间"),
}

ENDED: dict[Bound, tuple[str, str]] = {
    Bound.POLICY: ("its policy had expired then", "其策略已到期"),
    Bound.CARD: ("the card had expired then", "该卡已到期"),
    Bound.GRANT: ("the grant on the card had expired then", "卡内授权已到期"),
    Bound.MAX_OFFLINE: ("it had been offline for as long as its access levels allow", "离线时间已达权限组上限"),
}


def receipt(
    card: Annotated[str, typer.Argument(help=say("The card's number or id.", "卡号或卡片标识。"))],
    config: ConfigFile,
    as_json: Annotated[bool, typer.Option("--json", help=say("For scripts.", "供脚本使用。"))] = False,
) -> None:
    """Denied since when, or admitted until when at most, gateway by gateway."""
    with one_line_errors():
        found = _find(opened(load(Path(config))), card)
    if as_json:
        typer.echo(found.model_dump_json())
    else:
        for line in found.lines:
            typer.echo(f"{line.gateway}: {_sentence(line)}")
    if not found.complete:
        raise typer.Exit(PENDING)


def _find(transactions: Transactions, card: str) -> Receipt:
    with transactions.read() as session:
        card = card_id_of(session, card)
        found = receipts.of_card(session, card, transactions.clock())
    if found is None:
        raise not_found("receipt of card", card)
    return found


def _sentence(line: ReceiptLine) -> str:
    if line.denied_since_ms is not None and line.because is not None:
        since, because = written(line.denied_since_ms), say(*ENDED[line.because])
        return say(
            f"denied since {since} because {because}; it has not heard of the revocation",
            f"自 {since} 起拒绝，原因：{because}；尚未收到吊销",
        )
    if line.denied_since_ms is not None:
        after = f"{(line.applied_after_ms or 0) / 1000:.2f} s"
        since = written(line.denied_since_ms)
        return say(f"denied since {since} ({after} after the revocation)", f"自 {since} 起拒绝（吊销后 {after}）")
    if line.may_admit_until_ms is None or line.because is None:
        return say("holds no policy and admits nobody", "无策略，不放行任何人")
    until, because = written(line.may_admit_until_ms), say(*BECAUSE[line.because])
    offline = ""
    if line.shut_out:
        offline = say("shut out, so it hears nothing; ", "已被吊销，收不到指令；")
    elif line.offline_since_ms is not None:
        since = written(line.offline_since_ms)
        offline = say(f"offline since {since}; ", f"自 {since} 离线；")
    return say(
        f"may still admit until {until} because: {offline}{because}",
        f"最迟至 {until} 仍可能放行，原因：{offline}{because}",
    )
