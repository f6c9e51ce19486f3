"""Opening what a server stands on: data base and keystore. Apart from the assembly, because the commands that only
write a line into the data base must not wait for web framework, pages and MQTT to be imported.
"""

import os
import secrets
import socket
import time
from collections.abc import Mapping

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from card_protocol.words.moment import PlayedDay
from server.config import ServerConfig
from server.services.keys.keystore import Keystore, KeystoreError
from server.services.keys.keystore_file import read, weakness
from server.services.live import Feed
from server.services.live_wire import LiveWire
from server.services.operator_error import OperatorError
from server.services.webhooks import webhooks
from server.services.work import Transactions
from server.tables.engine import is_sqlite, make_engine
from server.tables.migrate import NewerDatabase, migrate


class ServerError(OperatorError):
    """The server cannot run."""


def real_ms() -> int:
    """Wall time [ms]."""
    return time.time_ns() // 1_000_000


def open_engine(config: ServerConfig) -> Engine:
    """The data base as it is. ServerError on a URL that cannot work."""
    try:
        return make_engine(config.database_url)
    except ValueError as error:
        raise ServerError(str(error)) from error


def open_transactions(config: ServerConfig) -> Transactions:
    """The data base at the present tables. ServerError when it cannot be opened."""
    engine = open_engine(config)
    try:
        migrate(engine)
    except NewerDatabase as error:
        raise ServerError(str(error)) from error
    except DBAPIError as error:
        raise ServerError(
            f"the data base cannot be opened (database_url): {error.orig}",
            f"无法打开数据库（database_url）：{error.orig}",
        ) from error
    transactions = transactions_on(engine, config.clock)
    transactions.outbox = lambda work: webhooks.enqueue(work, config.community)
    return transactions


def transactions_on(engine: Engine, played: PlayedDay | None = None) -> Transactions:
    """A data base at the present tables, with the machine's clock and dice, heard by other programs where it can be."""
    clock = real_ms if played is None else lambda: played.wall_ms(real_ms())
    feed = Feed()
    wire = None if is_sqlite(engine) else LiveWire(engine, feed, run_name())
    return Transactions(engine, clock=clock, real_clock=real_ms, entropy=secrets.token_bytes, feed=feed, wire=wire)


def run_name() -> str:
    """What no other run of a program is called, on any machine: host, process, dice."""
    host = "".join(c for c in socket.gethostname()[:30] if c.isascii() and (c.isalnum() or c == "-"))
    return f"{host or 'host'}-{os.getpid()}-{secrets.token_hex(4)}"


def open_keystore(config: ServerConfig, environment: Mapping[str, str]) -> Keystore:
    """The keystore of the configuration. ServerError when it cannot be opened or is another community's."""
    passphrase = environment.get(config.keystore.passphrase_env)
    if not passphrase:
        raise ServerError(
            f"the environment variable {config.keystore.passphrase_env} is not set (keystore)",
            f"未设置环境变量 {config.keystore.passphrase_env}（密钥库口令）",
        )
    if (problem := weakness(passphrase)) is not None:
        raise ServerError(
            f"{problem} (environment variable {config.keystore.passphrase_env})",
            f"{problem}（环境变量 {config.keystore.passphrase_env}）",
        )
    try:
        keystore = read(config.keystore.path, passphrase)
    except KeystoreError as error:
        raise ServerError(str(error), error.zh) from error
    if keystore.community != config.community:
        raise ServerError(
            f"the keystore is for {keystore.community}, the configuration for {config.community}",
            f"密钥库属于 {keystore.community}，而配置为 {config.community}",
        )
    return keystore
