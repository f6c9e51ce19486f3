"""Revocations: numbered without a hole, in the transaction of the card."""

from card_protocol.profiles.revocation_delta import MAX_ENTRIES, RevocationDelta, check_delta
from card_protocol.words.card import CardState
from card_protocol.words.moment import DAY_MS
from server.services.cards import cards, revocations
from server.services.cards.revocations import POLICY_LIFE_MS
from server.services.signals import Wish
from server.tables import CardRow
from tests.server.build import ADMIN, COMMUNITY, Community


def test_they_rise_by_one_and_are_read_in_order(community: Community) -> None:
    ids = [community.active_card(uid=f"0401020304050{n}").id for n in range(3)]
    with community.transactions.work(ADMIN) as work:
        for card_id in ids:
            cards.change_state(work, card_id, CardState.REVOKED)
        assert Wish.REVOKE in work.wishes
    with community.transactions.read() as session:
        assert revocations.newest(session) == 3
        assert [r.card_id for r in revocations.after(session, 0, 10)] == ids
        assert [r.rev_seq for r in revocations.after(session, 1, 1)] == [2]


def test_one_expires_when_nothing_can_admit_the_card_any_more(community: Community) -> None:
    card = community.active_card()
    long_grant = community.now[0] + 30 * DAY_MS
    with community.transactions.work(ADMIN) as work:
        row = work.session.get_one(CardRow, card.id)
        assert revocations.add(work, row, CardState.LOST).expires_ms == community.now[0] + POLICY_LIFE_MS
        row.grant_to_ms = long_grant
        assert revocations.add(work, row, CardState.LOST).expires_ms == long_grant


def test_before_the_first_there_is_none(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        assert revocations.newest(work.session) == 0
        assert revocations.after(work.session, 0, 10) == []


def carried(community: Community) -> RevocationDelta | None:
    """What a card would carry, checked as a door would."""
    keystore = community.house.keystore
    with community.transactions.read() as session:
        raw = revocations.carried(session, COMMUNITY, community.now[0], keystore.grants.sign)
    if not raw:
        return None
    found = check_delta(raw, COMMUNITY, keystore.grants.verifier.verify)
    assert isinstance(found, RevocationDelta)
    return found


def test_the_newest_ride_on_cards(community: Community) -> None:
    assert carried(community) is None
    ids = [community.active_card(uid=f"0401020304050{n}").id for n in range(MAX_ENTRIES + 2)]
    with community.transactions.work(ADMIN) as work:
        for card_id in ids:
            cards.change_state(work, card_id, CardState.LOST)
    found = carried(community)
    assert found is not None
    assert [entry.card_id for entry in found.entries] == ids[:1:-1]
    assert (found.after, found.upto) == (2, MAX_ENTRIES + 2)


def test_what_has_expired_rides_no_more(community: Community) -> None:
    card = community.active_card()
    with community.transactions.work(ADMIN) as work:
        cards.change_state(work, card.id, CardState.LOST)
    community.now[0] += POLICY_LIFE_MS
    found = carried(community)
    assert found is not None
    assert (found.entries, found.upto) == ((), 1)
