"""Who has no card yet: the people of a batch at the card desk."""

from sqlmodel import Session, col, select

from card_protocol.words.card import CardState
from server.services.people.cells import house_beginning
from server.services.people.holders import HolderKind
from server.tables import CardRow, HolderRow

HOLDING = (CardState.ISSUED.value, CardState.ACTIVE.value, CardState.SUSPENDED.value)


def without_card(session: Session, *, house: str = "", limit: int) -> list[HolderRow]:
    """Residents of a house who hold no card, by house; `house`: how their address begins."""
    held = select(CardRow.id).where(CardRow.holder_id == HolderRow.id, col(CardRow.state).in_(HOLDING))
    living_here = (HolderRow.kind == HolderKind.RESIDENT.value, HolderRow.house != "")
    people = select(HolderRow).where(*living_here, ~held.exists())
    if house:
        people = people.where(col(HolderRow.house).startswith(house_beginning(house), autoescape=True))
    return list(session.exec(people.order_by(col(HolderRow.house), col(HolderRow.id)).limit(limit)))
