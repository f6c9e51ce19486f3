"""What the box asks the server directly, without the broker."""

from typing import Protocol

from card_protocol.errors import EquipmentFault
from card_protocol.wire.enrol import Admission, Enrolment, EnrolRequest
from card_protocol.wire.identity import Identity, Trust
from card_protocol.wire.offer import Blob


class ServerAway(EquipmentFault):
    """The server did not answer, or answered that it cannot now."""


class ServerRefused(Exception):
    """The server said no; the text is its reason."""


class Server(Protocol):
    """Requests that are answered or not; each has a bound in time and in bytes."""

    def keys(self, gateway: str, request: bytes) -> Enrolment:
        """The box's keys anew; `request` is a sealed KeysRequest. ServerAway; ServerRefused."""
        ...

    def blob(self, gateway: str, blob: Blob, request: bytes) -> bytes:
        """The bytes that a manifest or an index names; `request` is a sealed BlobRequest.

        ServerAway; ServerRefused; ValueError when the bytes are not those that were named.
        """
        ...


class Registrar(Protocol):
    """Who admits boxes and keeps their certificates fresh. ServerAway, ServerRefused from each."""

    def enrol(self, request: EnrolRequest) -> Admission | None:
        """Use a claim; None while an operator has not yet confirmed the box."""
        ...

    def renew(self, gateway: str, request: bytes) -> Identity:
        """A new certificate; `request` is a sealed CertificateRequest."""
        ...

    def trust(self, gateway: str) -> Trust:
        """Whom to trust now."""
        ...
