"""What the tests of backup and restore share: a server with people, cards and events, and its keystore on disk."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, select

from card_protocol.wire.topics import Channel, topic
from card_protocol.words.card import CardState
from card_protocol.words.event import Event, EventKind
from card_protocol.words.moment import ClockQuality, Moment
from server.intake.processor import Message, Processor
from server.services.backup import backup
from server.services.backup.backup import BackupHead
from server.services.keys.keystore import new_secrets
from server.services.keys.keystore_file import write
from server.tables import Row
from server.tables.engine import is_sqlite
from server.tables.migrate import migrate
from tests.server.build import COMMUNITY, NOW_MS, Box, Community, Dice, make_community, tap
from tests.server.ground import SqliteGround

PASSPHRASE = "correct horse battery staple"
_migrated = SqliteGround()


def nobody(_table: str, _rows: int) -> None:
    """Progress that nobody watches."""


@dataclass
class Site:
    """A server that is worth a backup."""

    community: Community
    box: Box
    keystore: Path

    def take_in(self, first: int, last: int) -> None:
        """Events of the box reach the server."""
        message = Message(topic(self.box.name, Channel.EVENTS), self.box.sealed("batch", self.box.batch(first, last)))
        processor = Processor(self.community.transactions, self.community.house.keystore)
        assert processor.process([message]).refused == 0

    def back_up(self, target: Path) -> BackupHead:
        """The whole server into a file."""
        return backup.make(self.community.transactions, self.keystore, PASSPHRASE, target, nobody)


def lived_in(engine: Engine, folder: Path) -> Site:
    """A community on migrated tables, as a server has them: two cards in use, three events, one of them poisonous."""
    if not (is_sqlite(engine) and _migrated.lay(engine)):
        migrate(engine)
        if is_sqlite(engine):
            _migrated.save(engine)
    community = make_community(engine)
    keystore = folder / "keystore"
    if not keystore.exists():
        write(keystore, new_secrets(COMMUNITY, Dice()), PASSPHRASE, Dice(), log_n=4)
    site = Site(community, community.box(), keystore)
    card = community.active_card()
    community.active_card("04AABBCCDDEE80")
    site.box.append(tap(1, card.id), b"no event at all", tap(3, card.id))
    site.take_in(1, 3)
    return site


def applied(card_id: str, rev_seq: int, state: CardState) -> Event:
    """What a gateway journals when it has applied a revocation."""
    moment = Moment(wall_ms=NOW_MS, mono_ns=9, boot="b1", clock=ClockQuality.SERVER)
    detail: dict[str, str | int] = {"rev_seq": rev_seq, "state": state.value}
    return Event(kind=EventKind.REVOCATION_APPLIED, **moment.model_dump(), card_id=card_id, detail=detail)


def everything(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables."""
    with engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for table in Row.metadata.sorted_tables
        }
