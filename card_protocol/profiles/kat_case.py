"""Known-answer cases as text: one JSON object a line, read with types.

`{"id", "op", "in", "out", "source"}`; byte strings in hex, numbers as numbers. `out` lists what must match. Whatever
is wrong with a line is `MalformedCase` with its number: a broken file must never look like a broken card.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from card_protocol.channel.ev2 import Mode, SessionKeys
from card_protocol.crypto.keys import SecretKey

MAX_LINE_CHARS: Final = 65_536
MAX_CASES: Final = 100_000

Value: TypeAlias = bytes | int
Outputs: TypeAlias = dict[str, Value]


_HEX: Final = re.compile(r"([0-9A-Fa-f]{2})*")


class MalformedCase(ValueError):
    """A line that is no case. `line` counts from 1; the text says what is wrong and what is allowed."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line


@dataclass(frozen=True, slots=True)
class Case:
    """One case, read but not yet run."""

    line: int
    id: str
    op: str
    given: "Fields"
    expected: Outputs


class Fields:
    """The "in" object of a case, read with types. Raises MalformedCase."""

    def __init__(self, line: int, raw: Mapping[str, Any]) -> None:
        self._line = line
        self._raw = raw

    def __contains__(self, name: str) -> bool:
        return name in self._raw

    def octets(self, name: str, size: int | None = None) -> bytes:
        """A byte string, of `size` bytes if that is given."""
        value = self._raw.get(name)
        if not isinstance(value, str) or not _HEX.fullmatch(value):
            raise self._wrong(name, "a byte string: an even number of hex digits, in quotes")
        found = bytes.fromhex(value)
        if size is not None and len(found) != size:
            raise MalformedCase(self._line, f'"{name}" has {len(found)} bytes, not {size}')
        return found

    def key(self, name: str, version: int = 0) -> SecretKey:
        """A 16-byte key."""
        return SecretKey(self.octets(name, 16), version)

    def number(self, name: str, limit: int) -> int:
        """A whole number from 0 to below `limit`."""
        value = self._raw.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < limit:
            raise self._wrong(name, f"a number from 0 to {limit - 1}")
        return value

    def flag(self, name: str) -> bool:
        """True or false."""
        value = self._raw.get(name)
        if not isinstance(value, bool):
            raise self._wrong(name, "true or false")
        return value

    def mode(self) -> Mode:
        """The protected modes of the format."""
        modes = {"mac": Mode.MAC, "full": Mode.FULL}
        value = self._raw.get("mode")
        if not isinstance(value, str) or value not in modes:
            raise self._wrong("mode", '"mac" or "full"')
        return modes[value]

    def session(self) -> tuple[SessionKeys, bytes, int]:
        """Session keys, TI and command counter."""
        keys = SessionKeys(self.key("enc"), self.key("mac"))
        return keys, self.octets("ti", 4), self.number("ctr", 1 << 16)

    def _wrong(self, name: str, allowed: str) -> MalformedCase:
        what = "is not" if name in self._raw else "is missing: it is"
        return MalformedCase(self._line, f'"{name}" {what} {allowed}')


def read_cases(lines: Iterable[str], operations: Collection[str]) -> Iterator[Case]:
    """Parse a file of cases line by line; blank lines are passed over. MalformedCase at the first bad line."""
    for number, line in enumerate(lines, start=1):
        if number > MAX_CASES:
            raise MalformedCase(number, f"more than {MAX_CASES} lines")
        if line.strip():
            yield _read_case(number, line, operations)


def _read_case(line: int, text: str, operations: Collection[str]) -> Case:
    if len(text) > MAX_LINE_CHARS:
        raise MalformedCase(line, "longer than any case")
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as error:
        raise MalformedCase(line, f"no JSON object: {error.msg} at column {error.colno}") from error
    except ValueError as error:
        raise MalformedCase(line, f"no JSON object: {error}") from error
    except RecursionError as error:
        raise MalformedCase(line, "no JSON object: nested too deeply") from error
    if not isinstance(raw, dict):
        raise MalformedCase(line, "no JSON object: a case is one, on a line of its own")
    name, op, given, expected = (raw.get(field) for field in ("id", "op", "in", "out"))
    if not isinstance(name, str) or not isinstance(given, dict) or not isinstance(expected, dict):
        raise MalformedCase(line, 'a case has "id" and "op" (texts), "in" and "out" (objects)')
    if not isinstance(op, str) or op not in operations:
        raise MalformedCase(line, f'"op" is none of {", ".join(operations)}')
    if not expected:
        raise MalformedCase(line, '"out" lists nothing that must match')
    return Case(line, name, op, Fields(line, given), _read_expected(line, expected))


def _read_expected(line: int, raw: Mapping[str, Any]) -> Outputs:
    fields = Fields(line, raw)
    return {name: value if _is_number(value) else fields.octets(name) for name, value in raw.items()}


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
