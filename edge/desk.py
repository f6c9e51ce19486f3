"""The one place of assembly of the desk agent: one reader, one line to the server."""

import ssl
import threading

from card_protocol.wire.identity import SERVER_NAME
from edge.config import DeskConfig
from edge.drivers.registry import open_reader
from edge.drivers.ws_desk_link import WsDeskLink
from edge.ports.desk_link import Display, LinkLost
from edge.shell.desk_loop import DeskLoop
from gateway.drivers.tls_files import client_context


def run_desk(config: DeskConfig, display: Display, stop: threading.Event) -> None:
    """Serve one desk until `stop` is set; blocks. An absent reader or server is waited for."""
    loop = DeskLoop(
        config.desk,
        open_reader=lambda: open_reader(config.reader),
        open_link=lambda: WsDeskLink(config.server, config.token, tls_of(config)),
        display=display,
        stop=stop,
    )
    loop.run()


def tls_of(config: DeskConfig) -> ssl.SSLContext | None:
    """Whom the desk trusts; None means whom this machine trusts. Read anew at every dial; LinkLost without it."""
    if config.authorities is None:
        return None
    try:
        return client_context(SERVER_NAME, config.authorities.read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        raise LinkLost(f"{config.authorities} cannot be used (authorities): {error}") from None
