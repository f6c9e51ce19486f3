"""Signing in by another house's provider: for users who have connected their account with theirs there.

A name at the provider is not enough: whoever may choose one there could choose an administrator's. So each user
connects once, signed in here, with the present password; what is kept is the provider's own name for them. Only the
session that began to connect can end it: who comes to a shared browser after them connects nothing. A second factor
that somebody has here is asked for here too. A lockout stops the provider's word as little as a passkey: neither can be
guessed.
"""

import base64
import binascii
from typing import Final, NamedTuple

import structlog
from pydantic import BaseModel

from card_protocol.errors import EquipmentFault, PeerFault
from server.services import audit
from server.services.house import House
from server.services.keys.keystore import KeystoreError
from server.services.oidc.links import disconnect
from server.services.oidc.provider import Provider
from server.services.problems import Code, Problem
from server.services.users import second_factor, signing_in
from server.services.users.sessions import open_session
from server.services.users.signing_in import HALF_LIFE_MS, Half, Opened
from server.services.work import Actor
from server.tables import OidcLinkRow, UserRow

BY: Final = "oidc"
_LABEL: Final = "oidc"
_BYTES: Final = 32

_log = structlog.get_logger()


class _Kept(BaseModel):
    """What the browser's cookie keeps of the way there, closed by the keystore."""

    state: str
    nonce: str
    verifier: str
    until_ms: int
    onwards: str
    connect: str
    """The user who connects their account; empty for a sign-in."""


class Begun(NamedTuple):
    """Where the browser goes, and what its cookie keeps for the way back."""

    address: str
    cookie: str


def begin(house: House, back: str, onwards: str, *, connect: str = "") -> Begun:
    """Send a browser off. `connect`: the user who connects their account. Problem OIDC_AWAY."""
    entropy = house.transactions.entropy
    state, nonce, verifier = (entropy(_BYTES).hex() for _ in range(3))
    until = house.transactions.real_clock() + HALF_LIFE_MS
    kept = _Kept(state=state, nonce=nonce, verifier=verifier, until_ms=until, onwards=onwards, connect=connect)
    box = house.keystore.lock(_LABEL, kept.model_dump_json().encode(), entropy)
    try:
        address = _provider(house).address(back, state, nonce, verifier)
    except (EquipmentFault, PeerFault) as fault:
        raise Problem(Code.OIDC_AWAY, str(fault)) from fault
    return Begun(address, base64.urlsafe_b64encode(box).decode())


def finish(
    house: House, cookie: str, state: str, code: str, back: str, agent: str = "", *, user: str = ""
) -> tuple[Opened | Half | None, str]:
    """(a session, or a half one, or None for an account that is connected now; where to go on).

    `code` is empty for who turned back at the provider; `user` is who is signed in in this browser, if anybody.
    Problem SIGN_IN_OLD, OIDC_TURNED_BACK, OIDC_AWAY, OIDC_REFUSED, OIDC_UNKNOWN, EXISTS.
    """
    kept = _kept(house, cookie)
    now = house.transactions.real_clock()
    if not state or kept.state != state or now >= kept.until_ms:
        raise Problem(Code.SIGN_IN_OLD)
    if kept.connect and kept.connect != user:
        raise Problem(Code.SIGN_IN_OLD)
    if not code:
        raise Problem(Code.OIDC_TURNED_BACK)
    provider = _provider(house)
    try:
        subject = provider.subject(code, back, kept.nonce, kept.verifier, now // 1000)
    except EquipmentFault as fault:
        raise Problem(Code.OIDC_AWAY, str(fault)) from fault
    except PeerFault as fault:
        _log.warning("provider_not_believed", issuer=provider.issuer, why=str(fault))
        raise Problem(Code.OIDC_REFUSED, str(fault)) from fault
    if kept.connect:
        _connect(house, kept.connect, provider.issuer, subject)
        return None, kept.onwards
    return _open(house, provider.issuer, subject, agent), kept.onwards


def _open(house: House, issuer: str, subject: str, agent: str) -> Opened | Half:
    with house.transactions.read() as session:
        link = session.get(OidcLinkRow, (issuer, subject))
        user = session.get(UserRow, link.user_id) if link is not None else None
        second = user is not None and second_factor.state(session, user.id).on
    if user is None or user.disabled:
        raise Problem(Code.OIDC_UNKNOWN)
    if second:
        return signing_in.half_of(house, user, BY)
    with house.transactions.work(Actor(f"user:{user.name}", user.role, user.id)) as work:
        return Opened(*open_session(work, user.id, BY, agent))


def _connect(house: House, user_id: str, issuer: str, subject: str) -> None:
    with house.transactions.work(Actor("nobody")) as work:
        user = work.session.get_one(UserRow, user_id)
        work.actor = Actor(f"user:{user.name}", user.role, user.id)
        known = work.session.get(OidcLinkRow, (issuer, subject))
        if known is not None and known.user_id != user_id:
            raise Problem(Code.EXISTS, "This account of the provider is another user's.")
        disconnect(work, user_id)
        work.session.add(OidcLinkRow(issuer=issuer, subject=subject, user_id=user_id, created_ms=work.real_ms))
        audit.record(work, "user.oidc", f"user:{user.name}", after={"connected": True, "issuer": issuer})


def _provider(house: House) -> Provider:
    if house.provider is None:
        raise Problem(Code.NOT_FOUND, "This server knows no provider.")
    return house.provider


def _kept(house: House, cookie: str) -> _Kept:
    try:
        box = base64.urlsafe_b64decode(cookie.encode())
        return _Kept.model_validate_json(house.keystore.unlock(_LABEL, box))
    except (KeystoreError, ValueError, binascii.Error):
        raise Problem(Code.SIGN_IN_OLD) from None
