"""`onecard server run`"""

import signal
import threading

from onecard.commands.server._common import ConfigFile, load, one_line_errors
from onecard.language import say
from server import app

HELP = say("Run the server until Ctrl-C.", "运行服务器，按 Ctrl-C 结束。")


def run(config: ConfigFile) -> None:
    """Serve pages, API and gateways."""
    settings = load(config)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with one_line_errors():
        app.run(settings, stop)
