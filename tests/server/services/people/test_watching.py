"""What the guard is told when somebody comes."""

import pytest
from sqlmodel import select

from card_protocol.words.reason import Reason
from server.services.events import events
from server.services.events.persons import persons
from server.services.people import watching
from server.services.problems import Code, Problem
from server.services.sight import veil
from server.tables import AuditRow, EventRow, HolderPhotoRow
from tests.server.build import ADMIN, EPOCH, NOW_MS, Community, tap

TODO = "易走失：请陪她回家，并告知女儿"


def said(community: Community, holder_id: str, todo: str) -> None:
    with community.transactions.work(ADMIN) as work:
        watching.put(work, holder_id, todo)


def test_it_is_said_changed_and_ended(community: Community) -> None:
    person = community.holder()
    for todo in (f" {TODO} ", TODO, "别的", ""):
        said(community, person.id, todo)
        with community.transactions.read() as session:
            assert watching.of(session, person.id) == todo.strip()
            assert persons(session, [person.pseudonym])[person.pseudonym].watch == todo.strip()
    with community.transactions.read() as session:
        lines = [row for row in session.exec(select(AuditRow)).all() if row.action == "holder.watch"]
    assert len(lines) == 3, "said twice is said once"


@pytest.mark.parametrize("todo", ["x" * 201, "a\u202eb"])
def test_too_long_or_not_to_be_read(community: Community, todo: str) -> None:
    person = community.holder()
    with pytest.raises(Problem) as told:
        said(community, person.id, todo)
    assert told.value.code is Code.INVALID


def test_an_event_carries_it_and_the_veil_takes_it_away(community: Community) -> None:
    card = community.active_card()
    with community.transactions.work(ADMIN) as work:
        watching.put(work, card.holder_id or "", TODO)
        work.session.add(HolderPhotoRow(holder_id=card.holder_id or "", data=b"jpeg", changed_ms=NOW_MS))
    with community.transactions.work(ADMIN) as work:
        person = work.session.get_one(watching.holders.HolderRow, card.holder_id)
        body = tap(1, card.id, Reason.GRANTED, holder=person.pseudonym)
        row = EventRow(
            gateway_id="g-1", epoch=EPOCH, seq=1, body=body, hash=bytes(32), kind="tap", point="south-gate-in",
            card_id=card.id, holder=person.pseudonym, reason="granted", wall_ms=NOW_MS, clock="ntp",
            received_ms=NOW_MS,
        )  # fmt: skip
        work.session.add(row)
        work.session.flush()
        (view,) = events.views_of(work.session, [row])
    assert (view.watch, view.pictured) == (TODO, True)
    assert (veil(view).watch, veil(view).pictured) == ("", False)
