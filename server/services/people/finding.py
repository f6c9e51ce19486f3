"""Finding people: by the beginnings of their keys, and by the number of a card that they hold."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, delete, exists, false, func, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from server.services.paging import PAGE_DEFAULT_ITEMS, Page, bounded, cut
from server.services.people.name_keys import card_number, keys_of, tokens_of
from server.services.policies import card_entries
from server.tables import CardRow, HolderKeyRow, HolderRow, Row
from server.tables.engine import is_sqlite

LAST_CHARACTER = "\U0010ffff"
KEYS = Row.metadata.tables["holder_key"]
WRITTEN_AT_ONCE = 500
VISITOR = "visitor"
"""`holders.HolderKind.VISITOR`; holders imports this module."""

COUNTED_KEYS = 5_000
"""Beyond this a word is common, and it does not matter how common.

Whose cards or visits are wanted is then asked of each row that is walked past: 51 times as many as there are residents
to each bearer of the name, at 6 µs, until a page is full. Below, each bearer is looked up, at 36 µs. In a town of 5.8
million that costs the same at about 7,000 (docs/benchmarks.md).
"""

BETWEEN = "|"
"""In the place of a page, between key and person; no key has it in it."""


def index(session: Session, row: HolderRow) -> None:
    """Write the keys of a person anew."""
    session.execute(delete(HolderKeyRow).where(col(HolderKeyRow.holder_id) == row.id))
    keys = sorted(keys_of(row.name, row.house, row.phone_tail, row.tags))
    session.add_all([HolderKeyRow(key=key, holder_id=row.id) for key in keys])
    session.flush()


def key_rows(keyed: Mapping[str, Iterable[str]]) -> list[tuple[str, str]]:
    """The keys of many people (id -> name_keys.keys_of) as rows, in the order of the index that they go into."""
    return sorted((key, holder) for holder, keys in keyed.items() for key in keys)


def write_keys(session: Session, rows: Sequence[tuple[str, str]], anew: Sequence[str] = ()) -> None:
    """Write rows of `key_rows`; `anew` are the people who may have some already.

    A list of 20,000 people has a quarter of a million of them: they go to the driver as they are.
    """
    for start in range(0, len(anew), WRITTEN_AT_ONCE):
        part = anew[start : start + WRITTEN_AT_ONCE]
        session.execute(delete(HolderKeyRow).where(col(HolderKeyRow.holder_id).in_(part)))
    if rows:
        connection = session.connection()
        marks = "?, ?" if is_sqlite(connection) else "%s, %s"
        connection.exec_driver_sql(f"INSERT INTO {KEYS.name} (key, holder_id) VALUES ({marks})", list(rows))  # noqa: S608


def find(
    session: Session, text: str = "", *, after: str | None = None, limit: int = PAGE_DEFAULT_ITEMS
) -> Page[HolderRow]:
    """People whom every word of the text fits; without a text everybody but visitors of days that are over, newest
    first.

    Who holds a card of that number stands first on the first page. The others come in the order of the keys that
    fit, each person once, at the first key of theirs.
    """
    limit = bounded(limit)
    if not text.strip():
        return _everybody(session, after, limit)
    tokens = tokens_of(text)
    if not tokens:
        return Page(items=[])
    holding = _holding(session, text)
    fitting = _fitting(session, tokens, after, limit, but={row.id for row in holding})
    page = cut([row for _, row in fitting], limit, [f"{key}{BETWEEN}{row.id}" for key, row in fitting])
    return Page(items=page.items if after else [*holding, *page.items], next=page.next)


def fits(session: Session, holder_id: SQLColumnExpression[str | None], text: str) -> ColumnElement[bool]:
    """A condition: every word of the text fits the holder of that id.

    Of a rare word the few people are looked up here, so that the data base goes from them to what they have. A common
    one is asked of each row that is walked past: there are many that fit, so a page is soon full.
    """
    tokens = tokens_of(text)
    if not tokens:
        return false()
    driving, *others = _rarest_first(session, tokens, None)
    if _count(session, driving) < COUNTED_KEYS:
        few = select(HolderKeyRow.holder_id).where(*_begins(col(HolderKeyRow.key), driving)).distinct()
        for token in others:
            few = few.where(_has(col(HolderKeyRow.holder_id), token))
        return holder_id.in_(list(session.exec(few)))
    return and_(*(_has(holder_id, token) for token in tokens))


def _has(holder_id: SQLColumnExpression[Any], token: str) -> ColumnElement[bool]:
    """One of their keys begins with the word.

    No `exists`: PostgreSQL makes a join of that and gathers everybody whom the word fits, a hundred thousand for a
    common one in a large town. So it looks once into an index for each person walked past, and stops at a full page.
    """
    other = aliased(HolderKeyRow)
    one = select(other.key).where(other.holder_id == holder_id, *_begins(col(other.key), token)).limit(1)
    return one.correlate_except(other).scalar_subquery().is_not(None)


def _everybody(session: Session, after: str | None, limit: int) -> Page[HolderRow]:
    gone = exists().where(col(CardRow.holder_id) == col(HolderRow.id), card_entries.OVER)
    here = exists().where(col(CardRow.holder_id) == col(HolderRow.id), ~card_entries.OVER)
    past_visitor = (col(HolderRow.kind) == VISITOR) & gone & ~here
    statement = select(HolderRow).where(~past_visitor).order_by(col(HolderRow.id).desc()).limit(limit + 1)
    if after is not None:
        statement = statement.where(HolderRow.id < after)
    rows = list(session.exec(statement))
    return cut(rows, limit, [row.id for row in rows])


def _fitting(
    session: Session, tokens: list[str], after: str | None, limit: int, *, but: set[str]
) -> list[tuple[str, HolderRow]]:
    driving, *others = _rarest_first(session, tokens, after)
    earlier = aliased(HolderKeyRow)
    statement = (
        select(HolderKeyRow.key, HolderRow)
        .join(HolderRow, col(HolderRow.id) == col(HolderKeyRow.holder_id))
        .where(*_begins(col(HolderKeyRow.key), driving), col(HolderRow.id).not_in(but))
        .where(
            ~exists().where(
                col(earlier.holder_id) == col(HolderKeyRow.holder_id),
                col(earlier.key) >= driving,
                col(earlier.key) < col(HolderKeyRow.key),
            )
        )
        .order_by(col(HolderKeyRow.key), col(HolderKeyRow.holder_id))
        .limit(limit + 1)
    )
    for token in others:
        statement = statement.where(_has(col(HolderKeyRow.holder_id), token))
    key, between, holder_id = (after or "").partition(BETWEEN)
    if between:
        statement = statement.where(tuple_(col(HolderKeyRow.key), col(HolderKeyRow.holder_id)) > (key, holder_id))
    return [(key, row) for key, row in session.exec(statement)]


def _rarest_first(session: Session, tokens: list[str], after: str | None) -> list[str]:
    """The word that fewest keys begin with drives the walk; on later pages it is the one that their place is in."""
    if len(tokens) < 2:
        return tokens
    place = (after or "").partition(BETWEEN)[0]
    counted = [(not place.startswith(token) if after else _count(session, token), token) for token in tokens]
    return [token for _, token in sorted(counted)]


def _count(session: Session, token: str) -> int:
    some = select(HolderKeyRow.key).where(*_begins(col(HolderKeyRow.key), token)).limit(COUNTED_KEYS).subquery()
    return session.exec(select(func.count()).select_from(some)).one()


def _begins(column: SQLColumnExpression[str], token: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return column >= token, column < token + LAST_CHARACTER


def _holding(session: Session, text: str) -> list[HolderRow]:
    number = card_number(text)
    if number is None:
        return []
    statement = select(HolderRow).join(CardRow, col(CardRow.holder_id) == col(HolderRow.id))
    return list(session.exec(statement.where(CardRow.number == number)))
