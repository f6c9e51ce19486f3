"""Grants as they are written on cards."""

import pytest

from card_protocol.profiles.grant_file import check_grant
from card_protocol.profiles.header import Header
from card_protocol.words.grant import GRANT_DAYS, Grant
from card_protocol.words.moment import DAY_MS
from server.services.access import access
from server.services.cards import cards, grants
from server.services.people import holders
from server.services.problems import Problem
from server.tables import CardRow
from tests.server.build import ADMIN, COMMUNITY, Community, residents

UID = "04010203040506"


def granted(community: Community, card_id: str) -> Grant:
    """A fresh grant, checked as a door would."""
    keystore = community.house.keystore
    with community.transactions.work(ADMIN) as work:
        row = work.session.get_one(CardRow, card_id)
        raw = grants.next_grant(work, keystore, row)
        holder = holders.row_of(work.session, row.holder_id or "").pseudonym
    header = Header(COMMUNITY, card_id, holder, 1, 1, 0, 1)
    found = check_grant(raw, bytes.fromhex(UID), header, keystore.grants.verifier.verify)
    assert isinstance(found, Grant)
    return found


def test_a_grant_says_what_the_card_may_and_lives_for_a_week(community: Community) -> None:
    card = community.active_card(UID)
    grant = granted(community, card.id)
    assert (grant.levels, grant.serial) == ((1,), 1)
    assert grant.valid_to_ms == community.now[0] + GRANT_DAYS * DAY_MS
    with community.transactions.read() as session:
        assert session.get_one(CardRow, card.id).grant_to_ms == grant.valid_to_ms


def test_serials_rise_and_no_grant_outlives_its_card(community: Community) -> None:
    card = community.active_card(UID)
    granted(community, card.id)
    soon = community.now[0] + DAY_MS
    with community.transactions.work(ADMIN) as work:
        cards.set_rights(work, card.id, ["residents"], valid_to_ms=soon)
    again = granted(community, card.id)
    assert (again.serial, again.valid_to_ms) == (2, soon)
    with community.transactions.read() as session:
        row = session.get_one(CardRow, card.id)
    assert row.grant_to_ms > soon, "the first one may still be on the card"


def test_a_card_with_very_many_levels_carries_the_first(community: Community) -> None:
    names = [f"level-{n:02}" for n in range(20)]
    with community.transactions.work(ADMIN) as work:
        for name in names:
            access.set_level(work, residents().model_copy(update={"id": name}))
    card = community.active_card(UID, levels=tuple(names))
    assert granted(community, card.id).levels == tuple(range(2, 18))


def test_a_stock_card_has_no_holder_to_grant_to(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        stock = CardRow(id="01HZZZZZZZZZZZZZZZZZZZZZZZ", number=99, state="stock", org=COMMUNITY)
        with pytest.raises(Problem, match="no holder"):
            grants.next_grant(work, community.house.keystore, stock)
