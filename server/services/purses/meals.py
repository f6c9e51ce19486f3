"""A station's day: who ate, what was taken, what stands open; reconciled with the purses to the last fen."""

from datetime import date, timedelta

from pydantic import BaseModel
from sqlmodel import Session, col, select

from card_protocol.words.moment import local_ms
from card_protocol.words.point import PointKind
from server.services.gateways import outages
from server.services.purses import purse_books, purses
from server.services.purses.purse_books import Fate, Proof
from server.services.purses.purses import ItemView
from server.tables import CardRow, GatewayRow, HolderRow, PointRow, PurseEntryRow

DAY_MAX_MEALS = 5000


class MealView(BaseModel):
    """One meal, or one that was begun. Fen."""

    id: int
    at_ms: int
    point: str
    card_id: str
    card_number: int | None
    holder_id: str | None
    name: str | None
    house: str | None
    price: int
    value: int | None
    fate: Fate
    proof: Proof


class StationView(BaseModel):
    """A care station. `silent` while its gateway may hold meals that nobody here knows of."""

    point: str
    name_zh: str
    name_en: str
    meals: int
    taken: int
    open: int
    silent: bool


class OpenItemView(ItemView):
    """An open item, and whose purse it is in."""

    card_id: str
    card_number: int
    name: str | None


class DayView(BaseModel):
    """A local day at the stations, newest meal first."""

    day: date
    stations: list[StationView]
    meals: list[MealView]
    items: list[OpenItemView]
    """Of every purse that was used on the day."""

    @property
    def taken(self) -> int:
        """Fen that were taken."""
        return sum(station.taken for station in self.stations)

    @property
    def count(self) -> int:
        """Meals that were taken."""
        return sum(station.meals for station in self.stations)


def day_of(session: Session, day: date, point: str | None = None) -> DayView:
    """The meals of a local day, at one station or at all."""
    rows = _entries(session, day, point)
    names = _people(session, rows)
    cards = {c.id: c for c in session.exec(select(CardRow).where(col(CardRow.id).in_({r.card_id for r in rows})))}
    fates: dict[int, purse_books.Line] = {}
    items: list[OpenItemView] = []
    for card_id, issued_ms in dict.fromkeys((row.card_id, row.issued_ms) for row in rows):
        told = session.exec(
            select(PurseEntryRow).where(PurseEntryRow.card_id == card_id, col(PurseEntryRow.issued_ms) == issued_ms)
        )
        books = purse_books.books_of([purses.told(row) for row in told])
        fates |= {line.told.id: line for line in books.lines}
        card = cards.get(card_id)
        whose = {
            "card_id": card_id,
            "card_number": card.number if card else 0,
            "name": names[card.holder_id].name if card and card.holder_id in names else None,
        }
        items += [OpenItemView.model_validate(item._asdict() | whose) for item in books.items]
    meals = [_meal(row, fates[row.id or 0], cards.get(row.card_id), names) for row in rows]
    return DayView(day=day, stations=_stations(session, meals, point), meals=meals, items=items)


def _entries(session: Session, day: date, point: str | None) -> list[PurseEntryRow]:
    start, end = local_ms(day), local_ms(day + timedelta(days=1))
    statement = select(PurseEntryRow).where(col(PurseEntryRow.at_ms).between(start, end - 1), PurseEntryRow.amount < 0)
    if point is not None:
        statement = statement.where(PurseEntryRow.point == point)
    newest = statement.order_by(col(PurseEntryRow.at_ms).desc(), col(PurseEntryRow.id).desc())
    return list(session.exec(newest.limit(DAY_MAX_MEALS)))


def _people(session: Session, rows: list[PurseEntryRow]) -> dict[str, HolderRow]:
    ids = {row.holder_id for row in rows if row.holder_id}
    return {one.id: one for one in session.exec(select(HolderRow).where(col(HolderRow.id).in_(ids)))}


def _meal(row: PurseEntryRow, line: purse_books.Line, card: CardRow | None, names: dict[str, HolderRow]) -> MealView:
    person = names.get(row.holder_id or "")
    return MealView(
        id=row.id or 0,
        at_ms=row.at_ms,
        point=row.point,
        card_id=row.card_id,
        card_number=card.number if card else None,
        holder_id=person.id if person else None,
        name=person.name if person else None,
        house=person.house if person else None,
        price=-row.amount,
        value=line.value,
        fate=line.fate,
        proof=Proof(row.proof),
    )


def _stations(session: Session, meals: list[MealView], point: str | None) -> list[StationView]:
    """Every care station that takes money, and any other point that took some on the day."""
    used = {meal.point for meal in meals}
    found = []
    for row in session.exec(select(PointRow).order_by(PointRow.id)):
        sells = row.kind == PointKind.CARE and row.price_fen is not None
        if not (sells or row.id in used) or (point is not None and row.id != point):
            continue
        here = [meal for meal in meals if meal.point == row.id]
        done = [meal for meal in here if meal.fate is Fate.DONE]
        found.append(
            StationView(
                point=row.id,
                name_zh=row.name_zh,
                name_en=row.name_en,
                meals=len(done),
                taken=sum(meal.price for meal in done),
                open=sum(meal.fate is Fate.OPEN for meal in here),
                silent=_is_silent(session, row.gateway_id),
            )
        )
    return found


def _is_silent(session: Session, gateway_id: str | None) -> bool:
    box = session.get(GatewayRow, gateway_id) if gateway_id else None
    return box is None or not box.online or box.head_seq > box.acked_seq or outages.lasts(session, box.id)
