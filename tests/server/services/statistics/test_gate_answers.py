"""Answers about gates, on both data bases."""

from sqlalchemy import event as sql_event
from sqlalchemy import text

from card_protocol.words.event import EventKind
from card_protocol.words.moment import DAY_MS
from card_protocol.words.reason import Reason
from server.services.statistics import gate_answers
from server.tables import CardRow, EventRow
from tests.server.build import ADMIN, EPOCH, NOW_MS, Community, tap

HOUR_MS = 3_600_000


def put(
    community: Community, *seqs: int, kind: EventKind = EventKind.TAP, at_ms: int = NOW_MS, **fields: object
) -> None:
    values = {"point": "south-gate-in", "reason": Reason.GRANTED.value, "card_id": None} | fields
    with community.transactions.work(ADMIN) as work:
        for seq in seqs:
            work.session.add(
                EventRow(
                    gateway_id="g-1", epoch=EPOCH, seq=seq, body=tap(seq), hash=bytes(32), kind=kind.value,
                    wall_ms=at_ms, clock="ntp", received_ms=at_ms, **values,
                )
            )  # fmt: skip


def told(lines: list[gate_answers.Line]) -> dict[str, tuple[int | None, ...]]:
    return {line.key: line.values for line in lines}


def test_peaks_refusals_and_failures_count_gates_alone(community: Community) -> None:
    put(community, 1)
    put(community, 2, at_ms=NOW_MS + HOUR_MS)
    put(community, 3, reason=Reason.REVOKED.value)
    put(community, 4, point="clinic")
    put(community, 5, point="clinic", reason=Reason.REVOKED.value)
    put(community, 6, at_ms=NOW_MS - 40 * DAY_MS)
    for seq, kind in enumerate((EventKind.DOOR_HELD, EventKind.DOOR_HELD, EventKind.READER_LOST), 7):
        put(community, seq, kind=kind, reason=None)
    since = NOW_MS - DAY_MS
    with community.transactions.read() as session:
        hours = told(gate_answers.peaks(session, since))
        assert (len(hours), hours["8"], hours["9"], hours["10"]) == (24, (1,), (1,), (0,))
        assert told(gate_answers.refused(session, since)) == {"revoked": (1,)}
        assert told(gate_answers.failing(session, since)) == {"south-gate-in": (1, 0, 0, 0, 2, 0)}


def test_what_failed_is_found_without_walking_over_the_taps(community: Community) -> None:
    put(community, *range(1, 401))
    put(community, 401, kind=EventKind.DOOR_FORCED, reason=None)
    put(community, 402, kind=EventKind.DISK_LOW, reason=None, point=None)
    asked: list[tuple[str, object]] = []
    with community.transactions.read() as session:
        connection = session.connection()
        connection.execute(text("ANALYZE"))
        sql_event.listen(connection, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
        assert told(gate_answers.failing(session, NOW_MS - DAY_MS)) == {"south-gate-in": (0, 0, 0, 1, 0, 0)}
        if connection.dialect.name == "sqlite":
            statement, values = asked[0]
            plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all())
            assert "ix_event_rare_wall_ms" in plan


def test_cards_that_lie_in_drawers(community: Community) -> None:
    used, old, never, fresh = (community.active_card(f"0401020304050{n}") for n in range(4))
    put(community, 1, card_id=used.id, at_ms=NOW_MS - DAY_MS)
    put(community, 2, card_id=old.id, at_ms=NOW_MS - 100 * DAY_MS)
    with community.transactions.work(ADMIN) as work:
        for card in (used, old, never):
            work.session.get_one(CardRow, card.id).issued_ms = NOW_MS - 200 * DAY_MS
        work.session.get_one(CardRow, fresh.id).issued_ms = NOW_MS
    with community.transactions.read() as session:
        assert told(gate_answers.unused(session, NOW_MS)) == {"used": (2,), "old": (1,), "never": (1,)}
        found = gate_answers.unused_cards(session, NOW_MS)
    assert [(one.id, one.last_ms) for one in found] == [(never.id, None), (old.id, NOW_MS - 100 * DAY_MS)]
    assert found[0].name == "王秀英"
