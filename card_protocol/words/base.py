"""What every word has in common: immutable, strict, and with one canonical byte form."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Self, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints, ValidationError

PROBLEMS_MAX = 3
"""How many wrong fields a sentence names; a hostile message may have thousands."""

PLACE_MAX_CHARS = 60

NUMBER_END = 2**63
"""Numbers stay below it, so that SQLite and PostgreSQL can hold every one that a word can carry."""

LINE_MAX_CHARS = 200
TITLE_MAX_CHARS = 80

_PRINTABLE = r"^\P{Cc}*$"

Count = Annotated[int, Field(ge=0, lt=NUMBER_END)]
Positive = Annotated[int, Field(ge=1, lt=NUMBER_END)]

Line = Annotated[str, StringConstraints(pattern=_PRINTABLE, max_length=LINE_MAX_CHARS)]
"""One line of free text. No control characters: PostgreSQL cannot hold a NUL, a log line must stay one."""

RuleName = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,32}$")]
"""A rule of the decider by the name of its function."""

Title = Annotated[str, StringConstraints(pattern=_PRINTABLE, max_length=TITLE_MAX_CHARS)]
"""What something is called on a screen."""


class Word(BaseModel):
    """A value of the vocabulary. Unknown fields are refused: a silent extra would not be covered by a rule."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    def to_bytes(self) -> bytes:
        """The canonical form: JSON, keys sorted, no white space, UTF-8, absent (None) fields left out."""
        return canonical_json(self.__pydantic_serializer__.to_python(self, mode="json", exclude_none=True))

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read a word from JSON in any key order; ValueError says in one line which fields are wrong and how."""
        try:
            return cls.model_validate_json(data)
        except ValidationError as error:
            # The cause would carry the input along, and a claim or a name does not belong in a log.
            raise ValueError(f"no {cls.__name__}: {problems(error)}") from None

    @classmethod
    def of_checked(cls, **fields: Any) -> Self:
        """A word from the values of all its fields, which were checked when they were put where they come from now.

        Checking is most of the price of a word, and some are read back at every tap.
        """
        word = cls.__new__(cls)
        object.__setattr__(word, "__dict__", fields)
        object.__setattr__(word, "__pydantic_fields_set__", set(fields))
        object.__setattr__(word, "__pydantic_extra__", None)
        object.__setattr__(word, "__pydantic_private__", None)
        return word

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with some fields changed, unchecked. What a cached property made of the old fields is not copied."""
        copied = super().model_copy(update=update, deep=deep)
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied


Place: TypeAlias = tuple[int | str, ...]
"""Steps from the whole to the field."""


def problems(error: ValidationError, called: Callable[[Place], Place] = lambda place: place) -> str:
    """What is wrong, as one line: `field: problem; field: problem`, without the values.

    `called` may give a place another name.
    """
    found = error.errors(include_url=False, include_context=False, include_input=False)
    named = [f"{_place(called(e['loc']))}{e['msg']}" for e in found[:PROBLEMS_MAX]]
    more = [f"and {len(found) - PROBLEMS_MAX} more"] if len(found) > PROBLEMS_MAX else []
    return "; ".join([*named, *more])


def _place(steps: Place) -> str:
    """`detail.note: ` for a field in a field. Names of unknown fields come from outside: printable and short."""
    return "".join(filter(str.isprintable, ".".join(map(str, steps))))[:PLACE_MAX_CHARS] + ": " if steps else ""


# json.dumps makes one of these at every call, which takes longer than encoding a tap. Our values have no cycles.
_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False
)


def canonical_json(value: Any) -> bytes:
    """One byte string for one JSON value (RFC 8785 without its number rules: we carry integers only)."""
    return _ENCODER.encode(value).encode()


def _in_order(items: Iterable[Any]) -> list[Any]:
    return sorted(items)


T = TypeVar("T")
OrderedSet = Annotated[frozenset[T], PlainSerializer(_in_order, when_used="json")]
"""A set that has one byte form: its elements in order."""
