"""What the commands of key versions share: the questions, and where a change stands, in sentences."""

from datetime import datetime
from typing import Annotated

import typer

from card_protocol.words.moment import LOCAL_TIME
from onecard.language import say
from server.services.keys.key_versions import HeldKeys, KeysView

Yes = Annotated[bool, typer.Option("--yes", help=say("Do not ask.", "不再询问。"))]
AsJson = Annotated[bool, typer.Option("--json", help=say("One JSON object, for scripts.", "输出 JSON，供脚本使用。"))]
Why = Annotated[str, typer.Option(help=say("Reason, for the trail.", "原因，记入审计。"))]


def emit(view: KeysView, *, as_json: bool) -> None:
    """Where a change stands, on standard output."""
    typer.echo(view.model_dump_json() if as_json else "\n".join(lines(view)))


def confirmed(sentences: list[str], *, yes: bool) -> None:
    """Say what will happen, and go on only with a yes."""
    for sentence in sentences:
        typer.echo(sentence, err=True)
    if not yes:
        typer.confirm(say("Go on?", "是否继续？"), abort=True, err=True)


def lines(view: KeysView) -> list[str]:
    """For the operator; the last line is what to do next."""
    accepted = " + ".join(map(str, view.versions.accepted))
    counted = ", ".join(f"{version}: {count}" for version, count in sorted(view.cards.items())) or "–"
    return [
        say(f"Doors accept key version {accepted}.", f"门禁接受密钥版本 {accepted}。"),
        say(f"New and renewed cards get version {view.for_cards}.", f"新发和续期的卡使用版本 {view.for_cards}。"),
        say(f"Cards by version: {counted}", f"各版本卡数：{counted}"),
        *(_held(one, ok=one.gateway not in view.waiting_for) for one in view.gateways),
        _next(view),
    ]


def _held(one: HeldKeys, *, ok: bool) -> str:
    mark = "✓" if ok else "…"
    if not one.newest:
        return say(f"{mark} {one.gateway}: has not said which keys it holds", f"{mark} {one.gateway}：尚未报告密钥")
    held = " + ".join(str(version) for version in range(one.oldest, one.newest + 1))
    until = datetime.fromtimestamp(one.until_ms / 1000, LOCAL_TIME).strftime("%Y-%m-%d")
    away = "" if one.online else say(", offline", "，离线")
    return say(
        f"{mark} {one.gateway}: version {held}, leased until {until}{away}",
        f"{mark} {one.gateway}：版本 {held}，租期至 {until}{away}",
    )


def _next(view: KeysView) -> str:
    oldest, newest = view.versions.oldest, view.versions.newest
    if oldest == newest:
        if view.waiting_for:
            names = ", ".join(view.waiting_for)
            return say(f"Not yet with the present keys: {names}.", f"尚未更新到现用密钥：{names}。")
        return say("No key change is under way.", "当前没有密钥更换。")
    if view.for_cards != newest:
        names = ", ".join(view.waiting_for)
        return say(
            f"Waiting for {names}: then cards get version {newest}. (A box that will not come back: revoke it.)",
            f"等待 {names}：之后卡片才会使用版本 {newest}。（不再恢复的网关请吊销。）",
        )
    if view.old_cards:
        return say(
            f"{view.old_cards} cards are still to be renewed, at a desk or an online door; then retire {oldest}.",
            f"还有 {view.old_cards} 张卡待续期（服务台或联网的门）；之后停用版本 {oldest}。",
        )
    return say(
        f"Every card has version {newest}: run onecard server keys retire.",
        f"全部卡已是版本 {newest}：请运行 onecard server keys retire。",
    )
