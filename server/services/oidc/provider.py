"""An OpenID Connect provider as we use it: the code flow with PKCE, and its ID token checked.

Source: OpenID Connect Core 1.0 § 3.1, Discovery 1.0 § 4, RFC 7636 (PKCE, S256), RFC 9207 is not asked for. Nothing is
believed of a person but the provider's own name for them (`sub`).

Anybody may press the button before they have signed in, so a provider that is slow or away must not tie up the threads
that show pages: few may wait for it at once, and after a silence nobody asks it for a while.
"""

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode

import httpx
from joserfc import jwk, jwt
from joserfc.errors import JoseError

from card_protocol.errors import EquipmentFault, PeerFault

TIMEOUT_S: Final = 10.0
ANSWER_TIMEOUT_S: Final = 20.0
"""From the question to the last byte: a provider that drips is away as well."""
ANSWER_MAX_BYTES: Final = 256 * 1024
TALKS_MAX: Final = 4
"""Sign-ins that talk with the provider at once."""
SEAT_TIMEOUT_S: Final = 2.0
SILENCE_S: Final = 5.0
"""How long a provider that did not answer is not asked again."""
ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")
"""Signatures by a key pair alone: a secret that both ends know proves nothing to a third."""
LEEWAY_S: Final = 60
SCOPE: Final = "openid"
SUB_MAX_CHARS: Final = 255
ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True)
class Client:
    """What the provider knows us by."""

    issuer: str
    client_id: str
    client_secret: str

    def __repr__(self) -> str:
        return f"Client({self.issuer!r}, {self.client_id!r})"


class Provider:
    """One provider. Its description is fetched when it is first needed and when it answered badly, its keys at each
    sign-in: they change. `clock`: monotonic [s]."""

    def __init__(
        self,
        client: Client,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client, self._clock = client, clock
        self._seats = threading.BoundedSemaphore(TALKS_MAX)
        self._silent_until_s = 0.0
        self._http = httpx.Client(timeout=TIMEOUT_S, transport=transport, follow_redirects=False)
        self._turn = threading.Lock()
        self._about: Mapping[str, Any] | None = None

    @property
    def issuer(self) -> str:
        """Its name, which is an address."""
        return self._client.issuer

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def address(self, back: str, state: str, nonce: str, verifier: str) -> str:
        """Where a browser is sent to. EquipmentFault when the provider does not answer."""
        asked = {
            "response_type": "code",
            "client_id": self._client.client_id,
            "redirect_uri": back,
            "scope": SCOPE,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
        }
        with self._talking():
            place = str(self._described()["authorization_endpoint"])
        return f"{place}{'&' if '?' in place else '?'}{urlencode(asked)}"

    def subject(self, code: str, back: str, nonce: str, verifier: str, now_s: int) -> str:
        """Whom the provider signed in. PeerFault when what it says cannot be believed; EquipmentFault."""
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "client_id": self._client.client_id,
            "client_secret": self._client.client_secret,
            "code_verifier": verifier,
        }
        with self._talking():
            about = self._described()
            given = self._json("POST", str(about["token_endpoint"]), data=asked)
            claims = self._claims(str(given.get("id_token", "")), str(about["jwks_uri"]))
        return check_claims(claims, self._client, nonce, now_s)

    @contextmanager
    def _talking(self) -> Iterator[None]:
        self._require_answering()
        if not self._seats.acquire(timeout=SEAT_TIMEOUT_S):
            raise EquipmentFault("too many sign-ins wait for the provider")
        try:
            yield
        except EquipmentFault:
            self._silent_until_s = self._clock() + SILENCE_S
            self._about = None
            raise
        except PeerFault:
            self._about = None  # it may have moved: the next sign-in reads anew where it is
            raise
        finally:
            self._seats.release()

    def _require_answering(self) -> None:
        if self._clock() < self._silent_until_s:
            raise EquipmentFault("the provider did not answer a moment ago")

    def _claims(self, token: str, keys_at: str) -> Mapping[str, Any]:
        try:
            keys = jwk.KeySet.import_key_set(self._json("GET", keys_at))  # type: ignore[arg-type]
            return jwt.decode(token, keys, algorithms=ALGORITHMS).claims
        except (JoseError, ValueError, KeyError) as error:
            raise PeerFault(f"the provider's token cannot be believed: {type(error).__name__}") from error

    def _described(self) -> Mapping[str, Any]:
        with self._turn:
            if self._about is None:
                self._require_answering()  # whoever had the turn before may have waited in vain
                place = f"{self._client.issuer.rstrip('/')}/.well-known/openid-configuration"
                about = self._json("GET", place)
                if about.get("issuer") != self._client.issuer or not all(self._safe(about.get(n)) for n in ENDPOINTS):
                    raise PeerFault(f"{place} describes another provider, not enough, or places without https")
                self._about = about
            return self._about

    def _safe(self, place: object) -> bool:
        """Our secret and people's browsers go there: no less protected than the provider itself."""
        scheme = self._client.issuer.partition("://")[0]
        return isinstance(place, str) and place.startswith((f"{scheme}://", "https://"))

    def _json(self, method: str, address: str, data: Mapping[str, str] | None = None) -> Mapping[str, Any]:
        until_s = self._clock() + ANSWER_TIMEOUT_S
        body = bytearray()
        try:
            with self._http.stream(method, address, data=data, headers={"accept": "application/json"}) as answer:
                for chunk in answer.iter_bytes():
                    body += chunk
                    if len(body) > ANSWER_MAX_BYTES:
                        raise PeerFault(f"the provider's answer has more than {ANSWER_MAX_BYTES} bytes")
                    if self._clock() >= until_s:
                        raise EquipmentFault(f"the provider's answer was not over in {ANSWER_TIMEOUT_S:.0f} s")
        except httpx.HTTPError as error:
            raise EquipmentFault(f"the provider does not answer: {type(error).__name__}") from error
        if answer.status_code >= 500:
            raise EquipmentFault(f"the provider answered {answer.status_code}")
        if answer.status_code != httpx.codes.OK:
            raise PeerFault(f"the provider answered {answer.status_code}")
        try:
            found = json.loads(body)
        except ValueError as error:
            raise PeerFault("the provider's answer is no JSON") from error
        if not isinstance(found, dict):
            raise PeerFault("the provider's answer is no object")
        return found


def challenge_of(verifier: str) -> str:
    """RFC 7636 § 4.2, S256."""
    return base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def check_claims(claims: Mapping[str, Any], client: Client, nonce: str, now_s: int) -> str:
    """The subject of an ID token for us, of now, of this sign-in (Core § 3.1.3.7). PeerFault."""
    meant_for = claims.get("aud")
    audience = [meant_for] if isinstance(meant_for, str) else meant_for
    subject, ends, azp = claims.get("sub"), claims.get("exp"), claims.get("azp")
    if claims.get("iss") != client.issuer:
        raise PeerFault("the token is another provider's")
    if not isinstance(audience, list) or client.client_id not in audience:
        raise PeerFault("the token is for somebody else")
    if (len(audience) > 1 or azp is not None) and azp != client.client_id:
        raise PeerFault("the token was given to somebody else")
    if not isinstance(ends, (int, float)) or not now_s < ends + LEEWAY_S:  # NaN, which JSON parsers take, is no time
        raise PeerFault(f"the token is too old: it ended at {ends}, and here it is {now_s} (seconds of 1970)")
    if claims.get("nonce") != nonce:
        raise PeerFault("the token is of another sign-in")
    if not isinstance(subject, str) or not 0 < len(subject) <= SUB_MAX_CHARS:
        raise PeerFault("the token names nobody")
    return subject
