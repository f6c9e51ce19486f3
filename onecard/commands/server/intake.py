"""`onecard server intake`"""

import signal
import threading

from onecard.commands.server._common import ConfigFile, load, one_line_errors
from onecard.language import say
from server import app

HELP = say(
    "Run one more intake worker beside the server, on PostgreSQL, until Ctrl-C.",
    "在服务器之外再运行一个事件接收进程（需 PostgreSQL），按 Ctrl-C 结束。",
)


def intake(config: ConfigFile) -> None:
    """Take in the events of a share of the gateways."""
    settings = load(config)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with one_line_errors():
        app.run_intake(settings, stop)
