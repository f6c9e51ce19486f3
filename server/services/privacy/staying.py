"""What of somebody stays when they are forgotten, how many rows of it, and why (PIPL art. 47, last sentence).

Rows are found by their key; words that people wrote, by the name that may stand in them. Somebody of the same name is
counted along: whoever answers a request looks at them, a program cannot tell two people of one name apart.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session

from server.services.people import holders
from server.services.privacy import about
from server.services.privacy.register import REGISTER, End, Found
from server.tables import Row

_T = Row.metadata.tables
NAME_LEAST_CHARS: Final = 2


class Because(StrEnum):
    """Why something stays."""

    CHAIN = "chain"
    """It is a link of a chain that proves everything else; it names nobody without the entry that was deleted."""
    TRAIL = "trail"
    """The record of who did what is a chain and never cut; its lines may name them."""
    GATES = "gates"
    """Gates must go on refusing the card."""
    WORDS = "words"
    """Somebody wrote it; it goes with what it was written for when the time of that is over."""
    BOOKS = "books"
    """Money must add up."""
    PROOF = "proof"
    """It proves that the request was answered."""
    OFFICE = "office"
    """Entered for another purpose, and ended there by hand."""


STAYS: Final[dict[str, Because]] = {
    "event": Because.CHAIN,
    "audit": Because.TRAIL,
    "card_level": Because.GATES,
    "card_log": Because.GATES,
    "card_past": Because.GATES,
    "revocation": Because.GATES,
    "purse_move": Because.BOOKS,
    "incident": Because.WORDS,
    "incident_step": Because.WORDS,
    "incident_photo": Because.WORDS,
    "ticket": Because.WORDS,
    "ticket_message": Because.WORDS,
    "notice_reader": Because.OFFICE,
    "notice_mail": Because.OFFICE,
    "parking_permit": Because.OFFICE,
    "roster_post": Because.OFFICE,
    "privacy_request": Because.PROOF,
    "privacy_step": Because.PROOF,
}
"""Table -> why; those of users (`user_account` …) are of people who work here."""

_TYPED: Final = {
    "incident": ("title", "text"),
    "incident_step": ("why",),
    "ticket": ("title",),
    "ticket_message": ("text",),
    "notice_reader": ("name",),
    "roster_post": ("name",),
}
"""Where somebody's name may have been typed."""

BY_HAND: Final = ("notice_mail", "parking_permit", "privacy_step")
"""Nothing in them says whose they are but an address, a plate, a number: whoever answers the request looks."""


def counts(session: Session, holder_id: str) -> dict[str, int]:
    """Table -> how many rows stay, before they are forgotten. Problem NOT_FOUND."""
    name = holders.row_of(session, holder_id).name
    found = {}
    for table, conditions in _of(holder_id, name):
        rows = session.scalar(select(func.count()).select_from(_T[table]).where(or_(*conditions)))
        if rows:
            found[table] = int(rows)
    return found


def _of(holder_id: str, name: str) -> Iterator[tuple[str, list[ColumnElement[bool]]]]:
    incidents = select(_T["incident"].c.number).where(_T["incident"].c.holder_id == holder_id)
    theirs: dict[str, ColumnElement[bool]] = {
        "incident": _T["incident"].c.holder_id == holder_id,
        "incident_step": _T["incident_step"].c.number.in_(incidents),
        "incident_photo": _T["incident_photo"].c.number.in_(incidents),
        "audit": _T["audit"].c.subject == f"holder:{holder_id}",
    }
    for table in STAYS:
        conditions = [theirs[table]] if table in theirs else []
        use = REGISTER[table]
        if use.end is End.KEPT and use.found is not Found.BY_NAME:
            conditions += [mine] if (mine := about.rows_of(table, holder_id)) is not None else []
        if len(name) >= NAME_LEAST_CHARS:
            conditions += [_T[table].c[field].contains(name, autoescape=True) for field in _TYPED.get(table, ())]
        if conditions:
            yield table, conditions
