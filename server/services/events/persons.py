"""Who stands behind the pseudonyms of events, and which number is on their cards.

Every tap that is shown asks this. The statements are made once: putting them together anew took as long as the data
base takes to answer.
"""

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam
from sqlmodel import Session, col, select

from server.tables import CardRow, HolderAliasRow, HolderPhotoRow, HolderRow, HolderWatchRow


class Person(NamedTuple):
    """What a screen says of somebody who came."""

    id: str
    name: str
    house: str
    watch: str
    """What the guard has to do (services.people.watching)."""
    pictured: bool
    """Whether there is a portrait of them."""


_SAID = (col(HolderRow.id), col(HolderRow.name), col(HolderRow.house), col(HolderWatchRow.todo))
_ASKED: BindParameter[Any] = bindparam("asked", expanding=True)
_OF_PSEUDONYM = (
    select(col(HolderRow.pseudonym), *_SAID, col(HolderPhotoRow.holder_id))  # type: ignore[call-overload]
    .outerjoin(HolderWatchRow, col(HolderWatchRow.holder_id) == col(HolderRow.id))
    .outerjoin(HolderPhotoRow, col(HolderPhotoRow.holder_id) == col(HolderRow.id))
    .where(col(HolderRow.pseudonym).in_(_ASKED))
)
_OF_ALIAS = (
    select(col(HolderAliasRow.pseudonym), *_SAID, col(HolderPhotoRow.holder_id))  # type: ignore[call-overload]
    .join(HolderRow, col(HolderRow.id) == col(HolderAliasRow.holder_id))
    .outerjoin(HolderWatchRow, col(HolderWatchRow.holder_id) == col(HolderRow.id))
    .outerjoin(HolderPhotoRow, col(HolderPhotoRow.holder_id) == col(HolderRow.id))
    .where(col(HolderAliasRow.pseudonym).in_(_ASKED))
)
_NUMBERS = select(col(CardRow.id), col(CardRow.number)).where(col(CardRow.id).in_(_ASKED))


def persons(session: Session, pseudonyms: Collection[str]) -> dict[str, Person]:
    """Pseudonym -> who it is, also of those who turned out to be another; unknown ones are left out."""
    found: dict[str, Person] = {}
    for statement in (_OF_PSEUDONYM, _OF_ALIAS):
        if asked := [one for one in pseudonyms if one not in found]:
            for pseudonym, id_, name, house, todo, photo in session.execute(statement, {"asked": asked}):
                found[pseudonym] = Person(id_, name, house, todo or "", photo is not None)
    return found


def card_numbers(session: Session, card_ids: Collection[str]) -> dict[str, int]:
    """Card -> the number that is printed on it."""
    if not card_ids:
        return {}
    return {row.id: row.number for row in session.execute(_NUMBERS, {"asked": list(card_ids)})}
