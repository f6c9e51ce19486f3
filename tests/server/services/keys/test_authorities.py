"""Authorities follow one another, and their keys lie in the data base as nobody can use them."""

import pytest
from cryptography import x509
from sqlmodel import select

from card_protocol.crypto.certificates import authorities_in, authority_mark, certificate_in
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
        assert (authorities.mark(session), authorities.bundle(session)) == ("", "")
        with pytest.raises(Problem):
            authorities.issuing(session, community.house.keystore)
    for _ in range(2):
        with community.transactions.work(SYSTEM) as work:
            authorities.first(work, community.house.keystore)
    with community.transactions.read() as session:
        (view,) = authorities.listing(session)
        assert (view.number, view.issues, view.retired_ms, view.gateways) == (1, True, None, 0)
        assert view.mark == authorities.mark(session) == authority_mark(authorities.bundle(session))


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
