"""`onecard server intake`"""

from onecard.commands.server._common import ConfigFile, load, one_line_errors
from onecard.language import say
from onecard.stopping import stop_on_signal
from server import app

HELP = say(
    "Run one more intake worker beside the server, on PostgreSQL, until Ctrl-C.",
    "在服务器之外再运行一个事件接收进程（需 PostgreSQL），按 Ctrl-C 结束。",
)


def intake(config: ConfigFile) -> None:
    """Take in the events of a share of the gateways."""
    settings = load(config)
    stop = stop_on_signal()
    with one_line_errors():
        app.run_intake(settings, stop)
