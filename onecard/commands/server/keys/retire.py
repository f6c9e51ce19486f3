"""`onecard server keys retire`"""

from typing import Annotated

import typer

from onecard.commands.card._common import operator
from onecard.commands.server._common import ConfigFile, load, one_line_errors, opened
from onecard.commands.server.keys._common import AsJson, Why, Yes, confirmed, emit
from onecard.language import say
from server.services.keys import key_versions
from server.services.keys.key_versions import KeysView

HELP = say("End the older key version.", "停用旧的密钥版本。")


def retire(
    config: ConfigFile,
    force: Annotated[
        bool, typer.Option("--force", help=say("Although cards still have it.", "即使仍有卡片使用旧版本。"))
    ] = False,
    why: Why = "",
    yes: Yes = False,
    json: AsJson = False,
) -> None:
    """Say what will happen, ask, and end the older version."""
    settings = load(config)
    with one_line_errors():
        transactions = opened(settings)
        with transactions.read() as session:
            before = key_versions.view(session, settings.community)
        confirmed(_what_happens(before), yes=yes)
        with transactions.work(operator()) as work:
            view = key_versions.retire(work, settings.community, force=force, why=why)
    emit(view, as_json=json)


def _what_happens(view: KeysView) -> list[str]:
    oldest, newest, left = view.versions.oldest, view.versions.newest, view.old_cards
    return [
        say(f"Doors will accept key version {newest} alone.", f"门禁将只接受密钥版本 {newest}。"),
        say(
            f"{left} cards still have version {oldest}: doors refuse them (wrong key version); a desk renews them.",
            f"仍有 {left} 张卡是版本 {oldest}：门禁会拒绝（密钥版本不符），需到服务台续期。",
        )
        if left
        else say("No card needs the older one.", "没有卡片再需要旧版本。"),
    ]
