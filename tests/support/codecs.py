"""What every word's byte form must do; the tests of each module call these with words of their own."""

import json
import random
from typing import Any

import pytest

from card_protocol.words.base import Word

MESSAGE_MAX_CHARS = 1000

WRONG_VALUES: tuple[Any, ...] = (True, 1.5, -1, 2**63, "", "\u0000", "x" * 5000, [], [None], {}, {"a": 1}, 10**400)
"""What stands where a field's value should: most fields refuse most of these, none may crash on one."""


def assert_round_trip(word: Word) -> None:
    """Bytes and back; one byte form for one value, whatever the order of keys it was read from."""
    data = word.to_bytes()
    again = type(word).from_bytes(data)
    assert again == word
    assert again.to_bytes() == data
    fields = json.loads(data)
    assert data == json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert type(word).from_bytes(json.dumps(shuffled(fields), indent=1).encode()).to_bytes() == data
    assert type(word).model_validate(word.model_dump()) == word


def assert_refuses(kind: type[Word], data: bytes) -> None:
    """Bytes that are no such word: a ValueError with one readable line that names the word."""
    with pytest.raises(ValueError, match=f"^no {kind.__name__}: ") as caught:
        kind.from_bytes(data)
    told = str(caught.value)
    assert len(told) < MESSAGE_MAX_CHARS
    assert told.isprintable()


def assert_strict(word: Word) -> None:
    """Unknown, missing, wrong and half fields are refused; a value that is accepted is kept as it came."""
    kind = type(word)
    fields = json.loads(word.to_bytes())
    assert_refuses(kind, as_json({**fields, "extra\n\x1b[31m": 1}))
    assert_refuses(kind, word.to_bytes() + b"{}")
    assert_refuses(kind, word.to_bytes()[:-1])
    for name, info in kind.model_fields.items():
        if info.is_required():
            assert_refuses(kind, as_json({k: v for k, v in fields.items() if k != name}))
        for wrong in WRONG_VALUES:
            _assert_refused_or_kept(kind, fields, name, wrong)


def _assert_refused_or_kept(kind: type[Word], fields: dict[str, Any], name: str, value: Any) -> None:
    data = as_json({**fields, name: value})
    try:
        word = kind.from_bytes(data)
    except ValueError:
        assert_refuses(kind, data)
        return
    assert_round_trip(word)
    kept = json.loads(word.to_bytes())[name]
    if isinstance(value, dict):  # a word in a word may add what it has by default
        kept = {key: kept[key] for key in value}
    assert as_json(kept) == as_json(value)


def as_json(value: object) -> bytes:
    """Any JSON, in no canonical form."""
    return json.dumps(value).encode()


def shuffled(value: Any) -> Any:
    """The same JSON with the keys of every object in another order."""
    if isinstance(value, dict):
        items = [(k, shuffled(v)) for k, v in value.items()]
        random.Random(len(items)).shuffle(items)
        return dict(items)
    return [shuffled(v) for v in value] if isinstance(value, list) else value
