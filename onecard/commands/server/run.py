"""`onecard server run`"""

from onecard.commands.server._common import ConfigFile, load, one_line_errors
from onecard.language import say
from onecard.stopping import stop_on_signal
from server import app

HELP = say("Run the server until Ctrl-C.", "运行服务器，按 Ctrl-C 结束。")


def run(config: ConfigFile) -> None:
    """Serve pages, API and gateways."""
    settings = load(config)
    stop = stop_on_signal()
    with one_line_errors():
        app.run(settings, stop)
