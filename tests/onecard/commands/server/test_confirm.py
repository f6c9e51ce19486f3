"""`onecard server confirm`"""

from pathlib import Path

import pytest

from onecard.cli import main
from onecard.commands.server._common import load, opened, passphrase_of
from server.services.gateways import gateways
from server.services.keys.keystore_file import read
from server.services.work import SYSTEM
from tests.onecard.commands.server.conftest import COMMUNITY
from tests.server.build import Box


def test_only_what_the_box_shows_is_confirmed(ready: str, capsys: pytest.CaptureFixture[str]) -> None:
    settings = load(Path(ready))
    keystore = read(settings.keystore.path, passphrase_of(settings))
    box, transactions = Box("g-1"), opened(settings)
    with transactions.work(SYSTEM) as work:
        claim = gateways.claim(work, "g-1", COMMUNITY)
    confirm = ["server", "confirm", "g-1", "--config", ready, "--fingerprint"]
    assert main([*confirm, "0000-0000"]) == 1
    assert "No box waits" in capsys.readouterr().err
    with transactions.work(SYSTEM) as work:
        gateways.enrol(work, keystore, box.request(claim))
    assert main([*confirm, "0000-0000"]) == 1
    assert "not the mark" in capsys.readouterr().err
    assert main([*confirm, box.request(claim).mark]) == 0
    assert capsys.readouterr().out == "g-1 may join.\n"
    assert main(["server", "confirm", "g-1", "--config", ready]) == 1
    assert "--fingerprint" in capsys.readouterr().err
