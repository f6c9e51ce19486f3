"""What the server's commands share."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer
from sqlmodel import Session

from onecard.config_file import read_config
from onecard.language import say
from server.config import ServerConfig
from server.services.cards import cards
from server.services.opening import ServerError, open_transactions
from server.services.operator_error import OperatorError
from server.services.problems import TEXTS, Problem
from server.services.work import Transactions

FAILED = 1

ConfigFile = Annotated[Path, typer.Option("--config", help=say("The server's configuration file.", "服务器配置文件。"))]


def load(config: Path) -> ServerConfig:
    """The configuration; an error is told by the front door."""
    return read_config(config, ServerConfig)


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Tell what an operator can mend in one line, and exit 1."""
    try:
        yield
    except OperatorError as error:
        typer.echo(f"onecard: {say(str(error), error.zh)}", err=True)
        raise typer.Exit(FAILED) from error
    except Problem as problem:
        typer.echo(f"onecard: {told(problem)}", err=True)
        raise typer.Exit(FAILED) from problem


_THINGS: Final = {
    "card": "卡",
    "event": "事件",
    "gateway": "网关",
    "holder": "持卡人",
    "point": "点位",
    "access level": "权限组",
    "schedule": "时段",
    "area": "区域",
    "org unit": "组织单位",
    "command": "指令",
}
"""Kinds of things by `Problem.about`."""


def told(problem: Problem) -> str:
    """A problem in one line, in the language of the terminal."""
    text = TEXTS[problem.code]
    if problem.about is not None:
        kind, name = problem.about
        return say(problem.detail, f"没有此{_THINGS.get(kind, kind)}：{name}")
    return say(f"{text.en} {problem.detail}", f"{text.zh}{problem.detail}").rstrip()


def opened(config: ServerConfig) -> Transactions:
    """The data base of the configuration."""
    return open_transactions(config)


def card_id_of(session: Session, card: str) -> str:
    """A card's id, also by the number that is printed on it; what is neither is given back as it is."""
    if not (card.isascii() and card.isdigit()):
        return card
    return next((view.id for view in cards.listing(session, text=card).items if view.number == int(card)), card)


def passphrase_of(config: ServerConfig) -> str:
    """From the environment, or asked of the person at the terminal."""
    given = os.environ.get(config.keystore.passphrase_env)
    if given:
        return given
    if not sys.stdin.isatty():
        variable = config.keystore.passphrase_env
        raise ServerError(say(f"set {variable} to the keystore's passphrase", f"请将 {variable} 设为密钥库口令"))
    asked: str = typer.prompt(
        say("Passphrase for the keystore", "密钥库口令"), hide_input=True, confirmation_prompt=True
    )
    return asked
