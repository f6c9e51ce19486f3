"""The drill: a server is lost, put back from its backup into either data base, and the gateways bring the rest."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect
from sqlmodel import select

from card_protocol.wire.ack import Ack
from card_protocol.wire.sealed import unseal
from card_protocol.wire.topics import Channel, topic
from card_protocol.words.card import CardState
from server.intake.processor import Message, Processor
from server.services.backup import backup, relearning, restore
from server.services.backup.backup import BackupError
from server.services.cards import cards, revocations
from server.services.keys.keystore import KeystoreError, new_secrets
from server.services.keys.keystore_file import read, write
from server.services.policies import policy
from server.services.work import Transactions
from server.tables import CardRow, EventRow
from server.tables.engine import make_engine
from server.tables.migrate import revision_of
from tests.server.build import ADMIN, COMMUNITY, NOW_MS, Dice, tap
from tests.server.services.backup.backup_drill import PASSPHRASE, Site, applied, everything, lived_in, nobody


@pytest.fixture
def target(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An empty data base of the kind that the site does not have."""
    if database_url.startswith("sqlite"):
        url = request.getfixturevalue("postgres_url")
    else:
        url = f"sqlite:///{tmp_path / 'restored.db'}"
    engine = make_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def site(engine: Engine, tmp_path: Path) -> Site:
    return lived_in(engine, tmp_path)


@pytest.fixture
def small(sqlite_engine: Engine, tmp_path: Path) -> Site:
    """For what does not depend on the data base."""
    return lived_in(sqlite_engine, tmp_path)


def restored_from(file: Path, engine: Engine, site: Site, later_s: int = 60) -> Transactions:
    now_ms = NOW_MS + later_s * 1000
    restore.restore(file, engine, site.keystore, PASSPHRASE, COMMUNITY, nobody, now_ms=now_ms)
    clock = site.community.transactions.clock
    return Transactions(engine, clock=clock, real_clock=clock, entropy=Dice(10_000))


@pytest.mark.postgres
def test_every_row_comes_back_in_the_other_kind_of_data_base(site: Site, target: Engine, tmp_path: Path) -> None:
    before = everything(site.community.transactions.engine)
    file = tmp_path / "b.zip"
    head = site.back_up(file)
    site.keystore.unlink()
    told: dict[str, int] = {}
    again = restore.restore(file, target, site.keystore, PASSPHRASE, COMMUNITY, told.__setitem__, now_ms=NOW_MS)
    assert again == head
    assert sum(told.values()) == head.rows
    assert read(site.keystore, PASSPHRASE).check_value() == head.keystore_check
    after = everything(target)
    changed = {"counter", "card", *backup.NOT_KEPT}
    assert {n: rows for n, rows in after.items() if n not in changed} == {
        n: rows for n, rows in before.items() if n not in changed
    }
    assert [row[:3] for row in after["card"]] == [row[:3] for row in before["card"]]


@pytest.mark.postgres
def test_the_drill_gateways_bring_what_the_backup_never_heard_of(site: Site, target: Engine, tmp_path: Path) -> None:
    file, box = tmp_path / "b.zip", site.box
    with site.community.transactions.read() as session:
        card = session.exec(select(CardRow).where(CardRow.number == 1)).one()
    site.back_up(file)
    with site.community.transactions.work(ADMIN) as work:
        cards.change_state(work, card.id, CardState.LOST, why="told by telephone")
        number = revocations.newest(work.session)
    box.append(tap(4, card.id), applied(card.id, number, CardState.LOST).to_bytes())
    site.take_in(4, 5)

    transactions = restored_from(file, target, site)
    keystore = read(site.keystore, PASSPHRASE)
    processor = Processor(transactions, keystore)
    state = box.sealed("state", box.state(acked_seq=5, head_seq=5, rev_seq=number, policy_version=7))
    (reply,) = processor.process([Message(topic("g-1", Channel.STATE), state)]).replies
    ack = unseal("ack", reply.message, Ack, keystore.server.verifier.verify)
    assert (ack.upto, ack.need_from) == (3, 4)
    batch = box.sealed("batch", box.batch(4, 5))
    assert processor.process([Message(topic("g-1", Channel.EVENTS), batch)]).new_events == 2
    with transactions.read() as session:
        assert [row.hash for row in session.exec(select(EventRow).order_by(EventRow.seq))] == [
            box.hashes[seq] for seq in (1, 3, 4, 5)
        ]
        assert cards.get(session, card.id).state is CardState.LOST
        assert [one.card_id for one in revocations.after(session, number - 1, 10)] == [card.id]


def test_no_number_is_given_out_twice(small: Site, tmp_path: Path) -> None:
    house, file = small.community.house, tmp_path / "b.zip"
    small.back_up(file)
    with small.community.transactions.read() as session:
        active, last = session.exec(select(CardRow).order_by(CardRow.number)).all()
    (published,) = policy.publish(small.community.transactions, house.keystore, ["g-1"])
    with small.community.transactions.work(ADMIN) as work:
        lost_revocation = revocations.add(work, cards.row_of(work.session, active.id), CardState.LOST).rev_seq
    engine = make_engine(f"sqlite:///{tmp_path / 'restored.db'}")
    transactions = restored_from(file, engine, small)
    (again,) = policy.publish(transactions, house.keystore, ["g-1"])
    assert again.version > published.version
    with transactions.work(ADMIN) as work:
        row = cards.row_of(work.session, active.id)
        assert row.grant_serial >= active.grant_serial + restore.SERIALS_LEAP
        assert revocations.add(work, row, CardState.LOST).rev_seq > lost_revocation
        assert work.next_number(cards.NUMBER_COUNTER) > last.number + 1
    engine.dispose()


def test_the_same_backup_put_back_again_leaps_over_what_was_given_out_in_between(small: Site, tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    small.back_up(file)
    given: list[tuple[int, int, int]] = []
    for times, later_s in enumerate((60, 2 * restore.SERIAL_EVERY_S)):
        engine = make_engine(f"sqlite:///{tmp_path / f'restored-{times}.db'}")
        transactions = restored_from(file, engine, small, later_s)
        (published,) = policy.publish(transactions, small.community.house.keystore, ["g-1"])
        with transactions.work(ADMIN) as work:
            row = work.session.exec(select(CardRow).where(CardRow.number == 1)).one()
            given.append((published.version, revocations.add(work, row, CardState.LOST).rev_seq, row.grant_serial))
        engine.dispose()
    assert all(first < second for first, second in zip(*given, strict=True))


def test_only_numbers_that_a_restore_leapt_over_are_learned_back(small: Site, tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    small.back_up(file)
    with small.community.transactions.read() as session:
        card = session.exec(select(CardRow).where(CardRow.number == 1)).one()
    engine = make_engine(f"sqlite:///{tmp_path / 'restored.db'}")
    restored = restored_from(file, engine, small)
    for transactions, number, learned in (
        (small.community.transactions, 1, False),
        (restored, 1 + relearning.LEAP + 60, False),
        (restored, relearning.LEAP + 1, True),
    ):
        with transactions.work(ADMIN) as work:
            relearning.hear(work, applied(card.id, number, CardState.LOST))
            assert (cards.get(work.session, card.id).state is CardState.LOST) is learned
    engine.dispose()


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"community": "330105009012"}, BackupError, "a backup of 330105008001"),
        ({"passphrase": "another passphrase"}, KeystoreError, "passphrase"),
        ({"check": "AAAA-BBBB"}, KeystoreError, "the papers say"),
        ({"file": "nothing.zip"}, BackupError, "cannot read the backup"),
        ({"file": "text.zip"}, BackupError, "cannot read the backup"),
    ],
)
def test_the_wrong_file_changes_nothing(
    change: dict[str, str], error: type[Exception], said: str, small: Site, tmp_path: Path
) -> None:
    small.back_up(tmp_path / "b.zip")
    (tmp_path / "text.zip").write_text("no archive")
    small.keystore.unlink()
    engine = make_engine(f"sqlite:///{tmp_path / 'restored.db'}")
    words = {"file": "b.zip", "passphrase": PASSPHRASE, "community": COMMUNITY, "check": None} | change
    with pytest.raises(error, match=said):
        restore.restore(
            tmp_path / str(words["file"]), engine, small.keystore, str(words["passphrase"]), str(words["community"]),
            nobody, words["check"], now_ms=NOW_MS,
        )  # fmt: skip
    assert inspect(engine).get_table_names() == []
    assert list(tmp_path.glob("keystore*")) == []
    engine.dispose()


def test_a_server_that_is_there_is_left_alone(small: Site, tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    small.back_up(file)
    with pytest.raises(BackupError, match="not empty"):
        restored_from(file, small.community.transactions.engine, small)
    small.keystore.unlink()
    write(small.keystore, new_secrets(COMMUNITY, Dice(500)), PASSPHRASE, Dice(600), log_n=4)
    kept = small.keystore.read_bytes()
    with pytest.raises(KeystoreError, match="another one"):
        restored_from(file, make_engine(f"sqlite:///{tmp_path / 'r.db'}"), small)
    assert small.keystore.read_bytes() == kept


def test_a_damaged_or_newer_backup_leaves_an_empty_data_base(small: Site, tmp_path: Path) -> None:
    small.back_up(tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
        head = backup.read_head(archive)
    for name, data, said in (
        ("tables/event.jsonl", b"", "damaged"),
        ("backup.json", head.model_copy(update={"revision": "9999"}).model_dump_json().encode(), "newer version"),
    ):
        with zipfile.ZipFile(tmp_path / "spoiled.zip", "w") as archive:
            for member, content in (parts | {name: data}).items():
                archive.writestr(member, content)
        engine = make_engine(f"sqlite:///{tmp_path / 'restored.db'}")
        with pytest.raises(BackupError, match=said):
            restored_from(tmp_path / "spoiled.zip", engine, small)
        with engine.connect() as connection:
            assert revision_of(connection) == ""
        engine.dispose()
