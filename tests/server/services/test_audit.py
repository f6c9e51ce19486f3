"""The trail is a chain."""

import pytest
from sqlmodel import select

from server.services import audit
from server.tables import AuditRow
from tests.server.build import ADMIN, Community


def write(community: Community, count: int) -> None:
    for n in range(count):
        with community.transactions.work(ADMIN) as work:
            audit.record(work, "door.paint", f"door:{n}", before={"colour": "red"}, after={"n": n}, why="spring")


def test_a_line_tells_who_what_before_after_and_why(community: Community) -> None:
    write(community, 1)
    with community.transactions.read() as session:
        line = audit.trail(session).items[0]
    assert (line.actor, line.action, line.subject, line.why) == ("user:test", "door.paint", "door:0", "spring")
    assert (line.before, line.after) == ('{"colour":"red"}', '{"n":0}')


def test_the_trail_is_read_in_pages_and_by_subject(community: Community) -> None:
    write(community, 5)
    with community.transactions.read() as session:
        first = audit.trail(session, limit=3)
        assert [line.subject for line in first.items] == ["door:4", "door:3", "door:2"]
        second = audit.trail(session, limit=2, after=first.next)
        assert [line.subject for line in second.items] == ["door:1", "door:0"]
        assert [line.subject for line in audit.trail(session, subject="door:2").items] == ["door:2"]


@pytest.mark.parametrize("around", [0, 1000])
def test_the_trail_is_read_from_a_time_on_and_before_another(
    community: Community, monkeypatch: pytest.MonkeyPatch, around: int
) -> None:
    monkeypatch.setattr(audit, "AROUND_LINES", around)
    begin = community.now[0]
    for _ in range(9):
        write(community, 1)
        community.now[0] += 1000

    def seconds(**asked: int) -> list[int]:
        with community.transactions.read() as session:
            found = audit.trail(session, subject=["door:0", "door:7"], actor=["user:test"], **asked).items
        return [(line.at_ms - begin) // 1000 for line in found]

    assert seconds(from_ms=begin + 2000, to_ms=begin + 5000) == [4, 3, 2]
    assert seconds(from_ms=begin + 7500) == [8]
    assert seconds(to_ms=begin) == []
    assert seconds(to_ms=begin + 1) == [0]


@pytest.mark.parametrize("tamper", ["after", "delete", "hash"])
def test_what_is_changed_or_taken_out_shows(community: Community, tamper: str) -> None:
    write(community, 3)
    with community.transactions.work(ADMIN) as work:
        assert audit.broken_at(work.session) is None
        row = work.session.exec(select(AuditRow).where(AuditRow.subject == "door:1")).one()
        number = row.id
        if tamper == "delete":
            work.session.delete(row)
        else:
            setattr(row, tamper, "0" * 64)
            work.session.add(row)
    with community.transactions.read() as session:
        assert audit.broken_at(session) == number
