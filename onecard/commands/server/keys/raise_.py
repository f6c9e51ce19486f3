"""`onecard server keys raise`"""

from typing import Annotated

import typer

from onecard.commands.card._common import operator
from onecard.commands.server._common import ConfigFile, load, one_line_errors, opened
from onecard.commands.server.keys._common import AsJson, Why, Yes, confirmed, emit
from onecard.language import say
from server.services.keys import key_versions

HELP = say("Begin with the next key version.", "启用下一个密钥版本。")


def raise_(
    config: ConfigFile,
    at_once: Annotated[
        bool,
        typer.Option(
            "--at-once",
            help=say("Do not wait until every gateway has the new keys.", "不等所有网关更新。"),
        ),
    ] = False,
    why: Why = "",
    yes: Yes = False,
    json: AsJson = False,
) -> None:
    """Say what will happen, ask, and raise the version by one."""
    settings = load(config)
    with one_line_errors():
        transactions = opened(settings)
        with transactions.read() as session:
            now = key_versions.current(session, settings.community).newest
        confirmed(_what_happens(now, now + 1, at_once=at_once), yes=yes)
        with transactions.work(operator()) as work:
            view = key_versions.raise_version(work, settings.community, at_once=at_once, why=why)
    emit(view, as_json=json)


def _what_happens(now: int, then: int, *, at_once: bool) -> list[str]:
    return [
        say(
            f"Doors will accept key versions {now} and {then}; running gateways get the new keys within a minute.",
            f"门禁将接受密钥版本 {now} 和 {then}；在线网关一分钟内收到新密钥。",
        ),
        say(
            f"Cards get version {then} at once: a door that has not heard of it yet refuses them.",
            f"卡片立即改用版本 {then}：尚未更新的门会拒绝这些卡。",
        )
        if at_once
        else say(
            f"Cards get version {then} as soon as every gateway has it.", f"所有网关更新后，卡片改用版本 {then}。"
        ),
        say(
            "Each card is changed when it is renewed, at a desk or an online door: nobody has to come.",
            "每张卡在服务台或联网的门续期时自动更换，住户不必专程前来。",
        ),
        say(
            f"When all have it, `onecard server keys retire` ends version {now}.",
            f"全部更换后，用 onecard server keys retire 停用版本 {now}。",
        ),
    ]
