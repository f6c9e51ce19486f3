"""Cards: their life (card_protocol.words.card.TRANSITIONS), whose they are, and what they may open."""

from collections import defaultdict
from collections.abc import Collection

from pydantic import BaseModel
from sqlalchemy import ColumnElement, delete, func
from sqlmodel import Session, col, select

from card_protocol.policy.rules import CARD_MAX_LEVELS, Traits
from card_protocol.words.base import canonical_json
from card_protocol.words.card import OPENS_DOORS, TRANSITIONS, CardState, may_become
from server.services import audit
from server.services.access import past
from server.services.cards import revocations
from server.services.paging import PAGE_DEFAULT_ITEMS, Page, bounded, cut, number_after
from server.services.people import finding, holders
from server.services.people.name_keys import card_number
from server.services.policies import card_entries
from server.services.problems import Code, Problem, not_found
from server.services.signals import Wish
from server.services.work import Work
from server.tables import AccessLevelRow, CardLevelRow, CardRow, HolderRow

NUMBER_COUNTER = "card_number"


class CardView(BaseModel):
    """A card as it stands, with its holder's name for screens."""

    id: str
    number: int
    uid: str | None
    state: CardState
    holder_id: str | None
    holder_name: str | None
    house: str | None
    levels: list[str]
    valid_from_ms: int
    valid_to_ms: int
    issued_ms: int | None
    changed_ms: int
    may_become: list[CardState]
    """The steps that the table of card states has from here."""


def get(session: Session, card_id: str) -> CardView:
    """One card; Problem NOT_FOUND."""
    return view_of(session, row_of(session, card_id))


def row_of(session: Session, card_id: str, *, lock: bool = False) -> CardRow:
    """The row of a card; Problem NOT_FOUND. With `lock` nobody else changes it in this transaction."""
    row = session.get(CardRow, card_id, with_for_update=lock or None)
    if row is None:
        raise not_found("card", card_id)
    return row


def of_uid(session: Session, uid: str) -> CardRow | None:
    """The card with a UID, if we know one."""
    return session.exec(select(CardRow).where(CardRow.uid == uid)).first()


def of_number(session: Session, text: str) -> CardRow | None:
    """The card with this number printed on it, as somebody typed it."""
    number = card_number(text.strip().lstrip("0"))
    return None if number is None else session.exec(select(CardRow).where(CardRow.number == number)).first()


def listing(
    session: Session,
    *,
    state: CardState | None = None,
    holder_id: str | None = None,
    text: str = "",
    after: str | None = None,
    limit: int = PAGE_DEFAULT_ITEMS,
) -> Page[CardView]:
    """Cards, newest number first; `text` is a card number, a UID, or finds their holder (people.finding).

    What visitors had on days that are over is found by them and by its number, and else left out. The card that has
    this very number or UID stands first on the first page.
    """
    limit = bounded(limit)
    statement = select(CardRow).order_by(col(CardRow.number).desc()).limit(limit + 1)
    if state is not None:
        statement = statement.where(CardRow.state == state.value)
    if holder_id is not None:
        statement = statement.where(CardRow.holder_id == holder_id)
    elif state is None and not text.strip():
        statement = statement.where(~card_entries.OVER)
    if (place := number_after(after)) is not None:
        statement = statement.where(CardRow.number < place)
    exact: list[CardRow] = []
    if text := text.strip():
        exact = list(session.exec(statement.where(_is_called(text))))
        statement = statement.where(finding.fits(session, col(CardRow.holder_id), text))
        statement = statement.where(col(CardRow.id).not_in([row.id for row in exact]))
    page = cut(rows := list(session.exec(statement)), limit, [str(row.number) for row in rows])
    first = exact if after is None else []
    return Page(items=views_of(session, [*first, *page.items]), next=page.next)


def of_holders(session: Session, ids: Collection[str]) -> dict[str, list[CardView]]:
    """Whose cards are whose, newest first: for a list of people, in as many questions as for one."""
    rows = session.exec(select(CardRow).where(col(CardRow.holder_id).in_(ids)).order_by(col(CardRow.number).desc()))
    found: dict[str, list[CardView]] = {one: [] for one in ids}
    for view in views_of(session, list(rows)):
        found[view.holder_id or ""].append(view)
    return found


def _is_called(text: str) -> ColumnElement[bool]:
    match = col(CardRow.uid) == text.upper()
    if (number := card_number(text)) is not None:
        match |= col(CardRow.number) == number
    return match


def reserve(
    work: Work,
    holder_id: str,
    uid: str,
    levels: list[str],
    *,
    valid_to_ms: int,
    valid_from_ms: int | None = None,
    key_version: int = 1,
) -> CardRow:
    """Bind the card that lies on a desk to a holder: stock -> issued, before anything is written on it.

    A card pulled away half-way is still `issued` to the same holder and is taken up again here, with the key version
    that it began with. Any other card that we know and that is not stock: Problem CARD_NOT_STOCK.
    """
    holder = holders.row_of(work.session, holder_id)
    row = of_uid(work.session, uid)
    if row is None:
        row = _new_stock(work, uid, holder.org)
    resumed = row.state == CardState.ISSUED and row.holder_id == holder_id
    if row.state != CardState.STOCK and not resumed:
        raise Problem(Code.CARD_NOT_STOCK, f"Card {row.number} is {row.state}.")
    past.keep_card(work, row)
    if not resumed:
        row.key_version = key_version
    row.state = CardState.ISSUED.value
    row.holder_id = holder_id
    row.valid_from_ms = work.now_ms if valid_from_ms is None else valid_from_ms
    row.valid_to_ms = valid_to_ms
    _check_span(row)
    row.changed_ms = work.now_ms
    card_entries.mark(work, row)
    work.session.flush()
    _put_levels(work, row.id, levels)
    audit.record(
        work,
        "card.reserve",
        f"card:{row.id}",
        after={"holder": holder_id, "number": row.number, "levels": sorted(levels), "valid_to_ms": valid_to_ms},
    )
    return row


def add_without_chip(
    work: Work, holder_id: str, levels: list[str], traits: Traits, *, valid_from_ms: int, valid_to_ms: int
) -> CardRow:
    """A card that is only a number under which gateways know rights: a visitor's pass, shown as a signed code."""
    holder = holders.row_of(work.session, holder_id)
    row = _new_stock(work, None, holder.org)
    row.state, row.holder_id, row.issued_ms = CardState.ACTIVE.value, holder_id, work.now_ms
    row.valid_from_ms, row.valid_to_ms, row.traits = valid_from_ms, valid_to_ms, traits.model_dump(mode="json")
    _check_span(row)
    card_entries.mark(work, row)
    work.session.flush()
    _put_levels(work, row.id, levels)
    after = {"holder": holder_id, "number": row.number, "levels": sorted(levels), "valid_to_ms": valid_to_ms}
    audit.record(work, "card.code", f"card:{row.id}", after=after | {"uses": traits.uses})
    _told(work, row)
    return row


def end_without_chip(work: Work, card_id: str) -> None:
    """A visitor's day is long over: gateways need not know the card any more, lists need not show it.

    Nothing is revoked, nor does it ask for a publication: it opens nothing since its hours are over.
    """
    row = row_of(work.session, card_id, lock=True)
    if row.uid is not None or row.state == CardState.RETURNED:
        raise Problem(Code.WRONG_STATE, f"Card {row.number} is {row.state}.")
    past.keep_card(work, row)
    before, row.state, row.changed_ms = row.state, CardState.RETURNED.value, work.now_ms
    card_entries.mark(work, row)
    work.session.flush()
    audit.record(work, "card.returned", f"card:{row.id}", before={"state": before}, after={"state": row.state})


def forget(work: Work, card_id: str) -> None:
    """Take a reservation back, because the card turned out not to be stock: one that never lived leaves no row."""
    row = row_of(work.session, card_id, lock=True)
    if row.state != CardState.ISSUED:
        raise Problem(Code.WRONG_STATE, f"Card {row.number} is {row.state}.")
    past.keep_card(work, row)
    _put_levels(work, card_id, [])
    audit.record(work, "card.forget", f"card:{card_id}", before={"number": row.number, "holder": row.holder_id})
    if revocations.any_of(work.session, card_id):
        row.state, row.holder_id = CardState.STOCK.value, None
        card_entries.mark(work, row)
    else:
        card_entries.mark_gone(work, row)
        work.session.delete(row)
    work.session.flush()


def change_state(work: Work, card_id: str, state: CardState, *, why: str = "") -> CardView:
    """One step of a card's life; Problem WRONG_STATE when the table does not have it.

    A card that stops opening doors is numbered as a revocation in the same transaction, and so is one that opens
    them again after a revocation: that takes the earlier one back wherever it has spread. A card that is back in
    stock belongs to nobody.
    """
    row = row_of(work.session, card_id, lock=True)
    before = CardState(row.state)
    if not may_become(before, state):
        allowed = ", ".join(sorted(TRANSITIONS[before])) or "nothing"
        raise Problem(Code.WRONG_STATE, f"Card {row.number} is {before}; it may become {allowed}, not {state}.")
    past.keep_card(work, row)
    row.state = state.value
    row.changed_ms = work.now_ms
    if state is CardState.ACTIVE and row.issued_ms is None:
        row.issued_ms = work.now_ms
    if state is CardState.STOCK:
        row.holder_id, row.issued_ms = None, None
        _put_levels(work, row.id, [])
    card_entries.mark(work, row)
    work.session.flush()
    if before in OPENS_DOORS or (state in OPENS_DOORS and revocations.any_of(work.session, row.id)):
        revocations.add(work, row, state)
    audit.record(work, f"card.{state}", f"card:{row.id}", before={"state": before}, after={"state": state}, why=why)
    _told(work, row)
    return view_of(work.session, row)


def end_all(work: Work, holder_id: str, *, why: str) -> list[CardView]:
    """Revoke every card of a person that can be revoked (they moved out); Problem NOT_FOUND."""
    holders.row_of(work.session, holder_id)
    statement = select(CardRow).where(CardRow.holder_id == holder_id).order_by(col(CardRow.number))
    ending = [row.id for row in work.session.exec(statement) if may_become(CardState(row.state), CardState.REVOKED)]
    return [change_state(work, card_id, CardState.REVOKED, why=why) for card_id in ending]


def set_rights(work: Work, card_id: str, levels: list[str], *, valid_to_ms: int) -> CardView:
    """Change what a card may open and until when."""
    row = row_of(work.session, card_id, lock=True)
    before = {"levels": levels_of(work.session, card_id), "valid_to_ms": row.valid_to_ms}
    past.keep_card(work, row)
    row.valid_to_ms = valid_to_ms
    _check_span(row)
    row.changed_ms = work.now_ms
    card_entries.mark(work, row)
    _put_levels(work, card_id, levels)
    after = {"levels": sorted(levels), "valid_to_ms": valid_to_ms}
    audit.record(work, "card.rights", f"card:{card_id}", before=before, after=after)
    _told(work, row)
    return view_of(work.session, row)


def set_traits(work: Work, card_id: str, traits: Traits) -> Traits:
    """Change what is out of the ordinary about a card: roles, escort, uses, duress."""
    row = row_of(work.session, card_id, lock=True)
    before = row.traits
    past.keep_card(work, row)
    value = traits.model_dump(mode="json")
    row.traits = None if traits == Traits() else value
    row.changed_ms = work.now_ms
    card_entries.mark(work, row)
    work.session.flush()
    audit.record(work, "card.traits", f"card:{card_id}", before=before, after=value)
    _told(work, row)
    return traits


def traits_of(session: Session, card_id: str) -> Traits:
    """What is out of the ordinary about a card; Problem NOT_FOUND."""
    return Traits.from_bytes(canonical_json(row_of(session, card_id).traits or {}))


def count_of(session: Session, holder_id: str) -> int:
    """How many cards a holder has or had."""
    statement = select(func.count()).select_from(CardRow).where(CardRow.holder_id == holder_id)
    return session.exec(statement).one()


def levels_of(session: Session, card_id: str) -> list[str]:
    """The access levels of a card by name."""
    statement = select(CardLevelRow.level_id).where(CardLevelRow.card_id == card_id).order_by(CardLevelRow.level_id)
    return list(session.exec(statement))


def view_of(session: Session, row: CardRow) -> CardView:
    """Row -> what a screen shows."""
    return views_of(session, [row])[0]


def views_of(session: Session, rows: list[CardRow]) -> list[CardView]:
    """Rows -> what a list shows, in two questions however many rows there are."""
    people = select(HolderRow).where(col(HolderRow.id).in_({row.holder_id for row in rows if row.holder_id}))
    holder_of = {holder.id: holder for holder in session.exec(people)}
    levels: defaultdict[str, list[str]] = defaultdict(list)
    links = select(CardLevelRow).where(col(CardLevelRow.card_id).in_([row.id for row in rows]))
    for link in session.exec(links):
        levels[link.card_id].append(link.level_id)
    return [_view(row, holder_of.get(row.holder_id or ""), sorted(levels[row.id])) for row in rows]


def _view(row: CardRow, holder: HolderRow | None, levels: list[str]) -> CardView:
    return CardView(
        **row.model_dump(include=set(CardView.model_fields) - {"state"}),
        state=CardState(row.state),
        holder_name=holder.name if holder else None,
        house=holder.house if holder else None,
        levels=levels,
        may_become=sorted(TRANSITIONS[CardState(row.state)]),
    )


def _new_stock(work: Work, uid: str | None, org: str) -> CardRow:
    number = work.next_number(NUMBER_COUNTER)
    return CardRow(
        id=work.new_id(),
        number=number,
        uid=uid,
        state=CardState.STOCK.value,
        org=org,
        created_ms=work.now_ms,
        changed_ms=work.now_ms,
    )


def _check_span(row: CardRow) -> None:
    if row.valid_to_ms <= row.valid_from_ms:
        raise Problem(Code.INVALID, "A card ends after it begins.", fields={"valid_to_ms": "before it begins"})


def _put_levels(work: Work, card_id: str, levels: list[str]) -> None:
    wanted = sorted(set(levels))
    if len(wanted) > CARD_MAX_LEVELS:
        raise Problem(Code.INVALID, f"At most {CARD_MAX_LEVELS} access levels.", fields={"levels": "too many"})
    known = set(work.session.exec(select(AccessLevelRow.id).where(col(AccessLevelRow.id).in_(wanted))))
    if missing := [level for level in wanted if level not in known]:
        raise Problem(Code.INVALID, f"There are no access levels {', '.join(missing)}.", fields={"levels": "unknown"})
    work.session.execute(delete(CardLevelRow).where(col(CardLevelRow.card_id) == card_id))
    work.session.add_all([CardLevelRow(card_id=card_id, level_id=level) for level in wanted])
    work.session.flush()


def _told(work: Work, row: CardRow) -> None:
    work.wish(Wish.PUBLISH)
    work.tell("card", {"id": row.id, "number": row.number, "state": row.state, "holder_id": row.holder_id})
