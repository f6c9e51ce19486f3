"""The taps of the live bench are committed, chained and told with the name of whoever tapped."""

from sqlmodel import select

from card_protocol.words.event import GENESIS, chain_hash
from onecard.bench import live_hall
from onecard.bench.live_hall import EPOCH, GATEWAY, Play, play
from server.services.opening import transactions_on
from server.services.work import SYSTEM
from server.tables import EventRow, Row
from server.tables.engine import make_engine


def test_a_tap_is_told_after_its_commit_and_the_chain_holds(tmp_path, monkeypatch):
    monkeypatch.setattr(live_hall, "HOLDERS", 50)
    engine = make_engine(f"sqlite:///{tmp_path / 'server.db'}")
    Row.metadata.create_all(engine)
    transactions = transactions_on(engine)
    with transactions.work(SYSTEM) as work:
        live_hall.settle(work)
    told, heard = {}, []
    transactions.feed.listen(lambda channel, fact: heard.append(fact) if channel == "event" else None)
    transactions.feed.listen(lambda channel, fact: told.update({fact["id"]: 1.0}) if channel == "event" else None)
    played = play(transactions, Play(3, 1000.0), told)
    assert len(played.told) == 3
    assert played.seconds > 0
    with transactions.read() as session:
        rows = session.exec(select(EventRow).order_by(EventRow.id)).all()
    previous = GENESIS
    for seq, row in enumerate(rows, 1):
        previous = chain_hash(GATEWAY, EPOCH, seq, row.body, previous)
        assert row.hash == previous
    assert [fact["id"] for fact in heard] == [row.id for row in rows]
    engine.dispose()
