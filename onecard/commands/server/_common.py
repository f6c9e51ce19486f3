"""What the server's commands share."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session

from onecard.config_file import read_config
from onecard.language import say
from server.config import ServerConfig
from server.services.backup.backup import BackupError
from server.services.cards import cards
from server.services.keys.keystore import KeystoreError
from server.services.opening import ServerError, open_transactions
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
    except (ServerError, KeystoreError, BackupError) as error:
        typer.echo(f"onecard: {error}", err=True)
        raise typer.Exit(FAILED) from error
    except Problem as problem:
        text = TEXTS[problem.code]
        typer.echo(f"onecard: {say(text.en, text.zh)} {problem.detail}".rstrip(), err=True)
        raise typer.Exit(FAILED) from problem


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
