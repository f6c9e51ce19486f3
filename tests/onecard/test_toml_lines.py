import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecard.toml_lines import KeyLines

TEXT = '''\
# a comment with = and [x]
name = "south gate" # and = again
note = """
fake = 1
[fake]
"""
ports = [ # why
  1,
  # none here
  2, 3,
]

[reader]
kind = 'nfc'
led.green = true
"quoted key" = 1

[[points]]
id = "p1"
[points.door]
strike_ms = 3000
[[points]]
id = "p2"
rules = { minimum = "card", list = [1,
  2] }
last = 1
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("name",), 2),
        (("note",), 3),
        (("ports",), 7),
        (("ports", 0), 8),
        (("ports", 1), 10),
        (("ports", 2), 10),
        (("reader",), 13),
        (("reader", "kind"), 14),
        (("reader", "led"), 15),
        (("reader", "led", "green"), 15),
        (("reader", "quoted key"), 16),
        (("points",), 18),
        (("points", 0), 18),
        (("points", 0, "id"), 19),
        (("points", 0, "door"), 20),
        (("points", 0, "door", "strike_ms"), 21),
        (("points", 1), 22),
        (("points", 1, "id"), 23),
        (("points", 1, "rules"), 24),
        (("points", 1, "last"), 26),
    ],
)
def test_every_key_is_found_where_it_stands(path: tuple[str | int, ...], line: int) -> None:
    assert path in KeyLines(TEXT)
    assert KeyLines(TEXT).line_of(path) == line


@pytest.mark.parametrize(
    ("path", "line"), [(("points", 1, "rules", "minimum"), 24), (("reader", "nothing"), 13), (("nothing",), 1)]
)
def test_what_has_no_line_gets_the_line_around_it(path: tuple[str | int, ...], line: int) -> None:
    assert KeyLines(TEXT).line_of(path) == line


def paths_of(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The path of every table, of every array of tables and of every plain value; not inside inline values."""
    if isinstance(value, dict):
        return [path, *(found for key, inner in value.items() for found in paths_of(inner, (*path, key)))]
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        return [path, *(found for number, item in enumerate(value) for found in paths_of(item, (*path, number)))]
    return [path]


SIMPLE_VALUES = st.sampled_from(
    [
        "1",
        '"a # b = c"',
        "'[no]'",
        "[]",
        "[1, [2, 3]]",
        '[\n  "a,b", # ]\n  "c",\n]',
        '"""\nx = 1\n"""',
        "'''\n[y]\n'''",
    ]
)
BARE = st.from_regex(r"[a-z][a-z0-9_-]{0,5}", fullmatch=True)


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, dict[tuple[str | int, ...], int]]:
    """A TOML text and where its keys stand: written down line by line, so the place is known from the writing."""
    lines: list[str] = []
    where: dict[tuple[str | int, ...], int] = {}
    names = iter(draw(st.lists(BARE, unique=True, min_size=1, max_size=12)))
    table: tuple[str | int, ...] = ()
    for name in names:
        kind = draw(st.sampled_from(["value", "value", "table", "array", "comment"]))
        if kind == "comment":
            lines += ["", f"# {name} = 1"]
            continue
        if kind == "value":
            value = draw(SIMPLE_VALUES)
            where[(*table, name)] = len(lines) + 1
            lines += f"{name} = {value}".split("\n")
            continue
        for number in range(draw(st.integers(1, 3)) if kind == "array" else 1):
            lines.append(f"[[{name}]]" if kind == "array" else f"[{name}]")
            table = (name, number) if kind == "array" else (name,)
            where[table] = len(lines)
    return "\n".join(lines) + "\n", where


@given(documents())
def test_generated_texts_are_followed_exactly(document: tuple[str, dict[tuple[str | int, ...], int]]) -> None:
    text, where = document
    lines = KeyLines(text)
    assert {path: lines.line_of(path) for path in where} == where
    assert all(path in lines for path in paths_of(tomllib.loads(text)))


@given(st.text(alphabet="a=[]{}\"'\\#,.\n 1", max_size=60))
def test_any_text_is_read_to_its_end(text: str) -> None:
    lines = KeyLines(text)
    assert 1 <= lines.line_of(("a",)) <= text.count("\n") + 1
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert all(1 <= lines.line_of(path) <= text.count("\n") + 1 for path in paths_of(data))
