"""Who is at the other end, as TLS says and the data base still agrees."""

import pytest
from starlette.requests import HTTPConnection

from server.api.peer import PEER, Peer, demand_gateway, is_gateway, peer_of
from server.services.gateways import gateways
from server.services.problems import Problem
from tests.server.build import ADMIN, Community


def connection(peer: object = None) -> HTTPConnection:
    return HTTPConnection({"type": "http", "headers": [(b"tls_peer", b"g-1")], "state": {PEER: peer}})


def test_only_the_listener_can_say_who_it_is() -> None:
    assert peer_of(connection(Peer("g-1", "1"))) == Peer("g-1", "1")
    assert peer_of(connection()) is None
    assert peer_of(connection(("g-1", "1"))) is None
    assert peer_of(HTTPConnection({"type": "http", "headers": []})) is None


def test_a_gateway_is_who_has_its_certificate_while_it_counts(community: Community) -> None:
    box, other = community.box("g-1"), community.box("g-2")
    assert is_gateway(community.house, connection(box.peer), "g-1")
    for peer in (None, other.peer, Peer("g-1", other.peer.serial), Peer("g-1", "")):
        assert not is_gateway(community.house, connection(peer), "g-1")
    with community.transactions.work(ADMIN) as work:
        gateways.revoke(work, "g-1")
    with pytest.raises(Problem, match="not any more"):
        demand_gateway(community.house, connection(box.peer), "g-1")
    demand_gateway(community.house, connection(other.peer), "g-2")
