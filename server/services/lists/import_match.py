"""Rows of a list beside what we have: new, changed, the same, or wrong after all."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, select

from server.services.lists.import_check import HOUSE_UNKNOWN, SEVERAL, TWICE, Checked
from server.services.lists.import_columns import Column, Subject
from server.services.people import listed
from server.services.people.holders import HolderKind
from server.tables import HolderRow, HouseRow

ASKED_AT_ONCE = 500


class Status(StrEnum):
    """What becomes of a row."""

    UNREAD = "unread"
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    WRONG = "wrong"
    SKIPPED = "skipped"
    """Somebody left it out."""


@dataclass
class Matched:
    """A row with its fate."""

    status: Status
    flaws: dict[str, str]
    values: dict[str, Any]
    key: str | None = None
    target: str | None = None
    before: dict[str, Any] = field(default_factory=dict)


@dataclass
class Seen:
    """What the rows before were of: nobody may stand in a list twice."""

    keys: dict[str, int] = field(default_factory=dict)
    targets: dict[str, int] = field(default_factory=dict)


def match(
    session: Session, org: str, subject: Subject, rows: Sequence[tuple[int, Checked]], seen: Seen
) -> dict[int, Matched]:
    """Row number -> its fate. `seen` grows by the rows that are right."""
    flawless = [row for _, row in rows if not row.flaws]
    if subject is Subject.HOUSES:
        there = listed.of_codes(session, org, (row.values["code"] for row in flawless))
        return {number: _settled(number, row, _house_match(row, there), seen, Column.HOUSE) for number, row in rows}
    people = _people(session, org, flawless)
    known = listed.of_codes(session, org, (row.values["house"] for row in flawless if "house" in row.values))
    must_be_listed = listed.is_listed(session, org)
    found = {}
    for number, row in rows:
        if must_be_listed and _is_homeless(row, known):
            row.flaws[Column.HOUSE] = HOUSE_UNKNOWN
        found[number] = _settled(number, row, _person_match(row, people), seen, Column.NAME)
    return found


@dataclass
class _People:
    by_mark: dict[str, HolderRow] = field(default_factory=dict)
    by_name: defaultdict[str, list[HolderRow]] = field(default_factory=lambda: defaultdict(list))


def _people(session: Session, org: str, rows: Iterable[Checked]) -> _People:
    found = _People()
    marks = sorted({row.values["id_mark"] for row in rows if "id_mark" in row.values})
    names = sorted({row.values["name"] for row in rows})
    for start in range(0, len(marks), ASKED_AT_ONCE):
        part = marks[start : start + ASKED_AT_ONCE]
        for person in session.exec(select(HolderRow).where(HolderRow.org == org, col(HolderRow.id_mark).in_(part))):
            found.by_mark[person.id_mark or ""] = person
    for start in range(0, len(names), ASKED_AT_ONCE):
        part = names[start : start + ASKED_AT_ONCE]
        for person in session.exec(select(HolderRow).where(HolderRow.org == org, col(HolderRow.name).in_(part))):
            found.by_name[person.name].append(person)
    return found


def _is_homeless(row: Checked, known: dict[str, HouseRow]) -> bool:
    lives_here = row.values.get("kind", HolderKind.RESIDENT.value) == HolderKind.RESIDENT.value
    return not row.flaws and lives_here and "house" in row.values and row.values["house"] not in known


def _person_match(row: Checked, people: _People) -> HolderRow | None:
    """Who the row is of; several possible ones are a flaw of it."""
    if row.flaws:
        return None
    values = row.values
    if (mark := values.get("id_mark")) in people.by_mark:
        return people.by_mark[mark]
    fitting = [person for person in people.by_name[values["name"]] if _fits(person, values)]
    if len(fitting) > 1:
        row.flaws[Column.NAME] = SEVERAL
        return None
    return fitting[0] if fitting else None


def _fits(person: HolderRow, values: dict[str, Any]) -> bool:
    house, tail, mark = values.get("house"), values.get("phone_tail"), values.get("id_mark")
    return (
        (not house or house == person.house)
        and (not tail or not person.phone_tail or tail == person.phone_tail)
        and (not mark or not person.id_mark)
    )


def _house_match(row: Checked, there: dict[str, HouseRow]) -> HouseRow | None:
    return None if row.flaws else there.get(row.values["code"])


def _settled(number: int, row: Checked, target: HolderRow | HouseRow | None, seen: Seen, where: Column) -> Matched:
    key = row.key
    if key is not None:
        first = seen.targets.get(target.id) if target else None
        first = seen.keys.get(key) if first is None else first
        if first is not None and first != number:
            row.flaws[where] = f"{TWICE} {first}"
    if row.flaws or key is None:
        return Matched(Status.WRONG, row.flaws, row.values)
    seen.keys[key] = number
    if target is None:
        return Matched(Status.NEW, {}, row.values, key)
    seen.targets[target.id] = number
    before = {name: getattr(target, name) for name, value in row.values.items() if getattr(target, name) != value}
    return Matched(Status.CHANGED if before else Status.SAME, {}, row.values, key, target.id, before)
