"""What the columns of a list mean: guessed from their titles, as people in a community office write them. Pure."""

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum

HEAD_MAX_ROWS = 12
"""Among so many first rows the titles are looked for: above them people write the name of the list."""

LEAST_TITLES = 2
"""So many known titles make a row the row of titles."""


class Subject(StrEnum):
    """What a list is of."""

    PEOPLE = "people"
    HOUSES = "houses"


class Column(StrEnum):
    """What a column can hold."""

    NAME = "name"
    HOUSE = "house"
    BUILDING = "building"
    UNIT = "unit"
    ROOM = "room"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    KIND = "kind"
    TAGS = "tags"
    NOTE = "note"


OF_SUBJECT: dict[Subject, tuple[Column, ...]] = {
    Subject.PEOPLE: (
        Column.NAME, Column.HOUSE, Column.BUILDING, Column.UNIT, Column.ROOM, Column.PHONE, Column.ID_NUMBER,
        Column.KIND, Column.TAGS,
    ),
    Subject.HOUSES: (Column.HOUSE, Column.BUILDING, Column.UNIT, Column.ROOM, Column.NOTE),
}  # fmt: skip

TITLES: dict[Column, str] = {
    Column.NAME: "姓名 名字 住户姓名 业主姓名 户主 户主姓名 居民姓名 人员姓名 name full_name fullname",
    Column.HOUSE: "房号 房屋 住址 地址 门牌 门牌号 房间号 房屋地址 家庭住址 现住址 house address door flat",
    Column.BUILDING: "幢 栋 楼 楼号 楼栋 幢号 栋号 楼幢 building block",
    Column.UNIT: "单元 单元号 unit entrance",
    Column.ROOM: "室 室号 房间 户号 room",
    Column.PHONE: "电话 手机 手机号 手机号码 联系电话 联系方式 电话号码 电话尾号 手机尾号 phone mobile tel telephone",
    Column.ID_NUMBER: "身份证 身份证号 身份证号码 证件号 证件号码 公民身份号码 id id_number idnumber id_card",
    Column.KIND: "类别 类型 人员类别 人员类型 身份 kind type category",
    Column.TAGS: "标签 特殊人群 人群标签 人员标签 tags labels tag",
    Column.NOTE: "备注 说明 note remark remarks notes",
}
"""Titles as they are compared (see `_plain`), apart by spaces."""

_MEANS = {title: column for column, titles in TITLES.items() for title in titles.split()}

Mapped = Mapping[Column, int]
"""Which column of the file (from 0) holds what."""


def head_row(rows: Sequence[Sequence[str]], subject: Subject) -> int | None:
    """The index of the row of titles; None when the list begins without one."""
    known = [len(guess(row, subject)) for row in rows[:HEAD_MAX_ROWS]]
    best = max(known, default=0)
    least = 1 if subject is Subject.HOUSES else LEAST_TITLES
    return known.index(best) if best >= least else None


def guess(titles: Sequence[str], subject: Subject) -> dict[Column, int]:
    """The first column of each meaning that titles of the subject have."""
    found: dict[Column, int] = {}
    for index, title in enumerate(titles):
        means = _MEANS.get(_plain(title))
        if means in OF_SUBJECT[subject] and means is not None:
            found.setdefault(means, index)
    return found


def fingerprint(titles: Sequence[str]) -> str:
    """Under which a mapping is remembered: the same titles in the same order are the same kind of list."""
    return hashlib.sha256("\n".join(map(_plain, titles)).encode()).hexdigest()


def is_enough(mapped: Mapped, subject: Subject) -> bool:
    """Whether these columns can make a person or a house."""
    house = Column.HOUSE in mapped or {Column.BUILDING, Column.ROOM} <= set(mapped)
    return house if subject is Subject.HOUSES else Column.NAME in mapped


def _plain(title: str) -> str:
    """住户 姓名(必填) -> 住户姓名"""
    flat = unicodedata.normalize("NFKC", title).casefold().split("(")[0]
    return "".join(c for c in flat if c.isalnum() or c == "_")
