"""What a card is told beside its grant: whether the clinic may note visits on it, and who is a member of the Party.

A desk that renews a card tells it both. Elsewhere each is told at its own points alone, and to every card, so that no
gate sees an application of activities being written and learns from that who is a member. Self-service terminals are
for everything.
"""

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Final, TypeAlias

from card_protocol.channel.converse import Conversation
from card_protocol.profiles.clinic_consent import set_consent
from card_protocol.profiles.membership import set_membership
from card_protocol.profiles.refusal import CardRefusal
from card_protocol.words.point import PointKind
from server.services.desk import at_desk
from server.services.house import House
from server.services.party import members
from server.services.people import consents
from server.tables import PointRow

Telling: TypeAlias = Callable[[], Conversation[object]]
"""Begins a conversation that writes one note; anew each time the card was taken away."""


class Note(StrEnum):
    """One of them."""

    CONSENT = "consent"
    MEMBERSHIP = "membership"


AT_DESK: Final = (Note.CONSENT, Note.MEMBERSHIP)
AT_POINTS: Final[dict[PointKind, tuple[Note, ...]]] = {
    PointKind.UPDATER: AT_DESK,
    PointKind.CLINIC: (Note.CONSENT,),
    PointKind.ACTIVITY: (Note.MEMBERSHIP,),
}


def at_point(house: House, gateway: str, point: str) -> tuple[Note, ...]:
    """What a point of that gateway tells; nothing where the point is another's."""
    with house.transactions.read() as session:
        row = session.get(PointRow, point)
        return AT_POINTS.get(PointKind(row.kind), ()) if row is not None and row.gateway_id == gateway else ()


async def tell(
    house: House,
    uid: str,
    holder_id: str | None,
    notes: tuple[Note, ...],
    converse: Callable[[Telling], Awaitable[object]],
) -> None:
    """Write each of them, over `converse`. Problem as `at_desk.problem_of`."""
    for note in notes:
        outcome = await converse(await asyncio.to_thread(_telling, house, note, bytes.fromhex(uid), holder_id))
        if isinstance(outcome, CardRefusal):
            raise at_desk.problem_of(outcome)


def _telling(house: House, note: Note, uid: bytes, holder_id: str | None) -> Telling:
    """As things stand now."""
    keys, random = at_desk.issuer_keys_of(house), house.transactions.entropy
    with house.transactions.read() as session:
        if note is Note.MEMBERSHIP:
            standing = members.standing_of(session, holder_id)
            return lambda: set_membership(uid, standing, keys, random)
        given = holder_id is not None and consents.is_given(session, holder_id, consents.Purpose.CLINIC)
        return lambda: set_consent(uid, given, keys, random)
