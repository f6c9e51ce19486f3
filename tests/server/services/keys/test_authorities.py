"""Authorities follow one another, and their keys lie in the data base as nobody can use them."""

import pytest
from cryptography import x509
from sqlmodel import select

from card_protocol.crypto.certificates import AUTHORITIES_MAX, authorities_in, authority_mark, certificate_in
from server.services.gateways import admission, gateways
from server.services.keys import authorities
from server.services.keys.keystore import KeystoreError, from_secrets, new_secrets
from server.services.problems import Code, Problem
from server.services.work import SYSTEM
from server.tables import AuthorityRow
from tests.server.build import ADMIN, COMMUNITY, Community, Dice


def add(community: Community) -> int:
    with community.transactions.work(ADMIN) as work:
        return authorities.add(work, community.house.keystore)


def refused(community: Community, number: int) -> Code:
    with pytest.raises(Problem) as told, community.transactions.work(ADMIN) as work:
        authorities.retire(work, number)
    return told.value.code


def test_the_first_issues_and_is_made_once(community: Community) -> None:
    with community.transactions.read() as session:
        assert (authorities.mark(session, community.real[0]), authorities.bundle(session)) == ("", "")
        with pytest.raises(Problem):
            authorities.issuing(session, community.house.keystore)
    for _ in range(2):
        with community.transactions.work(SYSTEM) as work:
            authorities.first(work, community.house.keystore)
    with community.transactions.read() as session:
        (view,) = authorities.listing(session)
        assert (view.number, view.issues, view.retired_ms, view.gateways) == (1, True, None, 0)
        assert view.mark == authorities.mark(session, community.real[0]) == authority_mark(authorities.bundle(session))


def test_its_key_lies_in_a_box_that_only_this_keystore_opens(community: Community) -> None:
    add(community)
    with community.transactions.read() as session:
        issuer = authorities.issuing(session, community.house.keystore)
        row = session.exec(select(AuthorityRow)).one()
        assert issuer.key.reveal_der().hex() not in row.key_box
        other = from_secrets(new_secrets(COMMUNITY, Dice(99)))
        with pytest.raises(KeystoreError, match="authority 1 does not open"):
            authorities.issuing(session, other)


def test_one_follows_the_other_and_nobody_stands_in_the_rain(community: Community) -> None:
    box = community.box()
    second = add(community)
    with community.transactions.read() as session:
        assert [view.issues for view in authorities.listing(session)] == [True, False]
        assert len(authorities_in(authorities.bundle(session))) == 2
    assert refused(community, 1) is Code.WRONG_STATE, "it issues"
    with community.transactions.work(ADMIN) as work:
        authorities.switch(work, second)
    assert refused(community, 1) is Code.WRONG_STATE, "g-1 needs it"
    community.real[0] += 1000
    with community.transactions.work(SYSTEM) as work:
        row = gateways.row_of(work.session, "g-1")
        renewed = admission.renew(work, community.house.keystore, row, box.tls_key.public_der)
    with community.transactions.read() as session:
        issuer = authorities.issuing(session, community.house.keystore)
        assert certificate_in(renewed.certificate).issuer == issuer.identifier
        assert [view.gateways for view in authorities.listing(session)] == [0, 1]
        assert admission.believed(session, "g-1", box.peer.serial), "the old certificate still counts"
    with community.transactions.work(ADMIN) as work:
        authorities.retire(work, 1)
    with community.transactions.read() as session:
        assert len(authorities_in(authorities.bundle(session))) == 1
        assert not authorities.is_trusted(session, 1)
        assert not admission.believed(session, "g-1", box.peer.serial)
    with pytest.raises(Problem, match="retired"), community.transactions.work(ADMIN) as work:
        authorities.switch(work, 1)
    with pytest.raises(Problem, match="no authority"), community.transactions.work(ADMIN) as work:
        authorities.switch(work, 9)


def test_the_oldest_is_shown_until_it_is_retired_or_its_time_is_over(community: Community) -> None:
    keystore = community.house.keystore
    numbers = [add(community), add(community)]
    with community.transactions.work(ADMIN) as work:
        authorities.switch(work, numbers[1])
    with community.transactions.read() as session:
        first, second = (view.mark for view in authorities.listing(session))
        assert authorities.mark(session, community.real[0]) == first
        old = authorities.shown(session, keystore, community.real[0])
        assert old.number == numbers[0]
        assert authorities.shown(session, keystore, old.until_ms).number == numbers[1]
        assert authorities.mark(session, old.until_ms) == second
    with community.transactions.work(ADMIN) as work:
        authorities.retire(work, numbers[0])
    with community.transactions.read() as session:
        assert authorities.mark(session, community.real[0]) == second


def test_no_more_are_trusted_than_a_box_takes(community: Community) -> None:
    for _ in range(AUTHORITIES_MAX):
        add(community)
    with pytest.raises(Problem, match="retire one first"):
        add(community)
    with community.transactions.work(ADMIN) as work:
        assert len(authorities_in(authorities.bundle(work.session))) == AUTHORITIES_MAX
        authorities.retire(work, 2)
    assert add(community) == AUTHORITIES_MAX + 1


def test_an_authority_that_leaked_is_retired_by_force(community: Community) -> None:
    box = community.box()
    second = add(community)
    with community.transactions.work(ADMIN) as work:
        authorities.switch(work, second)
        authorities.retire(work, 1, force=True)
    with community.transactions.read() as session:
        assert not admission.believed(session, "g-1", box.peer.serial)


def test_each_authority_that_is_trusted_has_a_revocation_list(community: Community) -> None:
    box = community.box()
    add(community)
    with community.transactions.work(ADMIN) as work:
        gateways.revoke(work, "g-1")
    with community.transactions.read() as session:
        text = authorities.revocation_lists(session, community.house.keystore, community.real[0])
    end = "-----END X509 CRL-----\n"
    lists = [x509.load_pem_x509_crl((part + end).encode()) for part in text.split(end) if part]
    assert [[f"{one.serial_number:x}" for one in found] for found in lists] == [[box.peer.serial], []]
