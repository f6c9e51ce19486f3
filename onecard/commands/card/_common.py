"""What the commands on a card share: the reader, the words at the terminal, the keys, and errors as sentences."""

import getpass
import json as json_format
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer
from pydantic import BaseModel

from card_protocol.errors import EquipmentFault
from card_protocol.wire.desk import Show
from onecard.commands.server._common import load
from onecard.language import say
from onecard.local_desk import at_reader
from onecard.logs import set_up_logs
from server.app import open_house
from server.services.desk.at_desk import WAIT_DEFAULT_MS, WAIT_MAX_MS
from server.services.desk.renewing import ReadingKeys, reading_keys_of
from server.services.house import House
from server.services.keys import key_versions
from server.services.live import Channel, Fact
from server.services.opening import ServerError, open_keystore, open_transactions
from server.services.problems import TEXTS, Code, Problem
from server.services.roles import Role
from server.services.work import Actor

T = TypeVar("T")

FAILED = 1
CARD_SENTENCES = frozenset({Code.CARD_AWAY, Code.CARD_FAULT, Code.CARD_UNKNOWN, Code.CARD_NOT_STOCK})
"""Problems whose detail is for engineers; at the terminal their sentence says enough."""

ReaderSpec = Annotated[
    str,
    typer.Option("--reader", help=say("nfc:… or pcsc:NAME, as in the edge's file.", "nfc:… 或 pcsc:名称。")),
]
ConfigFile = Annotated[Path, typer.Option("--config", help=say("The server's configuration file.", "服务器配置文件。"))]
OptionalConfigFile = Annotated[
    Path | None,
    typer.Option("--config", help=say("Server's file; with its keys more is seen.", "服务器配置，凭密钥可见更多")),
]
AsJson = Annotated[bool, typer.Option("--json", help=say("One JSON object, for scripts.", "输出 JSON，供脚本使用。"))]
WaitSeconds = Annotated[
    int,
    typer.Option("--wait", help=say("Seconds to wait for a card.", "等待秒数。"), min=1, max=WAIT_MAX_MS // 1000),
]
WAIT_DEFAULT_S = WAIT_DEFAULT_MS // 1000


class Terminal:
    """The sentences of the desk, on standard error: what a script wants is on standard output."""

    def show(self, message: Show) -> None:
        """One line, with a mark that does not need colour."""
        typer.echo(f"{'✓' if message.good else '✗'} {say(message.en, message.zh)}", err=True)

    def progress(self, channel: Channel, fact: Fact) -> None:
        """A listener of the live feed: how far the card is."""
        if channel == "desk" and fact["busy"] and fact["progress"]:
            done, of = fact["progress"]
            typer.echo(say(f"  {done} of {of}", f"  {done}/{of}"), err=True)


def with_keys(config: Path, reader: str, *, as_json: bool, job: Callable[[House, Actor], Awaitable[T]]) -> T:
    """Open the server's data base and keystore and do a job at this reader; errors are told and end the command."""
    settings = load(config)
    set_up_logs("card", "error")
    with told_errors(as_json=as_json):
        house, terminal = open_house(settings), Terminal()
        house.feed.listen(terminal.progress)
        try:
            return at_reader(house, reader, terminal, lambda: job(house, operator()))
        finally:
            house.transactions.engine.dispose()


def operator() -> Actor:
    """Who sits at this terminal, for the audit trail. Whoever has the passphrase of the keystore may do this."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = str(os.getuid())
    return Actor(f"terminal:{name}", Role.SYSTEM.value)


@contextmanager
def told_errors(*, as_json: bool) -> Iterator[None]:
    """A problem as one sentence, or as an object for a script; exit 1."""
    try:
        yield
    except Problem as problem:
        text = TEXTS[problem.code]
        detail = "" if problem.code in CARD_SENTENCES else problem.detail
        _end(f"{say(text.en, text.zh)} {detail}".rstrip(), problem.code, as_json=as_json, cause=problem)
    except EquipmentFault as fault:
        _end(say(f"The reader: {fault}", f"读卡器：{fault}"), "reader", as_json=as_json, cause=fault)
    except ServerError as error:
        _end(say(str(error), error.zh), "server", as_json=as_json, cause=error)


def _end(sentence: str, code: str, *, as_json: bool, cause: Exception) -> NoReturn:
    if as_json:
        emit({"problem": code, "detail": str(cause)})
    else:
        typer.echo(f"onecard: {sentence}", err=True)
    raise typer.Exit(FAILED) from cause


def emit(value: BaseModel | dict[str, Any]) -> None:
    """One JSON object on a line."""
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    typer.echo(json_format.dumps(plain, ensure_ascii=False))


def reading_keys(config: Path) -> ReadingKeys:
    """What the server would read cards with. ServerError."""
    settings = load(config)
    keystore, transactions = open_keystore(settings, os.environ), open_transactions(settings)
    with transactions.read() as session:
        newest = key_versions.current(session, settings.community).newest
    transactions.engine.dispose()
    return reading_keys_of(keystore, newest)
