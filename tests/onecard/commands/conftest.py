"""A server with a little history, for the commands that ask the decider."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from onecard.commands.server._common import load, opened
from server.services.house import House
from server.services.work import Transactions
from tests.server.build import COMMUNITY, Community, make_community
from tests.server.services.access.test_replaying import Gate


@dataclass
class Judged:
    """The configuration's path, a card that may pass the south gate, and two taps: let in, and wrong point."""

    config: str
    card_number: int
    card_id: str
    events: tuple[int, int]


@pytest.fixture
def judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Judged:
    monkeypatch.setenv("ONECARD_LANG", "en")
    path = tmp_path / "server.toml"
    path.write_text(
        f'community = "{COMMUNITY}"\ndatabase_url = "sqlite:///{tmp_path}/server.db"\n'
        f'[keystore]\npath = "{tmp_path}/keystore"\n',
        encoding="utf-8",
    )
    transactions: Transactions = opened(load(path))
    community: Community = make_community(transactions.engine)
    community.now[0] = transactions.clock() - 1000
    house: House = community.house
    assert house.community == COMMUNITY
    gate = Gate(community, community.box())
    card = community.active_card()
    gate.learn()
    events = gate.tap(card.id), gate.tap(card.id, "clinic")
    return Judged(str(path), card.number, card.id, events)
