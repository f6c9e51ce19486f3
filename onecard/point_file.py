"""A point put into the edge's TOML file, with everything else in it left as it is: comments, order, other points."""

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from onecard.language import say

Values = Mapping[str, str | int]

_HEADER = re.compile(r"\s*\[")
_POINT = re.compile(r"\s*\[\[\s*points\s*\]\]")
_TABLE = re.compile(r"\s*\[\s*points\s*\.\s*(door|duress)\s*\]")
"""Tables of a point that are written here."""
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")
_SIMPLE = re.compile(r"""(\s*[A-Za-z0-9_-]+\s*=\s*)("(?:[^"\\]|\\.)*"|'[^']*'|[\w.+-]+)(\s*(?:#.*)?)""")


def put_point(text: str, point_id: str, values: Values, tables: Mapping[str, Values]) -> str:
    """The file's text with these keys of the point, and of its tables (`door`, `duress`), set; a new point at the end.

    ValueError when the file is no TOML, or is written in a way that cannot be changed without losing something.
    """
    before = tomllib.loads(text)
    changed = _put(text, point_id, values)
    for name, inner in tables.items():
        if inner:
            changed = _put_table(changed, point_id, name, inner)
    return _checked(changed, before, point_id, values, tables)


def _put(text: str, point_id: str, values: Values) -> str:
    """The point's own keys."""
    lines = text.splitlines()
    found = _block_of(lines, tomllib.loads(text), point_id)
    if found is None:
        block = ["[[points]]", f"id = {_written(point_id)}", *_set([], values)]
        return _joined([*lines, *([""] if lines and lines[-1].strip() else []), *block])
    start, end = found
    cut = next((n for n in range(start + 1, end) if _TABLE.match(lines[n])), end)
    return _joined([*lines[: start + 1], *_set(lines[start + 1 : cut], values), *lines[cut:]])


def _put_table(text: str, point_id: str, name: str, values: Values) -> str:
    """The keys of one of its tables, which may be written in one line, as a table, or not at all."""
    lines = text.splitlines()
    found = _block_of(lines, tomllib.loads(text), point_id)
    assert found is not None
    start, end = found
    heads = [n for n in range(start + 1, end) if _TABLE.match(lines[n])]
    own = heads[0] if heads else end
    inline = next((n for n in range(start + 1, own) if (key := _KEY.match(lines[n])) and key[1] == name), None)
    if inline is not None:
        values = {**tomllib.loads(lines[inline])[name], **values}
        del lines[inline]
        heads, end = [n - 1 for n in heads], end - 1
    mine = next((n for n in heads if (head := _TABLE.match(lines[n])) and head[1] == name), None)
    if mine is None:
        table = [f"[points.{name}]", *_set([], values)]
        behind = lines[end:]
        gap = [""] if behind and _HEADER.match(behind[0]) else []
        return _joined([*lines[:end], *table, *gap, *behind])
    until = next((n for n in heads if n > mine), end)
    return _joined([*lines[: mine + 1], *_set(lines[mine + 1 : until], values), *lines[until:]])


def _joined(lines: list[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"


def _block_of(lines: list[str], data: Mapping[str, Any], point_id: str) -> tuple[int, int] | None:
    """(line of the point's header, line behind its last), its tables included."""
    names = [point.get("id") for point in data.get("points", [])]
    if point_id not in names:
        return None
    starts = [number for number, line in enumerate(lines) if _POINT.match(line)]
    if len(starts) != len(names):
        raise ValueError(say("its points are not all written as [[points]]", "点位没有都写成 [[points]]"))
    start = starts[names.index(point_id)]
    end = next(
        (n for n in range(start + 1, len(lines)) if _HEADER.match(lines[n]) and not _TABLE.match(lines[n])), None
    )
    end = len(lines) if end is None else end
    # Comments and blank lines right before what follows belong to that.
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return start, end


def _set(lines: list[str], values: Values) -> list[str]:
    """The block's lines with the values in place; new keys behind the last line that says something."""
    left = dict(values)
    changed = []
    for line in lines:
        key = _KEY.match(line)
        if key is None or key[1] not in left:
            changed.append(line)
            continue
        simple = _SIMPLE.fullmatch(line)
        if simple is None:
            raise ValueError(say(f"the value of {key[1]} goes over several lines", f"{key[1]} 的值跨多行"))
        changed.append(f"{simple[1]}{_written(left.pop(key[1]))}{simple[3]}")
    at = max((number + 1 for number, line in enumerate(changed) if line.strip()), default=0)
    return [*changed[:at], *(f"{key} = {_written(value)}" for key, value in left.items()), *changed[at:]]


def _written(value: str | int) -> str:
    return str(value) if isinstance(value, int) else json.dumps(value, ensure_ascii=False)


def _checked(text: str, before: Mapping[str, Any], point_id: str, values: Values, tables: Mapping[str, Values]) -> str:
    """Nothing else may have changed: what an installer wrote by hand is not ours to lose."""
    wanted = json.loads(json.dumps(before))
    points = wanted.setdefault("points", [])
    mine = next((point for point in points if point.get("id") == point_id), None)
    if mine is None:
        mine = {"id": point_id}
        points.append(mine)
    mine.update(values)
    for name, inner in tables.items():
        if inner:
            mine[name] = {**mine.get(name, {}), **inner}
    if tomllib.loads(text) != wanted:
        raise ValueError(say("it cannot be changed without losing something", "无法在不丢失内容的情况下修改"))
    return text
