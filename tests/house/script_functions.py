"""How long the functions of a JavaScript module are, found by its braces; good enough for our own plain style."""

import re
from collections.abc import Iterator

from tests.house.tree import Span

# What may hold a brace that is none: comments, strings, templates, regular expressions after an operator.
_OPAQUE = re.compile(
    r"""//[^\n]* | /\*.*?\*/ | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*' | `(?:[^`\\]|\\.)*`
      | (?<=[=(,:!&|?;{}\s])/(?![/*\s])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/""",
    re.VERBOSE | re.DOTALL,
)
_STATEMENTS = {"if", "for", "await", "while", "switch", "catch", "with"}
_WORD_BEFORE = re.compile(r"([\w$#]+)\s*\*?\s*$")
_NAMED_ARROW = re.compile(r"([\w$#]+)\s*=\s*(?:async\s*)?$")


def script_functions(text: str) -> Iterator[Span]:
    """Every function with a body in braces: declared, arrow or method."""
    bare = _OPAQUE.sub(_blank, text)
    for brace in re.finditer(r"\{", bare):
        head = _head(bare, brace.start())
        if head is not None:
            name, start = head
            lines = bare.count("\n", start, _closing(bare, brace.start())) + 1
            yield Span(name, bare.count("\n", 0, start) + 1, lines)


def _head(text: str, brace: int) -> tuple[str, int] | None:
    """Name and beginning of the function whose body opens at `brace`; None for an object, a class, a statement."""
    before = text[:brace].rstrip()
    is_arrow = before.endswith("=>")
    if is_arrow:
        before = before[:-2].rstrip()
    if before.endswith(")"):
        parameters = _opening(before)
    elif is_arrow and (single := _WORD_BEFORE.search(before)):
        parameters = single.start(1)
    else:
        return None
    if is_arrow:
        named = _NAMED_ARROW.search(before[:parameters])
        return (named[1], named.start(1)) if named else ("=>", parameters)
    word = _WORD_BEFORE.search(before[:parameters])
    if word is None or word[1] in _STATEMENTS:
        return None
    return word[1], word.start(1)


def _opening(text: str) -> int:
    """Where the parenthesis at the end of `text` was opened; the beginning when it never was."""
    depth = 0
    for position in range(len(text) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(text[position], 0)
        if depth == 0:
            return position
    return 0


def _blank(piece: re.Match[str]) -> str:
    """The same length and lines, without anything that could be read as code."""
    return re.sub(r"[^\n]", " ", piece[0])


def _closing(text: str, opening: int) -> int:
    """Where the brace at `opening` is closed; the end of the text when it never is."""
    depth = 0
    for position in range(opening, len(text)):
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        if depth == 0:
            return position
    return len(text)
