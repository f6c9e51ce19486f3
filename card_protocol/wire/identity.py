"""A gateway's certificate: names, lives, and what travels when it is renewed (RFC 5280; design § 6: CN = gateway id).

Who is at the other end of a TLS connection is told by a fixed name, not by a network address: box, server and broker
have one authority in common, and the server may move without anybody asking for new certificates. The names have a
dot, which no gateway can have in its own.
"""

from typing import Annotated, Final

from pydantic import StringConstraints

from card_protocol.words.base import Word
from card_protocol.words.ids import Slug
from card_protocol.words.moment import DAY_MS

SERVER_NAME: Final = "onecard.server"
BROKER_NAME: Final = "onecard.broker"

GATEWAY_LIFE_MS: Final = 90 * DAY_MS
LATE_MS: Final = 90 * DAY_MS
"""So long after its end a certificate is still renewed for the same key: a box that lay in a cupboard."""
ALARM_LEFT_MS: Final = 21 * DAY_MS
"""With less left, renewal must have failed for weeks: somebody should look."""

AUTHORITIES_PATH: Final = "/api/v1/gateways/authorities"
"""GET: the certificates of the authorities in PEM. Anybody may ask; whom to believe is told by the mark."""
CERTIFICATE_PATH: Final = "/api/v1/gateways/{gateway}/certificate"
"""POST a sealed `CertificateRequest`, get an `Identity`."""
TRUST_PATH: Final = "/api/v1/gateways/{gateway}/trust"
"""GET with a client certificate: the `Trust` of this moment."""

Pem = Annotated[str, StringConstraints(pattern=r"^[!-~ \n]+$", max_length=16_384)]
RequestHex = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{2})+$", max_length=2048)]
"""A certificate request (PKCS #10, DER) in lower-case hex."""


class Identity(Word):
    """What the server issues: the gateway's certificate, and every authority that it should trust."""

    certificate: Pem
    authorities: Pem


class CertificateRequest(Word):
    """A gateway asks for a new certificate for its key. A replay gains nothing: only the key's holder can use it."""

    gateway: Slug
    request: RequestHex


class Trust(Word):
    """Which authorities are trusted; `renew` asks for a new certificate before its time: its issuer is to go."""

    gateway: Slug
    authorities: Pem
    renew: bool = False


def renewal_due(from_ms: int, until_ms: int, now_ms: int) -> bool:
    """Whether a third of a certificate's life is over."""
    return now_ms >= from_ms + (until_ms - from_ms) // 3
