"""`onecard server keys status`"""

from onecard.commands.server._common import ConfigFile, load, one_line_errors, opened
from onecard.commands.server.keys._common import AsJson, emit
from onecard.language import say
from server.services.keys import key_versions

HELP = say("Which key versions cards, doors and gateways have.", "查看卡片、门禁和网关的密钥版本。")


def status(config: ConfigFile, json: AsJson = False) -> None:
    """Where a key change stands, and what to do next."""
    settings = load(config)
    with one_line_errors(), opened(settings).read() as session:
        emit(key_versions.view(session, settings.community), as_json=json)
