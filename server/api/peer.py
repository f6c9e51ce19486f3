"""Who TLS says is at the other end of a connection (design § 6: CN = gateway id, and the server checks again).

The boxes' listener (`server.boxes_door`) puts the `Peer` into the state of every connection's scope. Nothing that is
sent in a request can get there.
"""

from typing import NamedTuple

from starlette.requests import HTTPConnection

from server.services.gateways import admission
from server.services.house import House
from server.services.problems import Code, Problem

PEER = "tls_peer"


class Peer(NamedTuple):
    """The name and serial number (hex) in the client's certificate, whose signature and dates TLS has checked."""

    name: str
    serial: str


def peer_of(connection: HTTPConnection) -> Peer | None:
    """The peer; None when it showed no certificate, or came in by another door."""
    found = connection.scope.get("state", {}).get(PEER)
    return found if isinstance(found, Peer) else None


def is_gateway(house: House, connection: HTTPConnection, gateway: str) -> bool:
    """Whether the other end has shown a certificate that is this gateway's and still counts."""
    peer = peer_of(connection)
    if peer is None or peer.name != gateway:
        return False
    with house.transactions.read() as session:
        return admission.believed(session, gateway, peer.serial)


def demand_gateway(house: House, connection: HTTPConnection, gateway: str) -> None:
    """Problem UNTRUSTED unless it is."""
    if not is_gateway(house, connection, gateway):
        raise Problem(
            Code.UNTRUSTED, "A client certificate of this gateway is needed; this one is not, or not any more."
        )
