"""The one place of assembly of the desk agent: one reader, one line to the server."""

import threading

from edge.config import DeskConfig
from edge.drivers.registry import open_reader
from edge.drivers.ws_desk_link import WsDeskLink
from edge.ports.desk_link import Display
from edge.shell.desk_loop import DeskLoop


def run_desk(config: DeskConfig, display: Display, stop: threading.Event) -> None:
    """Serve one desk until `stop` is set; blocks. An absent reader or server is waited for."""
    loop = DeskLoop(
        config.desk,
        open_reader=lambda: open_reader(config.reader),
        open_link=lambda: WsDeskLink(config.server, config.token),
        display=display,
        stop=stop,
    )
    loop.run()
