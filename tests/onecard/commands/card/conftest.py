"""A server's file with somebody in its data base, a reader that nfcpy drives over UDP, and hands that hold cards."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from card_protocol.words.point import Direction, PointKind
from card_protocol.words.schedule import always
from firmware_sim.card.card import Card
from firmware_sim.card.entropy import seeded
from firmware_sim.card.state import Silicon, factory
from firmware_sim.field.field import Field
from firmware_sim.field.udp import UdpField
from firmware_sim.field.visit import Pull, Visit
from onecard.cli import main
from onecard.config_file import read_config
from server.config import ServerConfig
from server.services.access import access
from server.services.access.access import LevelIn, PointIn
from server.services.gateways import gateways
from server.services.keys import keystore_file
from server.services.opening import open_transactions
from server.services.people import holders
from server.services.people.holders import HolderIn
from server.services.work import SYSTEM, Transactions
from tests.onecard.commands.founded import found

COMMUNITY = "330105009012"
UID = "04112233445566"


def stock_card(uid: str = UID) -> Card:
    """A card from the factory."""
    return Card(factory(Silicon(uid=bytes.fromhex(uid))), seeded(uid))


class Hand:
    """Holds cards to one field."""

    def __init__(self, field: Field) -> None:
        self.field = field

    def hold(self, card: Any) -> None:
        """Put it there and leave it."""
        self.field.place(Visit(card))

    def hold_shakily(self, card: Any, at_exchange: int, then: Any | None = None) -> None:
        """Pull it away at an exchange; then hold `then` to the reader for a moment, if given, and the card again."""
        first = Visit(card, pull=Pull(at_exchange))
        self.field.place(first)

        def again() -> None:
            assert first.over.wait(60)
            if then is not None:
                self.field.place(Visit(then))
                threading.Event().wait(1.0)
                self.field.clear()
                threading.Event().wait(0.3)
            self.field.place(Visit(card))

        threading.Thread(target=again, daemon=True).start()


@pytest.fixture
def udp() -> Iterator[UdpField]:
    """A field."""
    place = UdpField()
    yield place
    place.close()


@pytest.fixture
def hand(udp: UdpField) -> Hand:
    """A hand before it."""
    return Hand(udp)


@dataclass
class Office:
    """The server's file, its reader, and what a command said."""

    config: str
    reader: str
    holder: str
    transactions: Transactions
    capsys: pytest.CaptureFixture[str]
    err: str = field(default="")

    def run(self, *words: str, keys: bool = True, expect: int = 0) -> str:
        """`onecard card …` at this reader; its standard output."""
        options = ["--config", self.config] if keys else []
        code = main(["card", *words, *options, "--reader", self.reader])
        said = self.capsys.readouterr()
        self.err = said.err
        assert code == expect, said
        return said.out

    def issue(self, *words: str, expect: int = 0) -> dict[str, Any]:
        """Issue the card that is there."""
        who = ["--holder", self.holder, "--level", "residents"]
        found: dict[str, Any] = json.loads(self.run("personalise", *who, "--json", *words, expect=expect))
        return found


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """A server's file after `onecard server init`."""
    monkeypatch.setenv("ONECARD_LANG", "en")
    monkeypatch.setenv("ONECARD_KEYSTORE_PASSPHRASE", "correct horse battery staple")
    # The cost of a guess is tested with the keystore; here nobody guesses.
    monkeypatch.setattr(keystore_file.write, "__kwdefaults__", {"log_n": 4})
    path = tmp_path / "server.toml"
    path.write_text(
        f'community = "{COMMUNITY}"\ndatabase_url = "sqlite:///{tmp_path}/server.db"\n'
        f'[keystore]\npath = "{tmp_path}/keystore"\n',
        encoding="utf-8",
    )
    found(str(path))
    capsys.readouterr()
    return str(path)


@pytest.fixture
def make_office(config: str, capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[str], Office]]:
    """Reader spec → the office at this reader, with one resident and one access level."""
    transactions = open_transactions(read_config(Path(config), ServerConfig))
    with transactions.work(SYSTEM) as work:
        gateways.claim(work, "g-1", COMMUNITY)
        access.set_schedule(work, always("always"))
        gate = PointIn(
            id="gate", kind=PointKind.GATE, name_zh="门", name_en="Gate", area="all", direction=Direction.IN,
            gateway_id="g-1",
        )  # fmt: skip
        access.set_point(work, COMMUNITY, gate)
        level = LevelIn(
            id="residents", name_zh="居民", name_en="Residents", points=frozenset({"gate"}), schedule="always"
        )
        access.set_level(work, level)
        holder = holders.add(work, COMMUNITY, HolderIn(name="王秀英", house="3-1-502"))
    yield lambda reader: Office(config, reader, holder.id, transactions, capsys)
    transactions.engine.dispose()


@pytest.fixture
def office(make_office: Callable[[str], Office], udp: UdpField) -> Office:
    """The office at the UDP reader."""
    return make_office(f"nfc:udp:127.0.0.1:{udp.port}")
