"""WebAuthn (W3C, level 2): what a browser is asked, and whether what it answers holds. Stands on `fido2`. Pure.

A passkey is made for one host name and used there alone (§ 5.1.3): whoever lures people to another name gets
nothing that is of use here. User verification (finger, face, PIN) is demanded, so that a passkey is two factors in one.
"""

import ipaddress
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from server.services.problems import Code, Problem

ANSWER_MAX_CHARS = 16 * 1024
NAME = "onecard"
T = TypeVar("T")


@dataclass(frozen=True)
class Place:
    """Where a browser stands: the host name that passkeys are made for, and the origin that it must tell."""

    rp_id: str
    origin: str


@dataclass(frozen=True)
class Made:
    """A new passkey. `credential`: attested credential data (§ 6.5.2)."""

    credential_id: bytes
    credential: bytes
    sign_count: int
    challenge: bytes


@dataclass(frozen=True)
class Shown:
    """An answer whose signature holds."""

    sign_count: int
    challenge: bytes


def place_of(host: str, *, secure: bool) -> Place | None:
    """From a Host header. None where browsers have no passkeys: at an address in numbers, and without HTTPS beyond
    localhost (§ 5.1.3, secure contexts)."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    name = name.lower()
    if not name or "[" in name or not name.isascii() or (not secure and name != "localhost"):
        return None
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return Place(name, f"{'https' if secure else 'http'}://{host.lower()}")
    return None


def ask_new(place: Place, user_id: str, user_name: str, known: Sequence[bytes], challenge: bytes) -> Mapping[str, Any]:
    """PublicKeyCredentialCreationOptions as JSON (§ 5.4); `known` are credentials that the user has."""
    user = PublicKeyCredentialUserEntity(id=user_id.encode(), name=user_name, display_name=user_name)
    options, _ = _server(place).register_begin(
        user,
        [AttestedCredentialData(one) for one in known],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
        challenge=challenge,
    )
    return _plain(options.public_key)


def ask_known(place: Place, known: Sequence[bytes], challenge: bytes) -> Mapping[str, Any]:
    """PublicKeyCredentialRequestOptions as JSON (§ 5.5); nobody `known`: whichever passkey the person takes."""
    options, _ = _server(place).authenticate_begin(
        [
            PublicKeyCredentialDescriptor(
                type=PublicKeyCredentialType.PUBLIC_KEY, id=AttestedCredentialData(one).credential_id
            )
            for one in known
        ]
        or None,
        user_verification=UserVerificationRequirement.REQUIRED,
        challenge=challenge,
    )
    return _plain(options.public_key)


def made(place: Place, answer: str) -> Made:
    """The answer to `ask_new`, which must be for the challenge that it names. Problem PASSKEY_REFUSED."""

    def check() -> Made:
        response = RegistrationResponse.from_dict(_json(answer))
        challenge = response.response.client_data.challenge
        data = _server(place).register_complete(_state(challenge), response)
        assert data.credential_data is not None
        return Made(data.credential_data.credential_id, bytes(data.credential_data), data.counter, challenge)

    return _judged(check)


def credential_id_in(answer: str) -> bytes:
    """Whose passkey answers to `ask_known`. Problem PASSKEY_REFUSED."""
    return _judged(lambda: AuthenticationResponse.from_dict(_json(answer)).raw_id)


def shown(place: Place, credential: bytes, answer: str) -> Shown:
    """The answer to `ask_known`, signed by this credential. Problem PASSKEY_REFUSED."""

    def check() -> Shown:
        response = AuthenticationResponse.from_dict(_json(answer))
        challenge = response.response.client_data.challenge
        _server(place).authenticate_complete(_state(challenge), [AttestedCredentialData(credential)], response)
        return Shown(response.response.authenticator_data.counter, challenge)

    return _judged(check)


def _server(place: Place) -> Fido2Server:
    entity = PublicKeyCredentialRpEntity(name=NAME, id=place.rp_id)
    return Fido2Server(entity, verify_origin=lambda origin: origin == place.origin)


def _state(challenge: bytes) -> Mapping[str, Any]:
    """The library compares a challenge that it made; ours says by itself whether it was made here (`challenges`)."""
    return {"challenge": websafe_encode(challenge), "user_verification": UserVerificationRequirement.REQUIRED}


def _json(answer: str) -> Mapping[str, Any]:
    if len(answer) > ANSWER_MAX_CHARS:
        raise ValueError("too long")
    found = json.loads(answer)
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found


def _plain(options: Any) -> Mapping[str, Any]:
    """Nested data classes of the library -> plain JSON."""
    plain: Mapping[str, Any] = json.loads(json.dumps(dict(options), default=dict))
    return plain


def _judged(check: Callable[[], T]) -> T:
    try:
        return check()
    except Exception as error:  # the library parses bytes of strangers, and fails on bad ones in a dozen ways
        raise Problem(Code.PASSKEY_REFUSED, f"{type(error).__name__}: {error}"[:200]) from None
