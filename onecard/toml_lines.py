"""Where in a TOML text each key stands, so that an error can name the line.

`tomllib` gives values without positions. This reads just enough of TOML v1.0 to follow tables, arrays of tables,
dotted keys and values that run over several lines; what it cannot place falls back to the line of what encloses it.
It is given text that tomllib has accepted.
"""

import re
from collections.abc import Iterator, Sequence

Path = tuple[str | int, ...]

_PART = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"[ \t]*(\[\[?)\s*({_DOTTED})\s*\]")
_KEY = re.compile(rf"[ \t]*({_DOTTED})[ \t]*=")
_SPLIT = re.compile(_PART)
# One lexical piece of a value: a string, a comment, a bracket, a comma, a line end, or anything else.
_PIECE = re.compile(
    r""""{3}(?:[^\\]|\\.)*?"{3,5}|'{3}.*?'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|\#[^\n]*|[\[\]{},\n]|[^\[\]{},\n"'\#]+""",
    re.DOTALL,
)


class KeyLines:
    """The line (from 1) on which each key of a TOML text begins."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {(): 1}
        self._arrays: dict[Path, int] = {}
        self._read(text)

    def line_of(self, path: Sequence[str | int]) -> int:
        """The line of `path`, or of the nearest thing around it that has a line."""
        known = tuple(path)
        while known not in self._lines:
            known = known[:-1]
        return self._lines[known]

    def __contains__(self, path: Sequence[str | int]) -> bool:
        return tuple(path) in self._lines

    def _read(self, text: str) -> None:
        table: Path = ()
        position, line = 0, 1
        while position < len(text):
            if header := _HEADER.match(text, position):
                table = self._enter(_parts(header[2]), is_array=header[1] == "[[", line=line)
                end = text.find("\n", header.end())
            elif key := _KEY.match(text, position):
                end = self._read_pair(text, key, table, line)
            else:
                end = text.find("\n", position)
            end = len(text) if end < 0 else end + 1
            line += text.count("\n", position, end)
            position = end

    def _enter(self, parts: list[str], *, is_array: bool, line: int) -> Path:
        """The path of the table that a header opens; `[[x]]` opens the next element of x."""
        path: Path = ()
        for number, part in enumerate(parts):
            path = (*path, part)
            last = number == len(parts) - 1
            if last and is_array:
                self._lines.setdefault(path, line)
                self._arrays[path] = self._arrays.get(path, -1) + 1
            if path in self._arrays:
                path = (*path, self._arrays[path])
        self._place(path, line)
        return path

    def _read_pair(self, text: str, key: re.Match[str], table: Path, line: int) -> int:
        """Record a key and the elements of its array; returns where its value's last line ends."""
        path = (*table, *_parts(key[1]))
        self._place(path, line)
        depth, element, fresh = 0, 0, False
        end = key.end()
        for piece in _PIECE.finditer(text, key.end()):
            lexeme, end = piece[0], piece.start()
            if lexeme == "\n" and depth == 0:
                return end
            blank = lexeme.isspace() or lexeme.startswith("#")
            if depth == 1 and fresh and not blank and lexeme not in "],":
                self._lines.setdefault((*path, element), line)
                fresh = False
            if lexeme in ("[", "{"):
                depth += 1
                fresh = fresh or (depth == 1 and lexeme == "[")
            elif lexeme in ("]", "}"):
                depth -= 1
            elif lexeme == "," and depth == 1:
                element, fresh = element + 1, True
            line += lexeme.count("\n")
            end = piece.end()
        return end

    def _place(self, path: Path, line: int) -> None:
        """Record a path and what it opens implicitly (`a.b.c` opens a and a.b)."""
        for length in range(1, len(path) + 1):
            self._lines.setdefault(path[:length], line)


def _parts(dotted: str) -> list[str]:
    return list(_unquoted(dotted))


def _unquoted(dotted: str) -> Iterator[str]:
    for part in _SPLIT.findall(dotted):
        if part[0] == "'":
            yield part[1:-1]
        elif part[0] == '"':
            yield part[1:-1].encode("latin-1", "backslashreplace").decode("unicode_escape")
        else:
            yield part
