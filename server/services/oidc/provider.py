"""An OpenID Connect provider as we use it: the code flow with PKCE, and its ID token checked.

Source: OpenID Connect Core 1.0 § 3.1, Discovery 1.0 § 4, RFC 7636 (PKCE, S256), RFC 9207 is not asked for. Nothing is
believed of a person but the provider's own name for them (`sub`).
"""

import base64
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode

import httpx
from joserfc import jwk, jwt
from joserfc.errors import JoseError

from card_protocol.errors import EquipmentFault, PeerFault

TIMEOUT_S: Final = 10.0
ANSWER_MAX_BYTES: Final = 256 * 1024
ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")
"""Signatures by a key pair alone: a secret that both ends know proves nothing to a third."""
LEEWAY_S: Final = 60
SCOPE: Final = "openid"
SUB_MAX_CHARS: Final = 255


@dataclass(frozen=True)
class Client:
    """What the provider knows us by."""

    issuer: str
    client_id: str
    client_secret: str

    def __repr__(self) -> str:
        return f"Client({self.issuer!r}, {self.client_id!r})"


class Provider:
    """One provider. Its description is fetched when it is first needed, its keys at each sign-in: they change."""

    def __init__(self, client: Client, transport: httpx.BaseTransport | None = None) -> None:
        self._client = client
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
        place = str(self._described()["authorization_endpoint"])
        return f"{place}{'&' if '?' in place else '?'}{urlencode(asked)}"

    def subject(self, code: str, back: str, nonce: str, verifier: str, now_s: int) -> str:
        """Whom the provider signed in. PeerFault when what it says cannot be believed; EquipmentFault."""
        about = self._described()
        given = self._json(
            "POST",
            str(about["token_endpoint"]),
            data={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": back,
                "client_id": self._client.client_id,
                "client_secret": self._client.client_secret,
                "code_verifier": verifier,
            },
        )
        claims = self._claims(str(given.get("id_token", "")), str(about["jwks_uri"]))
        return check_claims(claims, self._client, nonce, now_s)

    def _claims(self, token: str, keys_at: str) -> Mapping[str, Any]:
        try:
            keys = jwk.KeySet.import_key_set(self._json("GET", keys_at))  # type: ignore[arg-type]
            return jwt.decode(token, keys, algorithms=ALGORITHMS).claims
        except (JoseError, ValueError, KeyError) as error:
            raise PeerFault(f"the provider's token cannot be believed: {type(error).__name__}") from error

    def _described(self) -> Mapping[str, Any]:
        with self._turn:
            if self._about is None:
                place = f"{self._client.issuer.rstrip('/')}/.well-known/openid-configuration"
                about = self._json("GET", place)
                needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
                if about.get("issuer") != self._client.issuer or not all(isinstance(about.get(n), str) for n in needed):
                    raise PeerFault(f"{place} describes another provider, or not enough")
                self._about = about
            return self._about

    def _json(self, method: str, address: str, data: Mapping[str, str] | None = None) -> Mapping[str, Any]:
        try:
            answer = self._http.request(method, address, data=data, headers={"accept": "application/json"})
        except httpx.HTTPError as error:
            raise EquipmentFault(f"the provider does not answer: {type(error).__name__}") from error
        if answer.status_code >= 500:
            raise EquipmentFault(f"the provider answered {answer.status_code}")
        if answer.status_code != httpx.codes.OK or len(answer.content) > ANSWER_MAX_BYTES:
            raise PeerFault(f"the provider answered {answer.status_code}")
        try:
            found = answer.json()
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
    if not isinstance(ends, (int, float)) or now_s >= ends + LEEWAY_S:
        raise PeerFault("the token is too old")
    if claims.get("nonce") != nonce:
        raise PeerFault("the token is of another sign-in")
    if not isinstance(subject, str) or not 0 < len(subject) <= SUB_MAX_CHARS:
        raise PeerFault("the token names nobody")
    return subject
