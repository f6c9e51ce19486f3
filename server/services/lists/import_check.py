"""One row of a list -> what is kept of it, and what is wrong with it. Pure."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from server.services.lists.import_columns import Column, Mapped, Subject
from server.services.people import id_number
from server.services.people.cells import CellFlaw, clean, house_code, phone_tail, tags_of
from server.services.people.holders import HolderKind
from server.services.people.name_keys import normal

NAME_MAX_CHARS = 100
NOTE_MAX_CHARS = 200

NAME_MISSING, NAME_FORM = "name-missing", "name-form"
HOUSE_MISSING, HOUSE_UNKNOWN = "house-missing", "house-unknown"
KIND_UNKNOWN = "kind-unknown"
TWICE, SEVERAL = "twice", "several"
"""`twice 12`: the same as row 12."""

KINDS: dict[str, HolderKind] = dict.fromkeys(
    ["居民", "业主", "住户", "租户", "租客", "户主", "家属", "常住", "resident", "owner", "tenant"], HolderKind.RESIDENT
) | dict.fromkeys(
    ["工作人员", "员工", "职工", "物业", "保安", "保洁", "社工", "worker", "staff"], HolderKind.WORKER
) | dict.fromkeys(["访客", "来访", "visitor", "guest"], HolderKind.VISITOR)  # fmt: skip

Mark = Callable[[str], str]
"""Identity number -> its mark (Keystore.mark_of)."""


@dataclass
class Checked:
    """A row as far as it can be judged by itself."""

    values: dict[str, Any] = field(default_factory=dict)
    """Fields of a person or house; only those that the row says something of."""
    flaws: dict[str, str] = field(default_factory=dict)
    """Column -> what is wrong there."""

    @property
    def key(self) -> str | None:
        """Equal for two rows of the same person or house; None while something is wrong."""
        if self.flaws:
            return None
        if mark := self.values.get("id_mark"):
            return str(mark)
        parts = [normal(str(self.values.get(name, ""))) for name in ("name", "house", "code", "phone_tail")]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def check(
    cells: Sequence[str], mapped: Mapped, subject: Subject, *, mark: Mark, today: date, typed: bool = False
) -> Checked:
    """Judge one row; `typed` when somebody wrote it by hand and a spreadsheet cannot have ruined it."""
    given = {column: cells[place] for column, place in mapped.items() if place < len(cells)}
    if subject is Subject.HOUSES:
        return _house_row(given)
    found = Checked()
    _name(found, given.get(Column.NAME, ""))
    _kind(found, given.get(Column.KIND, ""))
    _house(found, given)
    tail = phone_tail(given.get(Column.PHONE, ""))
    if isinstance(tail, CellFlaw):
        found.flaws[Column.PHONE] = tail.value
    elif tail:
        found.values["phone_tail"] = tail
    if number := id_number.plain(given.get(Column.ID_NUMBER, "")):
        flaw = id_number.flaw_of(number, today, typed=typed)
        if flaw is not None:
            found.flaws[Column.ID_NUMBER] = flaw.value
        else:
            found.values["id_mark"] = mark(number)
    if tags := tags_of(given.get(Column.TAGS, "")):
        found.values["tags"] = tags
    return found


def house_text(given: Mapping[Column, str]) -> str:
    """The house column, or building, unit and room together."""
    if text := given.get(Column.HOUSE, "").strip():
        return text
    parts = [given.get(column, "").strip() for column in (Column.BUILDING, Column.UNIT, Column.ROOM)]
    return "-".join(part for part in parts if part) if parts[0] and parts[2] else ""


def _house_row(given: Mapping[Column, str]) -> Checked:
    found = Checked()
    code = house_code(house_text(given))
    if isinstance(code, CellFlaw):
        found.flaws[Column.HOUSE] = code.value
    elif code:
        found.values["code"] = code
    else:
        found.flaws[Column.HOUSE] = HOUSE_MISSING
    if note := clean(given.get(Column.NOTE, ""))[:NOTE_MAX_CHARS]:
        found.values["note"] = note
    return found


def _name(found: Checked, text: str) -> None:
    name = clean(text)
    if not name:
        found.flaws[Column.NAME] = NAME_MISSING
    elif len(name) > NAME_MAX_CHARS or any(c.isdigit() for c in name):
        found.flaws[Column.NAME] = NAME_FORM
    else:
        found.values["name"] = name


def _kind(found: Checked, text: str) -> None:
    word = normal(text)
    if not word:
        return
    if word in KINDS:
        found.values["kind"] = KINDS[word].value
    else:
        found.flaws[Column.KIND] = KIND_UNKNOWN


def _house(found: Checked, given: Mapping[Column, str]) -> None:
    asked = Column.HOUSE in given or Column.ROOM in given
    text = house_text(given)
    lives_here = found.values.get("kind", HolderKind.RESIDENT.value) == HolderKind.RESIDENT.value
    code = house_code(text)
    if isinstance(code, CellFlaw):
        if lives_here or code is CellFlaw.HOUSE_DATE:
            found.flaws[Column.HOUSE] = code.value
        else:
            found.values["house"] = clean(text)  # a worker's place need be no flat: 警务室
    elif code:
        found.values["house"] = code
    elif asked and lives_here:
        found.flaws[Column.HOUSE] = HOUSE_MISSING
