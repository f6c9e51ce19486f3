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
_DOOR = re.compile(r"\s*\[\s*points\s*\.\s*door\s*\]")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")
_SIMPLE = re.compile(r"""(\s*[A-Za-z0-9_-]+\s*=\s*)("(?:[^"\\]|\\.)*"|'[^']*'|[\w.+-]+)(\s*(?:#.*)?)""")


def put_point(text: str, point_id: str, values: Values, door: Values) -> str:
    """The file's text with these keys of the point, and of its door, set; a new point is added at the end.

    ValueError when the file is no TOML, or is written in a way that cannot be changed without losing something.
    """
    before = tomllib.loads(text)
    lines = text.splitlines()
    found = _block_of(lines, before, point_id)
    if found is None:
        fresh = [*lines, *([""] if lines and lines[-1].strip() else []), *_new(point_id, values, door)]
        return _checked("\n".join(fresh) + "\n", before, point_id, values, door)
    start, end = found
    inside = lines[start + 1 : end]
    cut = next((number for number, line in enumerate(inside) if _DOOR.match(line)), None)
    own, behind = (inside, None) if cut is None else (inside[:cut], inside[cut + 1 :])
    inline = next((line for line in own if (key := _KEY.match(line)) and key[1] == "door"), None)
    if inline is not None:
        kept = tomllib.loads(inline)["door"]
        own, door = [line for line in own if line is not inline], {**kept, **door}
    changed = [lines[start], *_set(own, values)]
    if door or behind is not None:
        changed += ["[points.door]" if cut is None else inside[cut], *_set(behind or [], door)]
    rest = lines[end:]
    if rest and _HEADER.match(rest[0]):
        changed.append("")
    return _checked("\n".join([*lines[:start], *changed, *rest]).rstrip() + "\n", before, point_id, values, door)


def _block_of(lines: list[str], data: Mapping[str, Any], point_id: str) -> tuple[int, int] | None:
    """(line of the point's header, line behind its last), its door's table included."""
    names = [point.get("id") for point in data.get("points", [])]
    if point_id not in names:
        return None
    starts = [number for number, line in enumerate(lines) if _POINT.match(line)]
    if len(starts) != len(names):
        raise ValueError(say("its points are not all written as [[points]]", "点位没有都写成 [[points]]"))
    start = starts[names.index(point_id)]
    end = next((n for n in range(start + 1, len(lines)) if _HEADER.match(lines[n]) and not _DOOR.match(lines[n])), None)
    end = len(lines) if end is None else end
    # Comments and blank lines right before what follows belong to that.
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return start, end


def _new(point_id: str, values: Values, door: Values) -> list[str]:
    block = [
        "[[points]]",
        f"id = {_written(point_id)}",
        *(f"{key} = {_written(value)}" for key, value in values.items()),
    ]
    if door:
        block += ["[points.door]", *(f"{key} = {_written(value)}" for key, value in door.items())]
    return block


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


def _checked(text: str, before: Mapping[str, Any], point_id: str, values: Values, door: Values) -> str:
    """Nothing else may have changed: what an installer wrote by hand is not ours to lose."""
    wanted = json.loads(json.dumps(before))
    points = wanted.setdefault("points", [])
    mine = next((point for point in points if point.get("id") == point_id), None)
    if mine is None:
        mine = {"id": point_id}
        points.append(mine)
    mine.update(values)
    if door:
        mine["door"] = {**mine.get("door", {}), **door}
    if tomllib.loads(text) != wanted:
        raise ValueError(say("it cannot be changed without losing something", "无法在不丢失内容的情况下修改"))
    return text
