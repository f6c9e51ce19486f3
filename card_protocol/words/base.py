"""What every word has in common: immutable, strict, and with one canonical byte form."""

import json
from collections.abc import Iterable
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, PlainSerializer


class Word(BaseModel):
    """A value of the vocabulary. Unknown fields are refused: a silent extra would not be covered by a rule."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    def to_bytes(self) -> bytes:
        """The canonical form: JSON, keys sorted, no white space, UTF-8, absent (None) fields left out."""
        return canonical_json(self.model_dump(mode="json", exclude_none=True))

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read a word from JSON in any key order; pydantic.ValidationError (a ValueError) names what is wrong."""
        return cls.model_validate_json(data)


def canonical_json(value: Any) -> bytes:
    """One byte string for one JSON value (RFC 8785 without its number rules: we carry integers only)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _in_order(items: Iterable[Any]) -> list[Any]:
    return sorted(items)


T = TypeVar("T")
OrderedSet = Annotated[frozenset[T], PlainSerializer(_in_order)]
"""A set that has one byte form: its elements in order."""
