"""Who is believed: the rest is told by tests of `gateways` and of the boxes' API."""

import pytest

from card_protocol.wire.identity import GATEWAY_LIFE_MS, LATE_MS
from server.services.gateways import admission, gateways
from server.services.problems import Problem
from server.services.work import SYSTEM
from tests.server.build import ADMIN, COMMUNITY, Box, Community, admit


def test_the_claim_itself_is_never_written_down(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        claim = gateways.claim(work, "g-1", COMMUNITY)
    with community.transactions.work(SYSTEM) as work:
        gateways.enrol(work, community.house.keystore, Box("g-1").request(claim))
    with community.transactions.read() as session:
        row = gateways.row_of(session, "g-1")
        assert claim not in (row.asks or "")
        asked = admission.asking(row)
        assert asked is not None
        assert asked.mark == Box("g-1").request(claim).mark


def test_a_certificate_is_believed_of_its_own_gateway_until_it_is_revoked(community: Community) -> None:
    one, other = community.box("g-1"), community.box("g-2")
    with community.transactions.read() as session:
        assert admission.believed(session, "g-1", one.peer.serial)
        assert not admission.believed(session, "g-1", other.peer.serial)
        assert not admission.believed(session, "g-1", "1234")
        view = admission.certificate_of(session, "g-1")
        assert view is not None
        assert (view.serial, view.until_ms) == (one.peer.serial, community.real[0] + GATEWAY_LIFE_MS)
    with community.transactions.work(ADMIN) as work:
        gateways.revoke(work, "g-1")
    with community.transactions.read() as session:
        assert not admission.believed(session, "g-1", one.peer.serial)
        assert admission.believed(session, "g-2", other.peer.serial)
        assert admission.certificate_of(session, "g-1") is None


def test_another_box_in_its_place_makes_the_old_ones_certificate_worthless(community: Community) -> None:
    old, new = community.box(), Box("g-1", seed=2)
    with community.transactions.work(ADMIN) as work:
        claim = gateways.claim(work, "g-1", COMMUNITY)
    admit(community.transactions, community.house.keystore, new, claim)
    with community.transactions.read() as session:
        assert not admission.believed(session, "g-1", old.peer.serial)
        assert admission.believed(session, "g-1", new.peer.serial)


@pytest.mark.parametrize(("late_ms", "renewed"), [(0, True), (LATE_MS - 1, True), (LATE_MS, False)])
def test_renewal_after_the_end_has_a_window(community: Community, late_ms: int, renewed: bool) -> None:
    box = community.box()
    community.real[0] += GATEWAY_LIFE_MS + late_ms
    with community.transactions.work(SYSTEM) as work:
        row = gateways.row_of(work.session, "g-1")
        if renewed:
            assert admission.renew(work, community.house.keystore, row, box.tls_key.public_der)
        else:
            with pytest.raises(Problem, match="too long ago"):
                admission.renew(work, community.house.keystore, row, box.tls_key.public_der)
