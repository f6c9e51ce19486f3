"""Receipts: denied since when, or admitted until when at most."""

from card_protocol.words.card import CardState
from card_protocol.words.moment import DAY_MS
from server.services.access import access
from server.services.cards import cards, receipts
from server.services.cards.receipts import Bound
from server.services.gateways import gateways
from server.services.policies import policy
from server.services.work import SYSTEM
from server.tables import PolicyVersionRow
from tests.server.build import ADMIN, residents


def end(community, card_id, state=CardState.LOST):
    with community.transactions.work(ADMIN) as work:
        cards.change_state(work, card_id, state, why="x")


def say(community, box, **fields):
    with community.transactions.work(SYSTEM) as work:
        gateways.note_state(work, box.state(at_ms=community.now[0], **fields))


def receipt(community, card_id):
    with community.transactions.read() as session:
        return receipts.of_card(session, card_id, community.now[0])


def published(community, name="g-1"):
    (made,) = policy.publish(community.transactions, community.house.keystore, [name])
    return made.version


def ends_ms(community, version, name="g-1"):
    with community.transactions.read() as session:
        return session.get_one(PolicyVersionRow, (name, version)).expires_ms


def test_a_card_that_works_has_no_receipt(community):
    card = community.active_card()
    assert receipt(community, card.id) is None
    end(community, card.id, CardState.SUSPENDED)
    assert receipt(community, card.id) is not None
    with community.transactions.work(ADMIN) as work:
        cards.change_state(work, card.id, CardState.ACTIVE)
    assert receipt(community, card.id) is None


def test_a_gateway_that_holds_no_policy_admits_nobody(community):
    community.box()
    card = community.active_card()
    end(community, card.id)
    found = receipt(community, card.id)
    assert found.complete
    assert found.rev_seq == 1
    assert found.lines[0].denied_since_ms is None


def test_until_it_has_applied_the_revocation_it_may_admit_until_its_policy_ends(community):
    box, card = community.box(), community.active_card()
    version = published(community)
    say(community, box, policy_version=version)
    community.now[0] += DAY_MS
    end(community, card.id)
    line = receipt(community, card.id).lines[0]
    assert line.denied_since_ms is None
    assert line.may_admit_until_ms == ends_ms(community, version)
    assert not receipt(community, card.id).complete
    community.now[0] += 5000
    say(community, box, policy_version=version, rev_seq=1)
    line = receipt(community, card.id).lines[0]
    assert line.denied_since_ms == community.now[0]
    assert line.may_admit_until_ms is None


def test_when_what_it_knew_has_run_out_it_denies_although_it_has_heard_nothing(community):
    box, card = community.box(), community.active_card()
    version = published(community)
    say(community, box, policy_version=version)
    end(community, card.id)
    community.now[0] = ends_ms(community, version) - 1
    assert not receipt(community, card.id).complete
    community.now[0] += 1
    found = receipt(community, card.id)
    line = found.lines[0]
    assert (line.denied_since_ms, line.may_admit_until_ms) == (ends_ms(community, version), None)
    assert (line.because, line.applied_after_ms, found.complete) == (Bound.POLICY, None, True)
    with community.transactions.read() as session:
        said = receipts.of_card(session, card.id)
    assert said.lines[0].denied_since_ms is None, "what it said itself"


def test_a_box_that_is_shut_out_may_admit_until_its_policy_ends(community):
    box, card = community.box(), community.active_card()
    version = published(community)
    say(community, box, policy_version=version)
    with community.transactions.work(ADMIN) as work:
        gateways.revoke(work, "g-1")
    end(community, card.id)
    line = receipt(community, card.id).lines[0]
    assert (line.shut_out, line.may_admit_until_ms) == (True, ends_ms(community, version))
    community.now[0] = ends_ms(community, version)
    assert receipt(community, card.id).lines == []


def test_a_box_that_was_taken_down_admits_nobody_until_it_hangs_again(community):
    box, card = community.box(), community.active_card()
    say(community, box, policy_version=published(community))
    with community.transactions.work(ADMIN) as work:
        gateways.revoke(work, "g-1")
    end(community, card.id)
    assert not receipt(community, card.id).complete
    with community.transactions.work(ADMIN) as work:
        gateways.take_down(work, "g-1")
    assert (receipt(community, card.id).lines, receipt(community, card.id).complete) == ([], True)
    community.box()
    assert [line.gateway for line in receipt(community, card.id).lines] == ["g-1"]


def test_denied_since_the_first_word_not_the_last(community):
    box, card = community.box(), community.active_card()
    end(community, card.id)
    say(community, box, policy_version=1, rev_seq=1)
    first = community.now[0]
    community.now[0] += 60_000
    end(community, community.active_card("04010203040508").id)
    say(community, box, policy_version=1, rev_seq=2)
    assert receipt(community, card.id).lines[0].denied_since_ms == first


def test_never_longer_than_the_card_itself_and_an_unknown_policy_counts_as_the_worst(community):
    box, card = community.box(), community.active_card()
    say(community, box, policy_version=99)
    end(community, card.id)
    assert receipt(community, card.id).lines[0].may_admit_until_ms == card.valid_to_ms


def test_claims_and_boxes_that_nobody_trusts_are_no_lines(community):
    community.box("g-1")
    community.box("g-2")
    with community.transactions.work(ADMIN) as work:
        gateways.claim(work, "g-3", community.house.community)
        gateways.revoke(work, "g-2")
    card = community.active_card()
    end(community, card.id)
    assert [line.gateway for line in receipt(community, card.id).lines] == ["g-1"]


def test_the_line_says_how_fast_it_was(community):
    box, card = community.box(), community.active_card()
    end(community, card.id)
    community.now[0] += 750
    say(community, box, policy_version=1, rev_seq=1)
    line = receipt(community, card.id).lines[0]
    assert (line.applied_after_ms, line.because) == (750, None)


def test_what_ends_it_is_named(community):
    box, card = community.box(), community.active_card()
    version = published(community)
    say(community, box, policy_version=version)
    end(community, card.id)
    assert receipt(community, card.id).lines[0].because is Bound.POLICY
    say(community, box, policy_version=99)
    assert receipt(community, card.id).lines[0].because is Bound.CARD


def test_a_gateway_that_never_heard_of_the_card_goes_by_the_grant_on_it(community):
    box = community.box()
    version = published(community)
    say(community, box, policy_version=version)
    community.now[0] += 1000
    card = community.active_card()
    with community.transactions.work(ADMIN) as work:
        row = cards.row_of(work.session, card.id)
        row.grant_to_ms = community.now[0] + DAY_MS
        work.session.add(row)
    end(community, card.id)
    line = receipt(community, card.id).lines[0]
    assert (line.because, line.may_admit_until_ms) == (Bound.GRANT, community.now[0] + DAY_MS)


def offline_limits(community, *limits):
    """The card's levels at the gate, one for each limit."""
    for number, limit in enumerate(limits):
        with community.transactions.work(ADMIN) as work:
            level = residents().model_copy(update={"id": f"level-{number}", "max_offline_ms": limit})
            access.set_level(work, level)
    return community.active_card(levels=tuple(f"level-{number}" for number in range(len(limits))))


def test_the_groups_longest_time_offline_ends_it(community):
    box, card = community.box(), offline_limits(community, 3_600_000, 7_200_000)
    say(community, box, policy_version=published(community))
    with community.transactions.work(SYSTEM) as work:
        gateways.note_state(work, box.state(online=False))
    since = community.now[0]
    end(community, card.id)
    line = receipt(community, card.id).lines[0]
    assert (line.because, line.may_admit_until_ms) == (Bound.MAX_OFFLINE, since + 7_200_000)


def test_one_level_without_a_limit_is_no_limit(community):
    box, card = community.box(), offline_limits(community, 3_600_000, None)
    say(community, box, policy_version=published(community))
    with community.transactions.work(SYSTEM) as work:
        gateways.note_state(work, box.state(online=False))
    end(community, card.id)
    assert receipt(community, card.id).lines[0].because is Bound.POLICY
