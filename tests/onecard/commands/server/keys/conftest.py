"""A server with a card, a gateway, and its key versions."""

from collections.abc import Callable
from pathlib import Path

import pytest

from card_protocol.words.moment import DAY_MS
from onecard.cli import main
from onecard.commands.server._common import load, opened
from server.services.gateways import gateways
from server.services.work import SYSTEM
from server.tables import CardRow, GatewayRow

Said = Callable[..., tuple[int, str, str]]


@pytest.fixture
def said(ready: str, capsys: pytest.CaptureFixture[str]) -> Said:
    """Run `onecard server keys …`; (exit code, standard output, standard error)."""

    def run(*words: str) -> tuple[int, str, str]:
        code = main(["server", "keys", *words, "--config", ready])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def lived(ready: str) -> str:
    """One active card, one gateway that holds version 1."""
    settings = load(Path(ready))
    with opened(settings).work(SYSTEM) as work:
        gateways.claim(work, "g-1", settings.community)
        row = work.session.get_one(GatewayRow, "g-1")
        row.signing_key, row.box_key, row.keys_oldest, row.keys_newest = "11" * 32, "22" * 32, 1, 1
        row.keys_until_ms = work.now_ms + 90 * DAY_MS
        card = {"id": "01JD0000000000000000000001", "number": 1, "state": "active", "org": settings.community}
        work.session.add(CardRow(**card, created_ms=1, changed_ms=1))
    return ready


def tell(config: str, **columns: int) -> None:
    """Change what the gateway said, or the card's version (`card=2`)."""
    with opened(load(Path(config))).work(SYSTEM) as work:
        card = columns.pop("card", None)
        if card is not None:
            work.session.get_one(CardRow, "01JD0000000000000000000001").key_version = card
        for name, value in columns.items():
            setattr(work.session.get_one(GatewayRow, "g-1"), name, value)
